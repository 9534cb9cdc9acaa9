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

/**
 * The bodies that are posted: resources in the shape of PrestaShop's webservice, with what it would take
 * further calls to know. Nothing is read here; see Reading.
 */
class Bodies
{
    /**
     * @param string $event "order.updated" …
     * @param string $resource "order", "cart", "customer", "product", "newsletter"
     * @param array $fields
     *
     * @return array
     */
    public static function wrapped($event, $resource, array $fields)
    {
        return ['event' => $event, 'sent_at' => gmdate('Y-m-d\TH:i:s\Z'), $resource => $fields];
    }

    /** One text for the body. Bytes that are no UTF-8 would cost the whole of it, so they are replaced. */
    public static function json(array $body)
    {
        return json_encode($body, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_INVALID_UTF8_SUBSTITUTE);
    }

    /** Fields of an object as the webservice tells them: texts, and booleans as "0" and "1". */
    public static function fields($object, array $names)
    {
        $told = [];
        foreach ($names as $name) {
            $value = is_array($object)
                ? (isset($object[$name]) ? $object[$name] : null)
                : (isset($object->$name) ? $object->$name : null);
            if ($value !== null && !is_array($value) && !is_object($value)) {
                $told[$name] = is_bool($value) ? ($value ? '1' : '0') : (string) $value;
            }
        }

        return $told;
    }

    public static function order($order, array $more)
    {
        $told = self::fields($order, [
            'id', 'reference', 'id_cart', 'id_customer', 'id_currency', 'current_state', 'module', 'payment', 'valid',
            'date_add', 'date_upd', 'conversion_rate', 'total_paid', 'total_paid_tax_incl', 'total_paid_tax_excl',
            'total_shipping_tax_incl', 'total_shipping_tax_excl', 'total_discounts_tax_incl', 'total_discounts_tax_excl',
        ]);
        $rows = [];
        foreach ($more['rows'] as $row) {
            $rows[] = self::fields($row, [
                'product_id', 'product_attribute_id', 'product_quantity', 'product_name', 'product_reference',
                'unit_price_tax_incl', 'unit_price_tax_excl', 'total_price_tax_incl', 'image', 'url',
            ]);
        }
        $slips = [];
        foreach ($more['slips'] as $slip) {
            $slips[] = self::fields($slip, [
                'id', 'id_order', 'amount', 'conversion_rate', 'total_products_tax_excl', 'total_products_tax_incl',
                'total_shipping_tax_excl', 'total_shipping_tax_incl', 'date_add', 'date_upd',
            ]);
        }

        return $told + [
            'associations' => ['order_rows' => $rows],
            'order_slips' => $slips,
            'codes' => array_values(array_filter($more['codes'])),
        ] + self::whose($more) + array_filter([
            'state' => self::fields($more['state'], ['id', 'paid', 'shipped', 'delivery', 'logable', 'template']),
            'delivered_at' => $more['delivered_at'],
        ]);
    }

    public static function cart($cart, array $more)
    {
        $rows = [];
        foreach ($more['rows'] as $row) {
            $rows[] = self::fields($row, [
                'id_product', 'id_product_attribute', 'quantity', 'name', 'reference', 'price', 'total', 'image', 'url',
            ]);
        }
        $told = self::fields($cart, ['id', 'id_customer', 'id_guest', 'id_currency', 'date_add', 'date_upd']);

        return $told + ['associations' => ['cart_rows' => $rows]] + self::whose($more) + array_filter([
            'total' => $more['total'],
            'conversion_rate' => $more['conversion_rate'],
            'step' => $more['step'],
            'restore_url' => $more['restore_url'],
        ]);
    }

    public static function customer($customer, array $more)
    {
        $told = self::fields($customer, [
            'id', 'email', 'firstname', 'lastname', 'id_gender', 'birthday', 'newsletter', 'newsletter_date_add', 'optin',
            'company', 'active', 'is_guest', 'deleted', 'id_default_group', 'date_add', 'date_upd',
        ]);

        return $told + array_filter([
            'language' => isset($more['language']) ? $more['language'] : null,
            'group' => isset($more['group']) ? $more['group'] : null,
            'address' => isset($more['address']) ? self::address($more['address']) : null,
            'newsletter_changed_at' => isset($more['newsletter_changed_at']) ? $more['newsletter_changed_at'] : null,
        ]);
    }

    public static function product($product, array $more)
    {
        $told = self::fields($product, [
            'id', 'reference', 'active', 'available_for_order', 'manufacturer_name', 'date_add', 'date_upd',
        ]);
        $categories = [];
        foreach ($more['categories'] as $category) {
            $categories[] = self::fields($category, ['id', 'name']);
        }

        return $told + self::fields($more, ['name', 'url', 'image', 'price_shown', 'stock', 'allow_oosp', 'manufacturer_name'])
            + ['associations' => ['categories' => $categories]];
    }

    /** Whose order or cart it is. */
    private static function whose(array $more)
    {
        return array_filter([
            'currency' => $more['currency'],
            'language' => $more['language'],
            'visitor' => $more['visitor'],
            'customer' => $more['customer'] ? self::customer($more['customer'], []) : null,
            'delivery_address' => self::address($more['delivery_address']),
            'invoice_address' => self::address($more['invoice_address']),
        ]);
    }

    private static function address($address)
    {
        return $address ? self::fields($address, [
            'firstname', 'lastname', 'country', 'state', 'city', 'postcode', 'address1', 'phone', 'phone_mobile',
        ]) : null;
    }
}
