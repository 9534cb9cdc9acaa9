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
use Db;
use Order;

/**
 * The shops of this installation that have settings, and which of them something belongs to.
 *
 * The context says where somebody works, not whose the thing is: in the back office it may be any shop, or the
 * default one for all. Nor are Shop's own lists used, which hold what the employee may see.
 */
class Shops
{
    const NEEDED = ['api' => 'KAIROS_API', 'shop' => 'KAIROS_SHOP', 'secret' => 'KAIROS_SECRET'];

    /** @return array[] by id_shop: id, group, api, shop, secret */
    public static function configured()
    {
        $found = Db::getInstance()->executeS(
            'SELECT `id_shop`, `id_shop_group` FROM `' . _DB_PREFIX_ . 'shop` WHERE `active` = 1 AND `deleted` = 0 ORDER BY `id_shop`'
        );
        $shops = [];
        foreach (is_array($found) ? $found : [] as $row) {
            $shop = ['id' => (int) $row['id_shop'], 'group' => (int) $row['id_shop_group']];
            foreach (self::NEEDED as $name => $setting) {
                $shop[$name] = (string) Configuration::get($setting, null, $shop['group'], $shop['id']);
            }
            if ($shop['api'] !== '' && $shop['shop'] !== '' && $shop['secret'] !== '') {
                $shops[$shop['id']] = $shop;
            }
        }

        return $shops;
    }

    /** Of an order or cart. @return int[] */
    public static function ofOne($thing)
    {
        return array_keys(array_intersect_key(self::configured(), [(int) $thing->id_shop => true]));
    }

    /** @return int[] */
    public static function ofOrder($id)
    {
        return self::ofOne(new Order((int) $id));
    }

    /** Of a customer: their shop, or those of its group where they share customers. @return int[] */
    public static function ofCustomer($customer)
    {
        $shared = Db::getInstance()->getValue(
            'SELECT `share_customer` FROM `' . _DB_PREFIX_ . 'shop_group` WHERE `id_shop_group` = ' . (int) $customer->id_shop_group
        );
        if (!$shared) {
            return self::ofOne($customer);
        }

        return self::distinct(array_filter(self::configured(), function ($shop) use ($customer) {
            return $shop['group'] === (int) $customer->id_shop_group;
        }));
    }

    /** Of a product. @return int[] */
    public static function ofProduct($id)
    {
        $found = Db::getInstance()->executeS(
            'SELECT `id_shop` FROM `' . _DB_PREFIX_ . 'product_shop` WHERE `id_product` = ' . (int) $id
        );
        $selling = array_map('intval', array_column(is_array($found) ? $found : [], 'id_shop'));

        return self::distinct(array_intersect_key(self::configured(), array_flip($selling)));
    }

    /** @return int[] */
    public static function all()
    {
        return self::distinct(self::configured());
    }

    /** One for each shop at Kairos: several of this installation may be one there. */
    private static function distinct(array $shops)
    {
        $ids = [];
        foreach ($shops as $shop) {
            $ids += [$shop['api'] . ' ' . $shop['shop'] => $shop['id']];
        }

        return array_values($ids);
    }
}
