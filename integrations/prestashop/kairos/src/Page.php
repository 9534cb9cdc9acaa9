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

use Configuration;
use Context;
use Tools;

/** What the script tag is told of the page: what it shows, how far the checkout is, and who is logged in. */
class Page
{
    /** @var Context */
    private $context;

    public function __construct(Context $context)
    {
        $this->context = $context;
    }

    /** @return array without "data-"; what is not known is left out */
    public function attributes()
    {
        return array_filter(array_merge($this->ofPage(), $this->ofCustomer()));
    }

    /** What the page shows. */
    private function ofPage()
    {
        $step = $this->step();

        return [
            'product' => $this->isController('product') ? (int) Tools::getValue('id_product') : null,
            'category' => $this->isController('category') ? (int) Tools::getValue('id_category') : null,
            'search' => $this->isController('search') ? (string) Tools::getValue('s') : null,
            'step' => $step ?: ($this->isController('cart') ? 'cart' : null),
            'worker' => $this->context->link->getModuleLink('kairos', 'worker'),
        ];
    }

    /** Who is logged in, signed for this visitor: only the browser that has the id may claim the person. */
    private function ofCustomer()
    {
        $customer = $this->context->customer;
        $visitor = self::visitor();
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
    public static function visitor()
    {
        $told = isset($_COOKIE['kairos_visitor']) ? (string) $_COOKIE['kairos_visitor'] : '';

        return preg_match('/^[A-Za-z0-9._:-]{16,128}$/', $told) ? $told : null;
    }

    /** How far the checkout is: addresses, then delivery, then payment. */
    public function step()
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
}
