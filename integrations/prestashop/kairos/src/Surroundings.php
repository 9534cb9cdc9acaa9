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

use Address;
use Cart;
use Configuration;
use Context;
use Country;
use Currency;
use Customer;
use Language;
use Shop;
use Validate;

/**
 * Reads as the shop and the owner of the cart would see it. PrestaShop prices, translates and links by its
 * context, and whoever happens to post is another: a visitor with another currency, an employee, or cron.
 */
class Surroundings
{
    public static function ofShop($idShop, callable $read)
    {
        $context = Context::getContext();
        $kind = Shop::getContext();
        if ($kind === Shop::CONTEXT_SHOP && (int) $context->shop->id === (int) $idShop) {
            return $read();
        }
        $shop = $context->shop;
        $within = $kind === Shop::CONTEXT_GROUP ? Shop::getContextShopGroupID(true) : Shop::getContextShopID(true);
        try {
            $context->shop = new Shop((int) $idShop);
            Shop::setContext(Shop::CONTEXT_SHOP, (int) $idShop);

            return $read();
        } finally {
            $context->shop = $shop;
            if ($kind) {
                Shop::setContext($kind, $within);
            }
        }
    }

    public static function ofCart(Cart $cart, callable $read)
    {
        $context = Context::getContext();
        $before = [];
        foreach (['cart', 'currency', 'customer', 'language', 'country'] as $name) {
            $before[$name] = isset($context->$name) ? $context->$name : null;
        }
        try {
            $context->cart = $cart;
            $context->currency = new Currency((int) $cart->id_currency);
            $context->customer = new Customer((int) $cart->id_customer);
            $context->language = new Language((int) $cart->id_lang);
            $context->country = self::country($cart);

            return $read();
        } finally {
            foreach ($before as $name => $value) {
                $context->$name = $value;
            }
        }
    }

    /** Where the cart is taxed. */
    private static function country(Cart $cart)
    {
        $kind = (string) Configuration::get('PS_TAX_ADDRESS_TYPE');
        $address = new Address((int) ($kind === 'id_address_invoice' ? $cart->id_address_invoice : $cart->id_address_delivery));
        $known = Validate::isLoadedObject($address);

        return new Country((int) ($known ? $address->id_country : Configuration::get('PS_COUNTRY_DEFAULT')));
    }
}
