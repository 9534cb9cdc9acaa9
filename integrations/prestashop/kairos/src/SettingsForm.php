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

use AdminController;
use Configuration;
use Context;
use HelperForm;
use Module;
use Tools;

/** The module's page of settings: address, shop and secrets, and the address for cron. */
class SettingsForm
{
    /** @var Module */
    private $module;

    public function __construct(Module $module)
    {
        $this->module = $module;
    }

    public function content()
    {
        $output = '';
        if (Tools::isSubmit('submitKairos')) {
            $errors = $this->save();
            foreach ($errors as $error) {
                $output .= $this->module->displayError($error);
            }
            if (!$errors) {
                $output .= $this->module->displayConfirmation($this->module->getTranslator()->trans('Settings saved.', [], 'Modules.Kairos.Admin'));
            }
        }

        return $output . $this->form();
    }

    /** @return string[] what is wrong */
    private function save()
    {
        $api = rtrim(trim((string) Tools::getValue('KAIROS_API')), '/');
        $shop = trim((string) Tools::getValue('KAIROS_SHOP'));
        $errors = [];
        if (!preg_match('#^https://[^\s?\#]+$#', $api)) {
            $errors[] = $this->module->getTranslator()->trans('The address begins with https:// and has no parameters.', [], 'Modules.Kairos.Admin');
        }
        if (!preg_match('/^[a-z0-9][a-z0-9-]{1,38}[a-z0-9]$/', $shop)) {
            $errors[] = $this->module->getTranslator()->trans('The shop has 3 to 40 of a-z, 0-9 and -.', [], 'Modules.Kairos.Admin');
        }
        if ($errors) {
            return $errors;
        }
        Configuration::updateValue('KAIROS_API', $api);
        Configuration::updateValue('KAIROS_SHOP', $shop);
        foreach (['KAIROS_SECRET', 'KAIROS_TAG_SECRET'] as $name) {
            $told = trim((string) Tools::getValue($name));
            if ($told !== '') { // an empty field leaves the secret as it is: it is never shown
                Configuration::updateValue($name, $told);
            }
        }

        return [];
    }

    private function form()
    {
        $helper = new HelperForm();
        $helper->module = $this->module;
        $helper->submit_action = 'submitKairos';
        $helper->token = Tools::getAdminTokenLite('AdminModules');
        $helper->currentIndex = AdminController::$currentIndex . '&configure=' . $this->module->name;
        $helper->fields_value = [
            'KAIROS_API' => Configuration::get('KAIROS_API'),
            'KAIROS_SHOP' => Configuration::get('KAIROS_SHOP'),
            'KAIROS_SECRET' => '',
            'KAIROS_TAG_SECRET' => '',
        ];

        return $helper->generateForm([['form' => [
            'legend' => ['title' => $this->module->getTranslator()->trans('Settings', [], 'Modules.Kairos.Admin'), 'icon' => 'icon-cogs'],
            'description' => $this->cronAdvice(),
            'warning' => $this->lastAnswer(),
            'input' => [
                $this->field('KAIROS_API', $this->module->getTranslator()->trans('Address of Kairos', [], 'Modules.Kairos.Admin')),
                $this->field('KAIROS_SHOP', $this->module->getTranslator()->trans('Shop', [], 'Modules.Kairos.Admin')),
                $this->field('KAIROS_SECRET', $this->module->getTranslator()->trans('Webhook secret', [], 'Modules.Kairos.Admin'), 'password'),
                $this->field('KAIROS_TAG_SECRET', $this->module->getTranslator()->trans('Tag secret', [], 'Modules.Kairos.Admin'), 'password'),
            ],
            'submit' => ['title' => $this->module->getTranslator()->trans('Save', [], 'Modules.Kairos.Admin')],
        ]]]);
    }

    private function field($name, $label, $type = 'text')
    {
        return ['type' => $type, 'name' => $name, 'label' => $label, 'required' => $type === 'text'];
    }

    /** What Kairos answered last, where it did not take the change; null otherwise. */
    private function lastAnswer()
    {
        $status = Configuration::get('KAIROS_ANSWERED');
        if ($status === false || $status === null || (int) $status === 200) {
            return null;
        }

        return $this->module->getTranslator()->trans(
            'Kairos answered %status% to the last change, which is sent again: look at address, shop and webhook secret (0: no answer).',
            ['%status%' => (int) $status],
            'Modules.Kairos.Admin'
        );
    }

    private function cronAdvice()
    {
        $link = Context::getContext()->link->getModuleLink(
            'kairos',
            'outbox',
            ['token' => Configuration::get('KAIROS_CRON_TOKEN')]
        );

        return $this->module->getTranslator()->trans(
            'Call this address every five minutes, so that nothing is lost while Kairos does not answer: %address% (waiting: %count%)',
            ['%address%' => $link, '%count%' => Outbox::waiting()],
            'Modules.Kairos.Admin'
        );
    }
}
