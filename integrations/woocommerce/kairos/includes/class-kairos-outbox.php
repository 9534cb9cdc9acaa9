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
 */
class Kairos_Outbox {

	const HOOK         = 'kairos_post_cart';
	const GROUP        = 'kairos';
	const FIRST_WAIT   = 60;
	const LONGEST_WAIT = 21600;
	const SECONDS      = 5;

	/** Lets the queue call. */
	public static function register(): void {
		add_action( self::HOOK, array( __CLASS__, 'post' ), 10, 2 );
	}

	/** Keeps the body, and has it posted soon. False where nothing is to be posted: the settings are missing. */
	public static function note( string $token, array $body ): bool {
		if ( '' === Kairos_Settings::address( '' ) || '' === Kairos_Settings::get( 'secret' ) ) {
			return false;
		}
		update_option( self::name( $token ), (string) wp_json_encode( $body ), false );
		if ( ! self::waits( $token, 0 ) ) {
			as_enqueue_async_action( self::HOOK, array( $token, 0 ), self::GROUP );
		}
		return true;
	}

	/** Posts the newest telling of a cart; what Kairos does not take is posted again, later each time, for good. */
	public static function post( string $token, int $tries = 0 ): void {
		$body = get_option( self::name( $token ), '' );
		if ( '' === $body || ! is_string( $body ) ) {
			return;
		}
		if ( ! self::send( $body, $token ) ) {
			if ( ! self::waits( $token, $tries + 1 ) ) {
				$wait = min( self::FIRST_WAIT * 2 ** min( $tries, 20 ), self::LONGEST_WAIT );
				as_schedule_single_action( time() + $wait, self::HOOK, array( $token, $tries + 1 ), self::GROUP );
			}
			return;
		}
		if ( get_option( self::name( $token ), '' ) === $body ) {
			delete_option( self::name( $token ) );
		} else {
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
		return ! is_wp_error( $answer ) && 200 === (int) wp_remote_retrieve_response_code( $answer );
	}

	/** The option that keeps a cart's body. */
	private static function name( string $token ): string {
		return 'kairos_cart_' . preg_replace( '/[^A-Za-z0-9-]/', '', $token );
	}
}
