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

require_once __DIR__ . '/src/Signature.php';
require_once __DIR__ . '/src/Bodies.php';
require_once __DIR__ . '/src/Reading.php';
require_once __DIR__ . '/src/Outbox.php';
require_once __DIR__ . '/src/Sender.php';

use Kairos\PrestaShop\Bodies;
use Kairos\PrestaShop\Outbox;
use Kairos\PrestaShop\Reading;
use Kairos\PrestaShop\Sender;
use Kairos\PrestaShop\Signature;

/**
 * Tells Kairos what happens in the shop, and puts its script tag on the pages.
 *
 * A hook only notes which order, cart, customer or product changed. What it then looks like is read and posted
 * after the page was answered, and by the cron address whatever could not be posted: nothing waits for Kairos,
 * and nothing is lost while it does not answer.
 */
class Kairos extends Module
{
    const HOOKS = [
        'actionValidateOrder',
        'actionOrderStatusPostUpdate',
        'actionObjectOrderUpdateAfter',
        'actionOrderSlipAdd',
        'actionCartSave',
        'actionCustomerAccountAdd',
        'actionCustomerAccountUpdate',
        'actionObjectCustomerUpdateBefore',
        'actionObjectCustomerUpdateAfter',
        'actionObjectCustomerDeleteAfter',
        'actionNewsletterRegistrationAfter',
        'actionDeleteGDPRCustomer',
        'actionProductSave',
        'actionProductDelete',
        'actionUpdateQuantity',
        'actionCronJob',
        'displayHeader',
    ];

    const SETTINGS = [
        'KAIROS_API',
        'KAIROS_SHOP',
        'KAIROS_SECRET',
        'KAIROS_TAG_SECRET',
        'KAIROS_CRON_TOKEN',
        'KAIROS_SILENT_UNTIL',
    ];

    /** Seconds for which nothing is posted from pages after Kairos gave no answer; cron goes on asking. */
    const LEFT_ALONE = 60;

    /** @var bool whether this request will post once it was answered */
    private static $posting = false;

    public function __construct()
    {
        $this->name = 'kairos';
        $this->tab = 'emailing';
        $this->version = '1.0.0';
        $this->author = 'Kairos';
        $this->need_instance = 0;
        $this->ps_versions_compliancy = ['min' => '8.0.0', 'max' => '9.99.99'];
        $this->bootstrap = true;

        parent::__construct();

        $this->displayName = $this->trans('Kairos', [], 'Modules.Kairos.Admin');
        $this->description = $this->trans(
            'The right message, to the right person, at the right moment: tells Kairos of orders, carts, customers and products.',
            [],
            'Modules.Kairos.Admin'
        );
        $this->confirmUninstall = $this->trans(
            'What has not been sent to Kairos yet will be forgotten. Go on?',
            [],
            'Modules.Kairos.Admin'
        );
    }

    public function isUsingNewTranslationSystem()
    {
        return true;
    }

    public function install()
    {
        return parent::install()
            && Outbox::createTable()
            && Configuration::updateValue('KAIROS_CRON_TOKEN', Signature::randomToken())
            && $this->registerHook(self::HOOKS);
    }

    public function uninstall()
    {
        foreach (self::SETTINGS as $name) {
            Configuration::deleteByName($name);
        }

        return Outbox::dropTable() && parent::uninstall();
    }

    // What happens in the shop

    public function hookActionValidateOrder($params)
    {
        $this->note('order', $params['order']->id, ['created' => true, 'visitor' => $this->visitor()]);
    }

    public function hookActionOrderStatusPostUpdate($params)
    {
        $this->note('order', $params['id_order']);
    }

    public function hookActionObjectOrderUpdateAfter($params)
    {
        $this->note('order', $params['object']->id);
    }

    /** The order tells its credit slips. */
    public function hookActionOrderSlipAdd($params)
    {
        $this->note('order', $params['order']->id);
    }

    public function hookActionCartSave($params)
    {
        $cart = isset($params['cart']) ? $params['cart'] : null;
        if ($cart && !empty($cart->id)) {
            $this->note('cart', $cart->id, ['visitor' => $this->visitor(), 'step' => $this->checkoutStep()]);
        }
    }

    public function hookActionCustomerAccountAdd($params)
    {
        $this->note('customer', $params['newCustomer']->id, ['created' => true]);
    }

    public function hookActionCustomerAccountUpdate($params)
    {
        $this->note('customer', $params['customer']->id);
    }

    /** PrestaShop dates the first subscription alone: when the box changes is seen here, and noted. */
    public function hookActionObjectCustomerUpdateBefore($params)
    {
        $customer = $params['object'];
        if (empty($customer->id)) {
            return;
        }
        $before = Reading::newsletterOf((int) $customer->id);
        if ($before !== null && $before !== (bool) $customer->newsletter) {
            $this->note('customer', $customer->id, ['newsletter_changed_at' => date('Y-m-d H:i:s')]);
        }
    }

    public function hookActionObjectCustomerUpdateAfter($params)
    {
        $this->note('customer', $params['object']->id);
    }

    public function hookActionObjectCustomerDeleteAfter($params)
    {
        $this->note('customer.deleted', $params['object']->id);
    }

    /** The sign-up block: `action` "0" subscribes, "1" unsubscribes; `error` says that it did not. */
    public function hookActionNewsletterRegistrationAfter($params)
    {
        if (!empty($params['error']) || empty($params['email'])) {
            return;
        }
        $agreed = isset($params['action']) && (string) $params['action'] === '1' ? '0' : '1';
        $this->note('newsletter', $params['email'], ['newsletter' => $agreed, 'date' => date('Y-m-d H:i:s')]);
    }

    /** Of the GDPR module: what waits here is forgotten as well. */
    public function hookActionDeleteGDPRCustomer($customer)
    {
        $email = isset($customer['email']) ? (string) $customer['email'] : '';
        if ($email !== '') {
            Outbox::forget('newsletter', $email);
            $this->note('customer.erased', $email);
        }

        return json_encode(true);
    }

    public function hookActionProductSave($params)
    {
        $this->note('product', $params['id_product']);
    }

    public function hookActionUpdateQuantity($params)
    {
        $this->note('product', $params['id_product']);
    }

    public function hookActionProductDelete($params)
    {
        $this->note('product.deleted', $params['id_product']);
    }

    // Posting

    public function hookActionCronJob($params)
    {
        $this->deliver(Sender::PATIENT);
    }

    public function getCronFrequency()
    {
        return ['hour' => -1, 'day' => -1, 'month' => -1, 'day_of_week' => -1];
    }

    /**
     * Posts what is due.
     *
     * @param array $limits Sender::PATIENT or Sender::BRIEF
     *
     * @return array how many were sent and how many wait
     */
    public function deliver(array $limits)
    {
        if (!$this->isConfigured()) {
            return ['sent' => 0, 'waiting' => Outbox::waiting()];
        }
        $sender = new Sender(
            Configuration::get('KAIROS_API'),
            Configuration::get('KAIROS_SHOP'),
            Configuration::get('KAIROS_SECRET')
        );
        $sent = 0;
        foreach (Outbox::due($limits['rows']) as $row) {
            try {
                $body = Reading::body($row);
            } catch (Throwable $wrong) {
                self::tell('could not be read', $row['kind'], $wrong);
                Outbox::postpone($row); // it holds up no other
                continue;
            }
            $done = $body === null || $sender->post(Bodies::json($body), $row['delivery'], $limits);
            if (!$done) {
                Outbox::postpone($row);
                Configuration::updateGlobalValue('KAIROS_SILENT_UNTIL', time() + self::LEFT_ALONE);
                break; // what comes after it would find the same silence
            }
            Outbox::settle($row);
            ++$sent;
        }

        return ['sent' => $sent, 'waiting' => Outbox::waiting()];
    }

    /**
     * Notes that something changed; it is read when it is posted.
     *
     * @param string $kind what changed, see Reading::body
     * @param int|string $id
     * @param array $details what only this request knows
     */
    private function note($kind, $id, array $details = [])
    {
        if (!$this->isConfigured() || empty($id)) {
            return;
        }
        try {
            Outbox::note($kind, (string) $id, array_filter($details, function ($told) {
                return $told !== null;
            }));
        } catch (Throwable $wrong) { // whatever is wrong with us, the shop goes on
            self::tell('could not be noted', $kind, $wrong);

            return;
        }
        if (!self::$posting) {
            self::$posting = true;
            register_shutdown_function([$this, 'postAfterAnswer']);
        }
    }

    /** Once the page was answered: only where the server can answer before, and Kairos answered of late. */
    public function postAfterAnswer()
    {
        if (!function_exists('fastcgi_finish_request') || Configuration::get('KAIROS_SILENT_UNTIL') > time()) {
            return;
        }
        fastcgi_finish_request();
        $this->deliver(Sender::BRIEF);
    }

    /** Without what was in it: that may be somebody's address. */
    private static function tell($what, $kind, Throwable $wrong)
    {
        PrestaShopLogger::addLog('Kairos: a change (' . $kind . ') ' . $what . ': ' . get_class($wrong), 3);
    }

    private function isConfigured()
    {
        return Configuration::get('KAIROS_API')
            && Configuration::get('KAIROS_SHOP')
            && Configuration::get('KAIROS_SECRET');
    }

    // On the pages

    public function hookDisplayHeader()
    {
        if (!Configuration::get('KAIROS_API') || !Configuration::get('KAIROS_SHOP')) {
            return '';
        }
        $this->context->smarty->assign('kairos', [
            'source' => Sender::address(Configuration::get('KAIROS_API'), Configuration::get('KAIROS_SHOP'), 'tag.js'),
            'attributes' => array_filter(array_merge($this->pageAttributes(), $this->customerAttributes())),
        ]);

        return $this->display(__FILE__, 'views/templates/hook/tag.tpl');
    }

    /** What the page shows. */
    private function pageAttributes()
    {
        $step = $this->checkoutStep();

        return [
            'product' => $this->isController('product') ? (int) Tools::getValue('id_product') : null,
            'category' => $this->isController('category') ? (int) Tools::getValue('id_category') : null,
            'search' => $this->isController('search') ? (string) Tools::getValue('s') : null,
            'step' => $step ?: ($this->isController('cart') ? 'cart' : null),
            'worker' => $this->context->link->getModuleLink('kairos', 'worker'),
        ];
    }

    /** Who is logged in, signed for this visitor: only the browser that has the id may claim the person. */
    private function customerAttributes()
    {
        $customer = $this->context->customer;
        $visitor = $this->visitor();
        $secret = Configuration::get('KAIROS_TAG_SECRET');
        if (!$visitor || !$secret || !$customer || !$customer->isLogged()) {
            return [];
        }
        $id = (string) $customer->id;

        return [
            'email' => $customer->email,
            'platform-id' => $id,
            'signature' => Signature::identify($visitor, $customer->email, $id, '', $secret),
        ];
    }

    /** The script tag's id of this browser; the tag sets the cookie after consent. */
    private function visitor()
    {
        $told = isset($_COOKIE['kairos_visitor']) ? (string) $_COOKIE['kairos_visitor'] : '';

        return preg_match('/^[A-Za-z0-9._:-]{16,128}$/', $told) ? $told : null;
    }

    /** How far the checkout is: addresses, then delivery, then payment. */
    private function checkoutStep()
    {
        if (!$this->isController('order')) {
            return null;
        }
        $cart = $this->context->cart;
        if ($cart && !empty($cart->delivery_option)) {
            return 'payment';
        }

        return $cart && !empty($cart->id_address_delivery) ? 'shipping' : 'contact';
    }

    private function isController($name)
    {
        return isset($this->context->controller->php_self) && $this->context->controller->php_self === $name;
    }

    // Settings

    public function getContent()
    {
        $output = '';
        if (Tools::isSubmit('submitKairos')) {
            $errors = $this->save();
            foreach ($errors as $error) {
                $output .= $this->displayError($error);
            }
            if (!$errors) {
                $output .= $this->displayConfirmation($this->trans('Settings saved.', [], 'Modules.Kairos.Admin'));
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
            $errors[] = $this->trans('The address begins with https:// and has no parameters.', [], 'Modules.Kairos.Admin');
        }
        if (!preg_match('/^[a-z0-9][a-z0-9-]{1,38}[a-z0-9]$/', $shop)) {
            $errors[] = $this->trans('The shop has 3 to 40 of a-z, 0-9 and -.', [], 'Modules.Kairos.Admin');
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
        $helper->module = $this;
        $helper->submit_action = 'submitKairos';
        $helper->token = Tools::getAdminTokenLite('AdminModules');
        $helper->currentIndex = AdminController::$currentIndex . '&configure=' . $this->name;
        $helper->fields_value = [
            'KAIROS_API' => Configuration::get('KAIROS_API'),
            'KAIROS_SHOP' => Configuration::get('KAIROS_SHOP'),
            'KAIROS_SECRET' => '',
            'KAIROS_TAG_SECRET' => '',
        ];

        return $helper->generateForm([['form' => [
            'legend' => ['title' => $this->trans('Settings', [], 'Modules.Kairos.Admin'), 'icon' => 'icon-cogs'],
            'description' => $this->cronAdvice(),
            'input' => [
                $this->field('KAIROS_API', $this->trans('Address of Kairos', [], 'Modules.Kairos.Admin')),
                $this->field('KAIROS_SHOP', $this->trans('Shop', [], 'Modules.Kairos.Admin')),
                $this->field('KAIROS_SECRET', $this->trans('Webhook secret', [], 'Modules.Kairos.Admin'), 'password'),
                $this->field('KAIROS_TAG_SECRET', $this->trans('Tag secret', [], 'Modules.Kairos.Admin'), 'password'),
            ],
            'submit' => ['title' => $this->trans('Save', [], 'Modules.Kairos.Admin')],
        ]]]);
    }

    private function field($name, $label, $type = 'text')
    {
        return ['type' => $type, 'name' => $name, 'label' => $label, 'required' => $type === 'text'];
    }

    private function cronAdvice()
    {
        $link = $this->context->link->getModuleLink(
            'kairos',
            'outbox',
            ['token' => Configuration::get('KAIROS_CRON_TOKEN')]
        );

        return $this->trans(
            'Call this address every five minutes, so that nothing is lost while Kairos does not answer: %address% (waiting: %count%)',
            ['%address%' => $link, '%count%' => Outbox::waiting()],
            'Modules.Kairos.Admin'
        );
    }
}
