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
require_once __DIR__ . '/src/Shops.php';
require_once __DIR__ . '/src/Surroundings.php';
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
use Kairos\PrestaShop\Shops;
use Kairos\PrestaShop\Signature;
use Kairos\PrestaShop\Surroundings;

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
        'KAIROS_ANSWERED',
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
        $order = $params['order'];
        $this->note('order', $order->id, ['ofOne', $order], ['created' => true, 'visitor' => Page::visitor()]);
    }

    public function hookActionOrderStatusPostUpdate($params)
    {
        $this->note('order', $params['id_order'], ['ofOrder', $params['id_order']]);
    }

    public function hookActionObjectOrderUpdateAfter($params)
    {
        $this->noteOrder($params['object']);
    }

    /** The order tells its credit slips. */
    public function hookActionOrderSlipAdd($params)
    {
        $this->noteOrder($params['order']);
    }

    private function noteOrder($order)
    {
        $this->note('order', $order->id, ['ofOne', $order]);
    }

    public function hookActionCartSave($params)
    {
        $cart = isset($params['cart']) ? $params['cart'] : null;
        if ($cart && !empty($cart->id)) {
            $told = ['visitor' => Page::visitor(), 'step' => (new Page($this->context))->step()];
            $this->note('cart', $cart->id, ['ofOne', $cart], $told);
        }
    }

    public function hookActionCustomerAccountAdd($params)
    {
        $this->noteCustomer($params['newCustomer'], ['created' => true]);
    }

    public function hookActionCustomerAccountUpdate($params)
    {
        $this->noteCustomer($params['customer']);
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
            $this->noteCustomer($customer, ['newsletter_changed_at' => date('Y-m-d H:i:s')]);
        }
    }

    public function hookActionObjectCustomerUpdateAfter($params)
    {
        $this->noteCustomer($params['object']);
    }

    private function noteCustomer($customer, array $details = [])
    {
        $this->note('customer', $customer->id, ['ofCustomer', $customer], $details);
    }

    public function hookActionObjectCustomerDeleteAfter($params)
    {
        $this->note('customer.deleted', $params['object']->id, ['ofCustomer', $params['object']]);
    }

    /** The sign-up block: `action` "0" subscribes, "1" unsubscribes; `error` says that it did not. */
    public function hookActionNewsletterRegistrationAfter($params)
    {
        if (!empty($params['error']) || empty($params['email'])) {
            return;
        }
        $agreed = isset($params['action']) && (string) $params['action'] === '1' ? '0' : '1';
        $here = (object) ['id_shop' => $this->context->shop->id]; // the block stands in the shop itself
        $this->note('newsletter', $params['email'], ['ofOne', $here], ['newsletter' => $agreed, 'date' => date('Y-m-d H:i:s')]);
    }

    /** Of the GDPR module, by e-mail: all shops are told, and what waits here is forgotten as well. */
    public function hookActionDeleteGDPRCustomer($customer)
    {
        $email = isset($customer['email']) ? (string) $customer['email'] : '';
        if ($email !== '') {
            Outbox::forget('newsletter', $email);
            $this->note('customer.erased', $email, ['all']);
        }

        return json_encode(true);
    }

    public function hookActionProductSave($params)
    {
        $this->note('product', $params['id_product'], ['ofProduct', $params['id_product']]);
    }

    public function hookActionUpdateQuantity($params)
    {
        $this->note('product', $params['id_product'], ['ofProduct', $params['id_product']]);
    }

    /** PrestaShop says so once no shop has it any more. */
    public function hookActionProductDelete($params)
    {
        $this->note('product.deleted', $params['id_product'], ['all']);
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
     * Posts what is due, of every shop that has settings.
     *
     * @param array $limits Sender::PATIENT or Sender::BRIEF
     * @param bool $heedSilence whether a shop is passed over that got no answer of late
     *
     * @return array how many were sent and how many wait
     */
    public function deliver(array $limits, $heedSilence = false)
    {
        Outbox::forgetOld();
        $sent = 0;
        foreach (Shops::configured() as $shop) {
            if ($heedSilence && Configuration::get('KAIROS_SILENT_UNTIL', null, $shop['group'], $shop['id']) > time()) {
                continue;
            }
            $sent += Surroundings::ofShop($shop['id'], function () use ($shop, $limits) {
                return $this->deliverOf($shop, $limits);
            });
        }

        return ['sent' => $sent, 'waiting' => Outbox::waiting()];
    }

    /** @return int how many of the shop's were sent */
    private function deliverOf(array $shop, array $limits)
    {
        $sender = new Sender($shop['api'], $shop['shop'], $shop['secret']);
        $sent = 0;
        foreach (Outbox::due($shop['id'], $limits['rows']) as $row) {
            try {
                $body = Reading::body($row);
            } catch (Throwable $wrong) {
                self::tell('could not be read', $row['kind'], $wrong);
                Outbox::postpone($row); // it holds up no other
                continue;
            }
            $status = $body === null ? 200 : $sender->post(Bodies::json($body), $row['delivery'], $limits);
            if ($body !== null) {
                Configuration::updateValue('KAIROS_ANSWERED', $status, false, $shop['group'], $shop['id']);
            }
            if ($status === 200) {
                Outbox::settle($row);
                ++$sent;
                continue;
            }
            Outbox::postpone($row);
            if (Sender::isOfAll($status)) { // what comes after it would find the same
                $until = time() + self::LEFT_ALONE;
                Configuration::updateValue('KAIROS_SILENT_UNTIL', $until, false, $shop['group'], $shop['id']);
                break;
            }
        }

        return $sent;
    }

    /**
     * Notes that something changed; it is read when it is posted.
     *
     * @param string $kind what changed, see Reading::body
     * @param int|string $id
     * @param array $whose the method of Shops that knows whose it is, and what to ask it with
     * @param array $details what only this request knows
     */
    private function note($kind, $id, array $whose, array $details = [])
    {
        if (empty($id)) {
            return;
        }
        $known = array_filter($details, function ($told) {
            return $told !== null;
        });
        try {
            $shops = call_user_func_array([Shops::class, array_shift($whose)], $whose);
            foreach ($shops as $shop) {
                Outbox::note($shop, $kind, (string) $id, $known);
            }
        } catch (Throwable $wrong) { // whatever is wrong with us, the shop goes on
            self::tell('could not be noted', $kind, $wrong);

            return;
        }
        if ($shops && !self::$posting) {
            self::$posting = true;
            register_shutdown_function([$this, 'postAfterAnswer']);
        }
    }

    /** Once the page was answered: only where the server can answer before, and Kairos answered of late. */
    public function postAfterAnswer()
    {
        if (!function_exists('fastcgi_finish_request')) {
            return;
        }
        fastcgi_finish_request();
        $this->deliver(Sender::BRIEF, true);
    }

    /** Without what was in it: that may be somebody's address. */
    private static function tell($what, $kind, Throwable $wrong)
    {
        PrestaShopLogger::addLog('Kairos: a change (' . $kind . ') ' . $what . ': ' . get_class($wrong), 3);
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
