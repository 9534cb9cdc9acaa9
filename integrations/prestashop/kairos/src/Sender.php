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

/** Posts one signed body. It never waits long, and never throws. */
class Sender
{
    /** After a page was answered: few, and a second each. */
    const BRIEF = ['rows' => 10, 'seconds' => 1];

    /** By cron: as many as a minute or so takes. */
    const PATIENT = ['rows' => 200, 'seconds' => 5];

    /** @var string */
    private $address;

    /** @var string */
    private $secret;

    /**
     * @param string $api the address of Kairos
     * @param string $shop the shop's id there
     * @param string $secret the shop's webhook secret
     */
    public function __construct($api, $shop, $secret)
    {
        $this->address = self::address($api, $shop, 'webhooks/prestashop');
        $this->secret = $secret;
    }

    public static function address($api, $shop, $path)
    {
        return rtrim($api, '/') . '/v1/shops/' . rawurlencode($shop) . '/' . $path;
    }

    /**
     * @param string $body
     * @param string $delivery an id of this telling, the same when it is repeated
     * @param array $limits BRIEF or PATIENT
     *
     * @return int the status of the answer, 0 without one; Kairos has it at 200 alone
     */
    public function post($body, $delivery, array $limits)
    {
        $headers = [
            'Content-Type: application/json',
            'X-Kairos-Signature: ' . Signature::ofBody($body, $this->secret),
            'X-Kairos-Delivery: ' . $delivery,
        ];

        return function_exists('curl_init')
            ? $this->byCurl($body, $headers, $limits['seconds'])
            : $this->byStream($body, $headers, $limits['seconds']);
    }

    /** Whether an answer says that nothing of this shop would be taken now: none, busy, broken, or refused. */
    public static function isOfAll($status)
    {
        return $status === 0 || $status >= 500 || in_array($status, [401, 403, 429], true);
    }

    private function byCurl($body, array $headers, $seconds)
    {
        $call = curl_init($this->address);
        curl_setopt_array($call, [
            CURLOPT_POST => true,
            CURLOPT_POSTFIELDS => $body,
            CURLOPT_HTTPHEADER => array_merge($headers, ['Expect:']),
            CURLOPT_RETURNTRANSFER => true,
            CURLOPT_FOLLOWLOCATION => false,
            CURLOPT_CONNECTTIMEOUT => $seconds,
            CURLOPT_TIMEOUT => $seconds,
        ]);
        curl_exec($call);
        $status = (int) curl_getinfo($call, CURLINFO_HTTP_CODE);
        curl_close($call);

        return $status;
    }

    private function byStream($body, array $headers, $seconds)
    {
        $context = stream_context_create(['http' => [
            'method' => 'POST',
            'header' => $headers,
            'content' => $body,
            'timeout' => $seconds,
            'follow_location' => 0,
            'ignore_errors' => true,
        ]]);
        $stream = @fopen($this->address, 'r', false, $context);
        if ($stream === false) {
            return 0;
        }
        $told = stream_get_meta_data($stream);
        fclose($stream);
        $first = isset($told['wrapper_data'][0]) ? $told['wrapper_data'][0] : '';

        return preg_match('#^HTTP/\S+ (\d{3})#', $first, $match) ? (int) $match[1] : 0;
    }
}
