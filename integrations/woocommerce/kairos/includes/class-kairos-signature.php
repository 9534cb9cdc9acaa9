<?php
/**
 * What proves to Kairos where something comes from.
 *
 * @package Kairos
 */

defined( 'ABSPATH' ) || exit;

/** Signatures of bodies and of who is logged in. */
class Kairos_Signature {

	/** Base64 of the HMAC-SHA256 of a body's bytes, under the shop's webhook secret. */
	public static function of_body( string $body, string $secret ): string {
		return base64_encode( hash_hmac( 'sha256', $body, $secret, true ) ); // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions
	}

	/** Of who is logged in, for the script tag: hexadecimal, trailing empty values left off. */
	public static function identify( string $visitor, string $email, string $platform_id, string $phone, string $tag_secret ): string {
		$message = rtrim( implode( "\n", array( $visitor, $email, $platform_id, $phone ) ), "\n" );
		return hash_hmac( 'sha256', $message, $tag_secret );
	}
}
