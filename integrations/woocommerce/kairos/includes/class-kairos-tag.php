<?php
/**
 * The script tag on the pages, and the service worker of web push.
 *
 * @package Kairos
 */

defined( 'ABSPATH' ) || exit;

/** What a page shows, and who is logged in. */
class Kairos_Tag {

	const WORKER = 'kairos-worker';

	/** Hooks up head and worker. */
	public static function register(): void {
		add_action( 'wp_head', array( __CLASS__, 'show' ), 5 );
		add_action( 'init', array( __CLASS__, 'worker' ) );
	}

	/** Prints the tag. */
	public static function show(): void {
		$source = Kairos_Settings::address( 'tag.js' );
		if ( '' === $source ) {
			return;
		}
		$user = wp_get_current_user();
		echo self::element( $source, self::page() + self::person( (int) $user->ID, (string) $user->user_email ) ); // phpcs:ignore WordPress.Security.EscapeOutput -- escaped within.
	}

	/** The element; attributes: without "data-"; empty ones are left off. */
	public static function element( string $source, array $attributes ): string {
		$told = '';
		foreach ( array_filter( $attributes ) as $name => $value ) {
			$told .= sprintf( ' data-%s="%s"', esc_attr( $name ), esc_attr( (string) $value ) );
		}
		return sprintf( "<script async src=\"%s\"%s></script>\n", esc_url( $source ), $told ); // phpcs:ignore WordPress.WP.EnqueuedResources
	}

	/** Who is logged in, signed for this visitor: only the browser that has the id may claim the person. */
	public static function person( int $user_id, string $email ): array {
		$visitor = Kairos_Settings::visitor();
		$secret  = Kairos_Settings::get( 'tag_secret' );
		if ( ! $user_id || ! $visitor || '' === $secret ) {
			return array();
		}
		return array(
			'email'       => $email,
			'platform-id' => (string) $user_id,
			'signature'   => Kairos_Signature::identify( $visitor, $email, (string) $user_id, '', $secret ),
		);
	}

	/** What the page shows. The cart is posted by the server, so the tag is told nothing of it. */
	private static function page(): array {
		$told = array( 'worker' => home_url( '/?' . self::WORKER . '=1' ) );
		if ( is_product() ) {
			$told['product'] = (string) get_queried_object_id();
		} elseif ( is_product_category() ) {
			$told['category'] = (string) get_queried_object_id();
		} elseif ( is_search() ) {
			$told['search'] = get_search_query( false );
		} elseif ( is_cart() ) {
			$told['step'] = 'cart';
		} elseif ( is_checkout() && ! is_order_received_page() ) {
			$told['step'] = 'contact';
		}
		return $told;
	}

	/** The service worker, which browsers take from the shop's own address alone; at "/", so for all pages. */
	public static function worker(): void {
		if ( empty( $_GET[ self::WORKER ] ) || '' === Kairos_Settings::get( 'api' ) ) { // phpcs:ignore WordPress.Security.NonceVerification
			return;
		}
		header( 'Content-Type: text/javascript; charset=utf-8' );
		header( 'Cache-Control: public, max-age=3600' );
		$source = rtrim( Kairos_Settings::get( 'api' ), '/' ) . '/v1/forms/worker.js';
		echo 'importScripts(' . wp_json_encode( $source, JSON_UNESCAPED_SLASHES ) . ');';
		exit;
	}
}
