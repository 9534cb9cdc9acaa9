<?php
/**
 * Filling a cart again from a reminder's link.
 *
 * @package Kairos
 */

defined( 'ABSPATH' ) || exit;

/**
 * kairos_restore=PRODUCT[.VARIATION]:QUANTITY,… puts these into an empty cart. The link holds no person and no
 * cart of anybody's: prices and stock are the shop's, and a cart in which something lies stays as it is.
 */
class Kairos_Restore {

	const PARAMETER   = 'kairos_restore';
	const MOST_LINES  = 50;
	const MOST_PIECES = 99;

	/** Looks at each page's parameters once the cart is there. */
	public static function register(): void {
		add_action( 'wp_loaded', array( __CLASS__, 'restore' ), 20 );
	}

	/** The link for lines as they are posted. */
	public static function link( array $lines ): string {
		$told = array();
		foreach ( array_slice( $lines, 0, self::MOST_LINES ) as $line ) {
			$variant = empty( $line['variant_id'] ) ? '' : '.' . $line['variant_id'];
			$told[]  = $line['product_id'] . $variant . ':' . min( $line['quantity'], self::MOST_PIECES );
		}
		return add_query_arg( self::PARAMETER, implode( ',', $told ), wc_get_cart_url() );
	}

	/** The lines of the parameter that can be read. */
	public static function lines( string $told ): array {
		$lines = array();
		foreach ( array_slice( explode( ',', $told ), 0, self::MOST_LINES ) as $part ) {
			if ( preg_match( '/^(\d{1,10})(?:\.(\d{1,10}))?:(\d{1,4})$/', trim( $part ), $match ) ) {
				$lines[] = array(
					'product'   => (int) $match[1],
					'variation' => (int) $match[2],
					'quantity'  => min( max( (int) $match[3], 1 ), self::MOST_PIECES ),
				);
			}
		}
		return $lines;
	}

	/** Fills the cart, and goes on without the parameter: reloading the page adds nothing. */
	public static function restore(): void {
		if ( empty( $_GET[ self::PARAMETER ] ) || is_admin() || ! WC()->cart ) { // phpcs:ignore WordPress.Security.NonceVerification
			return;
		}
		$told = sanitize_text_field( wp_unslash( $_GET[ self::PARAMETER ] ) ); // phpcs:ignore WordPress.Security.NonceVerification
		if ( WC()->cart->is_empty() ) {
			if ( WC()->session && ! WC()->session->has_session() ) {
				WC()->session->set_customer_session_cookie( true ); // a guest who comes by the link has none yet
			}
			foreach ( self::lines( $told ) as $line ) {
				WC()->cart->add_to_cart( $line['product'], $line['quantity'], $line['variation'] );
			}
		}
		wp_safe_redirect( remove_query_arg( self::PARAMETER ) );
		exit;
	}
}
