<?php
/**
 * What is still to be posted: the newest telling of each cart, kept until Kairos has it.
 *
 * @package Kairos
 */

defined( 'ABSPATH' ) || exit;

/**
 * WooCommerce's own queue (Action Scheduler) posts it, beside the page. A cart stands here once, however often
 * it changes, and goes only if it still is as it was posted.
 *
 * Rows are read and written past the cache of options: that one is a request's own, or is filled by another
 * while this one writes, and would tell what was posted for what is there now.
 */
class Kairos_Outbox {

	const HOOK         = 'kairos_post_cart';
	const GROUP        = 'kairos';
	const PREFIX       = 'kairos_cart_';
	const ANSWERED     = 'kairos_answered';
	const FIRST_WAIT   = 60;
	const LONGEST_WAIT = 21600;
	const KEPT         = 14 * 86400;
	const SECONDS      = 5;

	/** Lets the queue call. */
	public static function register(): void {
		add_action( self::HOOK, array( __CLASS__, 'post' ), 10, 2 );
	}

	/** Keeps the body, and has it posted soon. False where nothing is to be posted: the settings are missing. */
	public static function note( string $token, array $body ): bool {
		if ( ! self::is_configured() || ! self::keep( self::name( $token ), (string) wp_json_encode( $body ) ) ) {
			return false;
		}
		self::post_soon( $token );
		return true;
	}

	/** Posts the newest telling of a cart; what Kairos does not take is posted again, later each time, for two weeks. */
	public static function post( string $token, int $tries = 0 ): void {
		$name = self::name( $token );
		$body = self::kept( $name );
		if ( null === $body ) {
			return;
		}
		if ( self::is_outdated( $body ) ) {
			self::drop( $name, $body );
			return;
		}
		if ( ! self::is_configured() || ! self::send( $body, $token ) ) {
			if ( ! self::waits( $token, $tries + 1 ) ) {
				$wait = min( self::FIRST_WAIT * 2 ** min( $tries, 20 ), self::LONGEST_WAIT );
				as_schedule_single_action( time() + $wait, self::HOOK, array( $token, $tries + 1 ), self::GROUP );
			}
			return;
		}
		if ( ! self::drop( $name, $body ) && null !== self::kept( $name ) ) {
			self::post_soon( $token ); // it changed while it was posted.
		}
	}

	/** Forgets the carts of this person. True if there was one. */
	public static function forget( string $email ): bool {
		global $wpdb;
		$like = $wpdb->esc_like( self::PREFIX ) . '%';
		$rows = $wpdb->get_results( $wpdb->prepare( "SELECT option_name, option_value FROM {$wpdb->options} WHERE option_name LIKE %s", $like ) );
		$gone = false;
		foreach ( $rows as $row ) {
			$told = json_decode( $row->option_value, true );
			if ( isset( $told['customer']['email'] ) && 0 === strcasecmp( trim( $told['customer']['email'] ), trim( $email ) ) ) {
				$wpdb->delete( $wpdb->options, array( 'option_name' => $row->option_name ) );
				$gone = true;
			}
		}
		return $gone;
	}

	/** The status of Kairos' last answer, 0 where it gave none; null before the first post. */
	public static function answered(): ?int {
		$told = get_option( self::ANSWERED, null );
		return null === $told ? null : (int) $told;
	}

	/** Whether the settings say where to post, and under which secret. */
	private static function is_configured(): bool {
		return '' !== Kairos_Settings::address( '' ) && '' !== Kairos_Settings::get( 'secret' );
	}

	/** Whether the cart is too old to be of use: an order that came of it is told by WooCommerce itself. */
	private static function is_outdated( string $body ): bool {
		$told = json_decode( $body, true );
		$at   = isset( $told['updated_at'] ) ? strtotime( (string) $told['updated_at'] ) : false;
		return false !== $at && $at < time() - self::KEPT;
	}

	/** The body as it is stored now. */
	private static function kept( string $name ): ?string {
		global $wpdb;
		return $wpdb->get_var( $wpdb->prepare( "SELECT option_value FROM {$wpdb->options} WHERE option_name = %s", $name ) );
	}

	/** Stores the body, in one statement: a row that is deleted meanwhile is there again. */
	private static function keep( string $name, string $body ): bool {
		global $wpdb;
		$written = "INSERT INTO {$wpdb->options} (option_name, option_value, autoload) VALUES (%s, %s, 'no') ON DUPLICATE KEY UPDATE option_value = VALUES(option_value)";
		return false !== $wpdb->query( $wpdb->prepare( $written, $name, $body ) ); // phpcs:ignore WordPress.DB.PreparedSQL.NotPrepared
	}

	/** Deletes the body if it still is this one, byte by byte; whether it did. */
	private static function drop( string $name, string $body ): bool {
		global $wpdb;
		return 0 < (int) $wpdb->query( $wpdb->prepare( "DELETE FROM {$wpdb->options} WHERE option_name = %s AND CAST(option_value AS BINARY) = %s", $name, $body ) );
	}

	/** Has the cart posted as soon as the queue runs. */
	private static function post_soon( string $token ): void {
		if ( ! self::waits( $token, 0 ) ) {
			as_enqueue_async_action( self::HOOK, array( $token, 0 ), self::GROUP );
		}
	}

	/** Whether this very post is still to be begun: one that is running has read the body already. */
	private static function waits( string $token, int $tries ): bool {
		$found = as_get_scheduled_actions(
			array(
				'hook'     => self::HOOK,
				'args'     => array( $token, $tries ),
				'group'    => self::GROUP,
				'status'   => ActionScheduler_Store::STATUS_PENDING,
				'per_page' => 1,
			),
			'ids'
		);
		return array() !== $found;
	}

	/** Whether Kairos has it. */
	private static function send( string $body, string $token ): bool {
		$answer = wp_remote_post(
			Kairos_Settings::address( 'webhooks/generic' ),
			array(
				'timeout'     => self::SECONDS,
				'redirection' => 0,
				'headers'     => array(
					'Content-Type'        => 'application/json',
					'X-Kairos-Signature'  => Kairos_Signature::of_body( $body, Kairos_Settings::get( 'secret' ) ),
					'X-Kairos-Delivery'   => $token . '-' . md5( $body ),
				),
				'body'        => $body,
			)
		);
		$status = is_wp_error( $answer ) ? 0 : (int) wp_remote_retrieve_response_code( $answer );
		if ( self::answered() !== $status ) {
			update_option( self::ANSWERED, $status, false );
		}
		return 200 === $status;
	}

	/** The option that keeps a cart's body. */
	private static function name( string $token ): string {
		return self::PREFIX . preg_replace( '/[^A-Za-z0-9-]/', '', $token );
	}
}
