<?php
/**
 * The settings, under WooCommerce → Settings → Integration.
 *
 * @package Kairos
 */

defined( 'ABSPATH' ) || exit;

/** Address, shop and secrets, and what pages and carts read of the browser. */
class Kairos_Settings {

	const OPTION  = 'woocommerce_kairos_settings';
	const VISITOR = '/^[A-Za-z0-9._:-]{16,128}$/';

	/** Adds the page of settings. */
	public static function register(): void {
		add_filter(
			'woocommerce_integrations',
			static function ( array $integrations ): array {
				require_once __DIR__ . '/class-kairos-integration.php';
				$integrations[] = 'Kairos_Integration';
				return $integrations;
			}
		);
	}

	/** One setting, "" where it is not set: api, shop, secret or tag_secret. */
	public static function get( string $name ): string {
		$all = get_option( self::OPTION, array() );
		return is_array( $all ) && isset( $all[ $name ] ) ? trim( (string) $all[ $name ] ) : '';
	}

	/** An address of the shop at Kairos; "" where the settings are missing. */
	public static function address( string $path ): string {
		$api  = rtrim( self::get( 'api' ), '/' );
		$shop = self::get( 'shop' );
		return '' === $api || '' === $shop ? '' : $api . '/v1/shops/' . rawurlencode( $shop ) . '/' . $path;
	}

	/** The script tag's id of this browser, null without one: the tag sets the cookie after consent. */
	public static function visitor(): ?string {
		$told = isset( $_COOKIE['kairos_visitor'] ) ? (string) $_COOKIE['kairos_visitor'] : ''; // phpcs:ignore WordPress.Security.ValidatedSanitizedInput
		return preg_match( self::VISITOR, $told ) ? $told : null;
	}
}
