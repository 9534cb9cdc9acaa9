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
use Category;
use Configuration;
use Context;
use Country;
use Currency;
use Customer;
use Db;
use Group;
use Image;
use Language;
use Manufacturer;
use Order;
use OrderState;
use Product;
use State;
use StockAvailable;
use Validate;

/** Reads from the shop what is to be posted. */
class Reading
{
    /** Items that a restoring link may hold. */
    const MOST_RESTORED = 50;

    /**
     * @param array $row of the outbox: kind, resource, details
     *
     * @return array|null what to post; null where there is nothing to tell any more
     */
    public static function body(array $row)
    {
        $id = $row['resource'];
        $details = $row['details'];
        switch ($row['kind']) {
            case 'order':
                return self::order((int) $id, $details);
            case 'cart':
                return self::cart((int) $id, $details);
            case 'customer':
                return self::customer((int) $id, $details);
            case 'product':
                return self::product((int) $id);
            case 'newsletter':
                return Bodies::wrapped('newsletter.updated', 'newsletter', ['email' => $id] + $details);
            case 'customer.erased':
                return Bodies::wrapped('customer.erased', 'customer', ['email' => $id]);
            case 'customer.deleted':
                return Bodies::wrapped('customer.deleted', 'customer', ['id' => $id]);
            case 'product.deleted':
                return Bodies::wrapped('product.deleted', 'product', ['id' => $id]);
        }

        return null;
    }

    /** Whether the customer's newsletter box is ticked as stored; null where there is no such customer. */
    public static function newsletterOf($idCustomer)
    {
        $found = Db::getInstance()->getValue(
            'SELECT `newsletter` FROM `' . _DB_PREFIX_ . 'customer` WHERE `id_customer` = ' . (int) $idCustomer
        );

        return $found === false || $found === null ? null : (bool) $found;
    }

    private static function order($id, array $details)
    {
        $order = new Order($id);
        if (!Validate::isLoadedObject($order)) {
            return null;
        }
        $rows = [];
        foreach ($order->getProducts() as $row) {
            $rows[] = self::shown((int) $row['product_id'], (int) $order->id_lang) + $row;
        }
        $codes = [];
        foreach ($order->getCartRules() as $rule) {
            $codes[] = Db::getInstance()->getValue(
                'SELECT `code` FROM `' . _DB_PREFIX_ . 'cart_rule` WHERE `id_cart_rule` = ' . (int) $rule['id_cart_rule']
            );
        }
        $state = new OrderState((int) $order->current_state, (int) Configuration::get('PS_LANG_DEFAULT'));
        $event = empty($details['created']) ? 'order.updated' : 'order.created';

        return Bodies::wrapped($event, 'order', Bodies::order($order, [
            'rows' => $rows,
            'slips' => self::slips($id),
            'codes' => $codes,
            'state' => $state,
            'delivered_at' => self::deliveredAt($id),
        ] + self::whose($order, $details)));
    }

    private static function cart($id, array $details)
    {
        $cart = new Cart($id);
        if (!Validate::isLoadedObject($cart)) {
            return null;
        }

        return Surroundings::ofCart($cart, function () use ($cart, $details) {
            return self::cartAsItsOwnerSees($cart, $details);
        });
    }

    private static function cartAsItsOwnerSees(Cart $cart, array $details)
    {
        $rows = [];
        $restored = [];
        foreach ($cart->getProducts() as $row) {
            $row['quantity'] = $row['cart_quantity'];
            $row['price'] = $row['price_wt'];
            $row['total'] = $row['total_wt'];
            $rows[] = self::shown((int) $row['id_product'], (int) $cart->id_lang) + $row;
            $variant = (int) $row['id_product_attribute'];
            $restored[] = (int) $row['id_product'] . ($variant ? '.' . $variant : '') . ':' . (int) $row['quantity'];
        }
        $currency = new Currency((int) $cart->id_currency);
        $link = Context::getContext()->link->getModuleLink(
            'kairos',
            'restore',
            ['kairos_restore' => implode(',', array_slice($restored, 0, self::MOST_RESTORED))]
        );

        return Bodies::wrapped('cart.updated', 'cart', Bodies::cart($cart, [
            'rows' => $rows,
            'total' => (string) $cart->getOrderTotal(true, Cart::BOTH),
            'conversion_rate' => (string) $currency->conversion_rate,
            'step' => isset($details['step']) ? $details['step'] : null,
            'restore_url' => $restored ? $link : null,
        ] + self::whose($cart, $details)));
    }

    private static function customer($id, array $details)
    {
        $customer = new Customer($id);
        if (!Validate::isLoadedObject($customer)) {
            return null;
        }
        $group = new Group((int) $customer->id_default_group, (int) Configuration::get('PS_LANG_DEFAULT'));
        $event = empty($details['created']) ? 'customer.updated' : 'customer.created';

        return Bodies::wrapped($event, 'customer', Bodies::customer($customer, [
            'language' => self::locale((int) $customer->id_lang),
            'group' => Validate::isLoadedObject($group) ? $group->name : null,
            'address' => self::address((int) Address::getFirstCustomerAddressId($id)),
            'newsletter_changed_at' => isset($details['newsletter_changed_at']) ? $details['newsletter_changed_at'] : null,
        ]));
    }

    private static function product($id)
    {
        $language = (int) Configuration::get('PS_LANG_DEFAULT');
        $product = new Product($id, false, $language);
        if (!Validate::isLoadedObject($product)) {
            return null;
        }
        $categories = [];
        foreach (Product::getProductCategoriesFull($id, $language) as $category) {
            $categories[] = ['id' => $category['id_category'], 'name' => $category['name']];
        }
        $tracked = (bool) Configuration::get('PS_STOCK_MANAGEMENT');

        return Bodies::wrapped('product.updated', 'product', Bodies::product($product, [
            'name' => $product->name,
            'price_shown' => (string) self::priceForVisitors($id),
            'stock' => $tracked ? (string) StockAvailable::getQuantityAvailableByProduct($id) : null,
            'allow_oosp' => Product::isAvailableWhenOutOfStock((int) $product->out_of_stock),
            'manufacturer_name' => Manufacturer::getNameById((int) $product->id_manufacturer) ?: null,
            'categories' => $categories,
        ] + self::shown($id, $language)));
    }

    /** The price, tax included, that somebody sees who is not logged in: not that of whose request this is. */
    private static function priceForVisitors($id)
    {
        $special = null;

        return Product::priceCalculation(
            (int) Context::getContext()->shop->id,
            $id,
            0,
            (int) Configuration::get('PS_COUNTRY_DEFAULT'),
            0,
            '',
            (int) Configuration::get('PS_CURRENCY_DEFAULT'),
            (int) Configuration::get('PS_UNIDENTIFIED_GROUP'),
            1,
            true,
            6,
            false,
            true,
            true,
            $special,
            true
        );
    }

    /** What stands on both orders and carts. */
    private static function whose($thing, array $details)
    {
        $customer = new Customer((int) $thing->id_customer);
        $currency = new Currency((int) $thing->id_currency);

        return [
            'currency' => $currency->iso_code,
            'language' => self::locale((int) $thing->id_lang),
            'visitor' => isset($details['visitor']) ? $details['visitor'] : null,
            'customer' => Validate::isLoadedObject($customer) ? $customer : null,
            'delivery_address' => self::address((int) $thing->id_address_delivery),
            'invoice_address' => self::address((int) $thing->id_address_invoice),
        ];
    }

    private static function address($id)
    {
        $address = new Address((int) $id);
        if (!Validate::isLoadedObject($address)) {
            return null;
        }
        $country = Country::getIsoById((int) $address->id_country);
        $state = $address->id_state ? State::getNameById((int) $address->id_state) : null;

        return ['country' => $country ?: null, 'state' => $state ?: null]
            + Bodies::fields($address, ['firstname', 'lastname', 'city', 'postcode', 'address1', 'phone', 'phone_mobile']);
    }

    private static function locale($idLang)
    {
        $language = new Language($idLang);

        return Validate::isLoadedObject($language) ? $language->locale : null;
    }

    /** A product's page and picture. */
    private static function shown($id, $idLang)
    {
        $link = Context::getContext()->link;
        $product = new Product($id, false, $idLang);
        if (!Validate::isLoadedObject($product)) {
            return [];
        }
        $cover = Image::getCover($id);

        return [
            'url' => $link->getProductLink($product),
            'image' => $cover ? $link->getImageLink($product->link_rewrite, (string) $cover['id_image'], 'home_default') : null,
        ];
    }

    private static function slips($idOrder)
    {
        $found = Db::getInstance()->executeS(
            'SELECT *, `id_order_slip` AS `id` FROM `' . _DB_PREFIX_ . 'order_slip` WHERE `id_order` = ' . (int) $idOrder
        );

        return is_array($found) ? $found : [];
    }

    /** When the order was first given a state that is its delivery (PS_OS_DELIVERED). */
    private static function deliveredAt($idOrder)
    {
        $found = Db::getInstance()->getValue(
            'SELECT MIN(`date_add`) FROM `' . _DB_PREFIX_ . 'order_history` WHERE `id_order` = ' . (int) $idOrder
            . ' AND `id_order_state` = ' . (int) Configuration::get('PS_OS_DELIVERED')
        );

        return $found ?: null;
    }
}
