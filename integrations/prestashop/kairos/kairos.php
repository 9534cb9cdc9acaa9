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
require_once __DIR__ . '/src/Page.php';
require_once __DIR__ . '/src/SettingsForm.php';

use Kairos\PrestaShop\Bodies;
use Kairos\PrestaShop\Outbox;
use Kairos\PrestaShop\Page;
use Kairos\PrestaShop\Reading;
use Kairos\PrestaShop\Sender;
use Kairos\PrestaShop\SettingsForm;
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
        $this->note('order', $params['order']->id, ['created' => true, 'visitor' => Page::visitor()]);
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
            $this->note('cart', $cart->id, ['visitor' => Page::visitor(), 'step' => (new Page($this->context))->step()]);
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
            'attributes' => (new Page($this->context))->attributes(),
        ]);

        return $this->display(__FILE__, 'views/templates/hook/tag.tpl');
    }

    public function getContent()
    {
        return (new SettingsForm($this))->content();
    }
}
