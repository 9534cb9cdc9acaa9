<?php
/**
 * The page of settings.
 *
 * @package Kairos
 */

defined( 'ABSPATH' ) || exit;

/** See WC_Integration. */
class Kairos_Integration extends WC_Integration {

	/** Names the fields. */
	public function __construct() {
		$this->id                 = 'kairos';
		$this->method_title       = __( 'Kairos', 'kairos' );
		$this->method_description = __( 'Carts are posted to Kairos, and its script tag stands on the pages. Orders, customers and products come by webhooks: WooCommerce → Settings → Advanced → Webhooks.', 'kairos' ) . self::answered();
		$this->form_fields        = array(
			'api'        => array(
				'title'       => __( 'Address of Kairos', 'kairos' ),
				'type'        => 'text',
				'description' => __( 'Begins with https:// and ends in the stage.', 'kairos' ),
			),
			'shop'       => array(
				'title' => __( 'Shop', 'kairos' ),
				'type'  => 'text',
			),
			'secret'     => array(
				'title' => __( 'Webhook secret', 'kairos' ),
				'type'  => 'password',
			),
			'tag_secret' => array(
				'title' => __( 'Tag secret', 'kairos' ),
				'type'  => 'password',
			),
		);
		$this->init_settings();
		add_action( 'woocommerce_update_options_integration_' . $this->id, array( $this, 'process_admin_options' ) );
	}

	/** What Kairos answered to the last cart, where it was not what it should be. */
	private static function answered(): string {
		$status = Kairos_Outbox::answered();
		if ( null === $status || 200 === $status ) {
			return '';
		}
		return ' ' . ( 0 === $status
			? __( 'Kairos gave no answer to the last cart; it is posted again.', 'kairos' )
			/* translators: %d: an HTTP status such as 401 */
			: sprintf( __( 'Kairos answered %d to the last cart: look at shop and secret. It is posted again.', 'kairos' ), $status ) );
	}

	/** The address as it can be posted to. */
	public function validate_api_field( string $_key, $value ): string {
		$address = rtrim( trim( (string) $value ), '/' );
		if ( ! preg_match( '#^https://[^\s?\#]+$#', $address ) ) {
			WC_Admin_Settings::add_error( __( 'The address begins with https:// and has no parameters.', 'kairos' ) );
			return Kairos_Settings::get( 'api' );
		}
		return $address;
	}

	/** The shop's id as Kairos knows it. */
	public function validate_shop_field( string $_key, $value ): string {
		$shop = trim( (string) $value );
		if ( ! preg_match( '/^[a-z0-9][a-z0-9-]{1,38}[a-z0-9]$/', $shop ) ) {
			WC_Admin_Settings::add_error( __( 'The shop has 3 to 40 of a-z, 0-9 and -.', 'kairos' ) );
			return Kairos_Settings::get( 'shop' );
		}
		return $shop;
	}
}
