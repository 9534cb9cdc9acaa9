<?php
/**
 * Carts: each has a token of its own, which the order that comes of it carries.
 *
 * @package Kairos
 */

defined( 'ABSPATH' ) || exit;

/** Notices that the cart of this session changed, and writes it down for the outbox. */
class Kairos_Cart {

	const TOKEN = 'kairos_cart';
	const SEEN  = 'kairos_cart_seen';

	/** Whatever changes a cart or whose it is, by pages and by blocks. */
	const CHANGES = array(
		'woocommerce_cart_updated',
		'woocommerce_add_to_cart',
		'woocommerce_cart_item_removed',
		'woocommerce_cart_emptied',
		'woocommerce_checkout_update_order_review',
		'woocommerce_store_api_cart_update_customer_from_request',
	);

	/** Whether this request has looked already. @var bool */
	private static $watching = false;

	/** Hooks up whatever changes a cart. */
	public static function register(): void {
		foreach ( self::CHANGES as $hook ) {
			add_action( $hook, array( __CLASS__, 'watch' ), 10, 0 );
		}
		add_action( 'woocommerce_checkout_create_order', array( __CLASS__, 'mark_order' ) );
		add_action( 'woocommerce_store_api_checkout_update_order_meta', array( __CLASS__, 'mark_order' ) );
		add_action( 'woocommerce_checkout_order_processed', array( __CLASS__, 'begin_anew' ) );
		add_action( 'woocommerce_store_api_checkout_order_processed', array( __CLASS__, 'begin_anew' ) );
	}

	/** Several things change a cart within one request: it is looked at once, when all is done. */
	public static function watch(): void {
		if ( ! self::$watching && function_exists( 'WC' ) && WC()->cart && WC()->session ) {
			self::$watching = true;
			add_action( 'shutdown', array( __CLASS__, 'look' ), 5 );
		}
	}

	/** Posts the cart if it is not as it was posted last. */
	public static function look(): void {
		$session = WC()->session;
		$lines   = self::lines( WC()->cart->get_cart() );
		$token   = $session->get( self::TOKEN );
		if ( ! $token && ! $lines ) {
			return; // nothing ever lay in it
		}
		if ( ! $token ) {
			$token = wp_generate_uuid4();
			$session->set( self::TOKEN, $token );
		}
		$customer = self::customer( WC()->customer, get_current_user_id() );
		$seen     = md5( (string) wp_json_encode( array( $lines, $customer, self::step() ) ) );
		if ( $session->get( self::SEEN ) !== $seen && Kairos_Outbox::note( $token, self::body( $token, $lines, $customer ) ) ) {
			$session->set( self::SEEN, $seen );
		}
	}

	/** The order says which cart it was: that closes it, and ends its reminders. */
	public static function mark_order( $order ): void {
		$token   = WC()->session ? WC()->session->get( self::TOKEN ) : null;
		$visitor = Kairos_Settings::visitor();
		if ( $token ) {
			$order->update_meta_data( 'kairos_cart', $token );
		}
		if ( $visitor ) {
			$order->update_meta_data( 'kairos_visitor', $visitor );
		}
	}

	/** What is put together after an order is another cart. */
	public static function begin_anew(): void {
		if ( WC()->session ) {
			WC()->session->set( self::TOKEN, null );
			WC()->session->set( self::SEEN, null );
			self::$watching = true; // what this request still does to the old cart is no news
			remove_action( 'shutdown', array( __CLASS__, 'look' ), 5 );
		}
	}

	/** The generic JSON of Kairos for this cart. */
	public static function body( string $token, array $lines, array $customer ): array {
		$body = array(
			'type'       => 'cart',
			'id'         => $token,
			'updated_at' => gmdate( 'Y-m-d\TH:i:s\Z' ),
			'currency'   => get_woocommerce_currency(),
			'lines'      => $lines,
			'step'       => self::step(),
		);
		if ( $customer ) {
			$body['customer'] = $customer;
		}
		if ( $lines ) {
			$body['restore_url'] = Kairos_Restore::link( $lines );
		}
		return $body;
	}

	/** The lines of WC_Cart::get_cart, prices as the shop shows them. */
	public static function lines( array $cart ): array {
		$lines = array();
		foreach ( $cart as $item ) {
			$product  = $item['data'];
			$quantity = max( 1, (int) round( (float) $item['quantity'] ) );
			$with_tax = WC()->cart->display_prices_including_tax();
			$total    = (float) $item['line_total'] + ( $with_tax ? (float) $item['line_tax'] : 0 );
			$each     = $with_tax ? wc_get_price_including_tax( $product ) : wc_get_price_excluding_tax( $product );
			$line     = array(
				'product_id' => (string) $item['product_id'],
				'variant_id' => $item['variation_id'] ? (string) $item['variation_id'] : null,
				'sku'        => (string) $product->get_sku(),
				'title'      => wp_strip_all_tags( $product->get_name() ),
				'quantity'   => $quantity,
				'price'      => wc_format_decimal( $each, wc_get_price_decimals() ),
				'total'      => wc_format_decimal( $total, wc_get_price_decimals() ),
				'image'      => wp_get_attachment_image_url( $product->get_image_id(), 'woocommerce_thumbnail' ),
				'url'        => $product->get_permalink( $item ),
			);
			$lines[]  = array_filter(
				$line,
				static function ( $told ) {
					return null !== $told && '' !== $told && false !== $told;
				}
			);
		}
		return $lines;
	}

	/** Whose cart it is: who is logged in, what was typed at the checkout, and the visitor. */
	public static function customer( $customer, int $user_id ): array {
		return array_filter(
			array(
				'id'         => $user_id ? (string) $user_id : null,
				'email'      => $customer ? $customer->get_billing_email() : null,
				'visitor'    => Kairos_Settings::visitor(),
				'first_name' => $customer ? $customer->get_billing_first_name() : null,
				'last_name'  => $customer ? $customer->get_billing_last_name() : null,
				'language'   => str_replace( '_', '-', determine_locale() ),
			)
		);
	}

	/** How far the visitor came. */
	private static function step(): string {
		if ( ! function_exists( 'is_checkout' ) || ! is_checkout() ) {
			return 'cart';
		}
		return WC()->session && WC()->session->get( 'chosen_payment_method' ) ? 'payment' : 'contact';
	}
}
