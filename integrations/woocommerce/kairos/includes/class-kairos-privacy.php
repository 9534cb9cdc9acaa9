<?php
/**
 * WordPress' eraser of personal data (Tools → Erase Personal Data) reaches what waits here.
 *
 * @package Kairos
 */

defined( 'ABSPATH' ) || exit;

/** Carts that are still to be posted name people; who is erased is named no more. */
class Kairos_Privacy {

	/** Adds the eraser. */
	public static function register(): void {
		add_filter(
			'wp_privacy_personal_data_erasers',
			static function ( array $erasers ): array {
				$erasers['kairos'] = array(
					'eraser_friendly_name' => __( 'Kairos', 'kairos' ),
					'callback'             => array( __CLASS__, 'erase' ),
				);
				return $erasers;
			}
		);
	}

	/** See "Adding the Personal Data Eraser to Your Plugin" of WordPress' plugin handbook. */
	public static function erase( string $email, int $_page = 1 ): array {
		return array(
			'items_removed'  => Kairos_Outbox::forget( $email ),
			'items_retained' => false,
			'messages'       => array(),
			'done'           => true,
		);
	}
}
