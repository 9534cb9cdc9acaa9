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

use Kairos\PrestaShop\Sender;

/** Posts what waits; called by cron with the token that the settings show. */
class KairosOutboxModuleFrontController extends ModuleFrontController
{
    public $ajax = true;

    public function displayAjax()
    {
        header('Content-Type: application/json');
        $expected = (string) Configuration::get('KAIROS_CRON_TOKEN');
        if ($expected === '' || !hash_equals($expected, (string) Tools::getValue('token'))) {
            header('HTTP/1.1 403 Forbidden');
            echo json_encode(['error' => 'wrong token']);

            return;
        }
        echo json_encode($this->module->deliver(Sender::PATIENT));
    }
}
