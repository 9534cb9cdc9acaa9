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

use Db;

/**
 * What is still to be posted: which resource changed, and what only the request that changed it knew.
 *
 * A resource stands here once, however often it changes; its content is read when it is posted. Whatever
 * changes while it is being posted is posted again: a row goes only if it still is as it was read.
 */
class Outbox
{
    const TABLE = _DB_PREFIX_ . 'kairos_outbox';

    /** Seconds until the next try, doubled with each, and at most this. */
    const FIRST_WAIT = 60;
    const LONGEST_WAIT = 21600;

    public static function createTable()
    {
        return Db::getInstance()->execute(
            'CREATE TABLE IF NOT EXISTS `' . self::TABLE . '` (
                `id_kairos_outbox` INT UNSIGNED NOT NULL AUTO_INCREMENT,
                `id_shop` INT UNSIGNED NOT NULL,
                `kind` VARCHAR(32) NOT NULL,
                `resource` VARCHAR(255) NOT NULL,
                `details` TEXT NOT NULL,
                `version` INT UNSIGNED NOT NULL DEFAULT 1,
                `tries` INT UNSIGNED NOT NULL DEFAULT 0,
                `due_at` INT UNSIGNED NOT NULL,
                PRIMARY KEY (`id_kairos_outbox`),
                UNIQUE KEY `resource` (`id_shop`, `kind`, `resource`),
                KEY `due_at` (`due_at`)
            ) ENGINE=' . _MYSQL_ENGINE_ . ' DEFAULT CHARSET=utf8mb4'
        );
    }

    public static function dropTable()
    {
        return Db::getInstance()->execute('DROP TABLE IF EXISTS `' . self::TABLE . '`');
    }

    /** After so many tries, two weeks, or so long after it was due, it is forgotten. */
    const MOST_TRIES = 64;
    const KEPT = 1209600;

    public static function note($idShop, $kind, $resource, array $details)
    {
        $shop = (int) $idShop;
        $where = '`id_shop` = ' . $shop . ' AND `kind` = "' . pSQL($kind) . '" AND `resource` = "' . pSQL($resource) . '"';
        $held = Db::getInstance()->getValue('SELECT `details` FROM `' . self::TABLE . '` WHERE ' . $where);
        $known = $held ? json_decode($held, true) : [];
        $told = pSQL(json_encode(array_merge(is_array($known) ? $known : [], $details)), true);

        return Db::getInstance()->execute(
            'INSERT INTO `' . self::TABLE . '` (`id_shop`, `kind`, `resource`, `details`, `due_at`) VALUES ('
            . $shop . ', "' . pSQL($kind) . '", "' . pSQL($resource) . '", "' . $told . '", ' . time() . ')'
            . ' ON DUPLICATE KEY UPDATE `version` = `version` + 1, `tries` = 0, `details` = "' . $told . '"'
        );
    }

    /** @return array[] the shop's rows that are due, the oldest first, each with `delivery`, an id of this very telling */
    public static function due($idShop, $most)
    {
        $found = Db::getInstance()->executeS(
            'SELECT * FROM `' . self::TABLE . '` WHERE `due_at` <= ' . time()
            . ' AND `id_shop` = ' . (int) $idShop
            . ' ORDER BY `due_at`, `id_kairos_outbox` LIMIT ' . (int) $most
        );
        $rows = [];
        foreach (is_array($found) ? $found : [] as $row) {
            $details = json_decode($row['details'], true);
            $row['details'] = is_array($details) ? $details : [];
            $row['delivery'] = $row['id_kairos_outbox'] . '-' . $row['version'];
            $rows[] = $row;
        }

        return $rows;
    }

    /** It was posted: it goes, unless it changed meanwhile. */
    public static function settle(array $row)
    {
        return Db::getInstance()->execute('DELETE FROM `' . self::TABLE . '` WHERE ' . self::asRead($row));
    }

    /** It was not: it is tried again, later each time. */
    public static function postpone(array $row)
    {
        $wait = min(self::FIRST_WAIT * pow(2, min((int) $row['tries'], 20)), self::LONGEST_WAIT);

        return Db::getInstance()->execute(
            'UPDATE `' . self::TABLE . '` SET `tries` = `tries` + 1, `due_at` = ' . (int) (time() + $wait)
            . ' WHERE ' . self::asRead($row)
        );
    }

    /** What nobody took for two weeks; that somebody is to be forgotten is told for good. */
    public static function forgetOld()
    {
        return Db::getInstance()->execute(
            'DELETE FROM `' . self::TABLE . '` WHERE `due_at` < ' . (time() - self::KEPT)
            . ' OR (`tries` >= ' . self::MOST_TRIES . ' AND `kind` NOT IN ("customer.erased", "customer.deleted"))'
        );
    }

    public static function forget($kind, $resource)
    {
        return Db::getInstance()->execute(
            'DELETE FROM `' . self::TABLE . '` WHERE `kind` = "' . pSQL($kind) . '" AND `resource` = "' . pSQL($resource) . '"'
        );
    }

    /** @return int */
    public static function waiting()
    {
        return (int) Db::getInstance()->getValue('SELECT COUNT(*) FROM `' . self::TABLE . '`');
    }

    private static function asRead(array $row)
    {
        return '`id_kairos_outbox` = ' . (int) $row['id_kairos_outbox'] . ' AND `version` = ' . (int) $row['version'];
    }
}
