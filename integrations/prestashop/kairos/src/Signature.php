<?php
/**
 * Kairos for PrestaShop
 *
 * NOTICE OF LICENSE
 *
 * This source file is subject to the Academic Free License version 3.0,
 * which is available through the world-wide-web at this URL:
 * https://opensource.org/licenses/AFL-3.0
 *
 * @author    Kairos
 * @copyright Kairos
 * @license   https://opensource.org/licenses/AFL-3.0 Academic Free License version 3.0
 */

namespace Kairos\PrestaShop;

if (!defined('_PS_VERSION_')) {
    exit;
}

/** What proves to Kairos where something comes from. */
class Signature
{
    /**
     * Of a body that is posted: base64 of the HMAC-SHA256 of its bytes.
     *
     * @param string $body exactly as it is sent
     * @param string $secret the shop's webhook secret
     *
     * @return string
     */
    public static function ofBody($body, $secret)
    {
        return base64_encode(hash_hmac('sha256', $body, $secret, true));
    }

    /**
     * Of who is logged in, for the script tag: hexadecimal, trailing empty values left off.
     *
     * @return string
     */
    public static function identify($visitor, $email, $platformId, $phone, $tagSecret)
    {
        $message = rtrim(implode("\n", [$visitor, $email, $platformId, $phone]), "\n");

        return hash_hmac('sha256', $message, $tagSecret);
    }

    /** @return string 32 characters that nobody guesses */
    public static function randomToken()
    {
        return bin2hex(random_bytes(16));
    }
}
