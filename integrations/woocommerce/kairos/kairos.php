<?php
/**
 * Plugin Name: Kairos for WooCommerce
 * Description: Tells Kairos of carts, puts its script tag on the pages, and fills a cart again from a reminder's link.
 * Version: 1.0.0
 * Requires at least: 6.4
 * Requires PHP: 7.4
 * Requires Plugins: woocommerce
 * WC requires at least: 8.0
 * License: GPL-2.0-or-later
 * License URI: https://www.gnu.org/licenses/gpl-2.0.html
 * Text Domain: kairos
 * Domain Path: /languages
 *
 * Orders, customers and products come by WooCommerce's own webhooks; it has none for carts.
 *
 * @package Kairos
 */

defined( 'ABSPATH' ) || exit;

require_once __DIR__ . '/includes/class-kairos-signature.php';
require_once __DIR__ . '/includes/class-kairos-settings.php';
require_once __DIR__ . '/includes/class-kairos-cart.php';
require_once __DIR__ . '/includes/class-kairos-outbox.php';
require_once __DIR__ . '/includes/class-kairos-privacy.php';
require_once __DIR__ . '/includes/class-kairos-tag.php';
require_once __DIR__ . '/includes/class-kairos-restore.php';

add_action(
	'before_woocommerce_init',
	static function () {
		if ( class_exists( '\Automattic\WooCommerce\Utilities\FeaturesUtil' ) ) {
			\Automattic\WooCommerce\Utilities\FeaturesUtil::declare_compatibility( 'custom_order_tables', __FILE__, true );
			\Automattic\WooCommerce\Utilities\FeaturesUtil::declare_compatibility( 'cart_checkout_blocks', __FILE__, true );
		}
	}
);

add_action( 'plugins_loaded', 'kairos_start' );

/** Hooks everything up, where WooCommerce is there. */
function kairos_start() {
	if ( ! class_exists( 'WooCommerce' ) ) {
		return;
	}
	Kairos_Settings::register();
	Kairos_Cart::register();
	Kairos_Outbox::register();
	Kairos_Privacy::register();
	Kairos_Tag::register();
	Kairos_Restore::register();
}
