<?php
/**
 * Leaves nothing behind: neither the settings, nor carts that were still to be posted.
 *
 * @package Kairos
 */

defined( 'WP_UNINSTALL_PLUGIN' ) || exit;

delete_option( 'woocommerce_kairos_settings' );
delete_option( 'kairos_answered' );

global $wpdb;
$wpdb->query( "DELETE FROM {$wpdb->options} WHERE option_name LIKE 'kairos\\_cart\\_%'" );
