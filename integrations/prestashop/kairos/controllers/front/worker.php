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
if (!defined('_PS_VERSION_')) {
    exit;
}

/** The service worker of web push, which browsers take from the shop's own address alone. */
class KairosWorkerModuleFrontController extends ModuleFrontController
{
    public $ajax = true;

    public function displayAjax()
    {
        header('Content-Type: text/javascript; charset=utf-8');
        header('Service-Worker-Allowed: /');
        header('Cache-Control: public, max-age=3600');
        $api = rtrim((string) Configuration::get('KAIROS_API'), '/');
        echo $api === '' ? '' : 'importScripts(' . json_encode($api . '/v1/forms/worker.js', JSON_UNESCAPED_SLASHES) . ');';
    }
}
