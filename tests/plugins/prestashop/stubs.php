<?php
/**
 * As much of PrestaShop as our module calls: a shop held in an array, and the outbox's statements carried out
 * on another.
 */
define('_PS_VERSION_', '8.1.0');
define('_DB_PREFIX_', 'ps_');
define('_MYSQL_ENGINE_', 'InnoDB');

$GLOBALS['shop'] = [];
$GLOBALS['settings_of'] = [];
$GLOBALS['settings'] = ['PS_LANG_DEFAULT' => 1, 'PS_OS_DELIVERED' => 5, 'PS_STOCK_MANAGEMENT' => 1, 'PS_COUNTRY_DEFAULT' => 19,
    'PS_CURRENCY_DEFAULT' => 1, 'PS_TAX_ADDRESS_TYPE' => 'id_address_delivery'];

function pSQL($text, $html = false)
{
    return addslashes($text);
}

class Configuration
{
    public static function get($name, $language = null, $group = null, $shop = null)
    {
        $shop = $shop ?: Shop::getContextShopID(true);
        if (isset($GLOBALS['settings_of'][$shop][$name])) {
            return $GLOBALS['settings_of'][$shop][$name];
        }

        return isset($GLOBALS['settings'][$name]) ? $GLOBALS['settings'][$name] : false;
    }

    public static function updateValue($name, $value, $html = false, $group = null, $shop = null)
    {
        $shop = $shop ?: Shop::getContextShopID(true);
        if ($shop && count($GLOBALS['shop']['Shop']) > 1) {
            $GLOBALS['settings_of'][$shop][$name] = $value;
        } else {
            $GLOBALS['settings'][$name] = $value;
        }

        return true;
    }

    public static function deleteByName($name)
    {
        unset($GLOBALS['settings'][$name]);

        return true;
    }
}

class Link
{
    public function getModuleLink($module, $controller, $parameters = [])
    {
        return 'https://shop.example.com/module/' . $module . '/' . $controller . '?' . http_build_query($parameters);
    }

    public function getProductLink($product)
    {
        return 'https://shop.example.com/' . $product->id . '-lamp.html';
    }

    public function getImageLink($name, $id, $type)
    {
        return 'https://shop.example.com/' . $id . '-' . $type . '/' . $name . '.jpg';
    }
}

class Context
{
    public $shop;
    public $currency;
    public $language;
    public $country;
    public $link;
    public $customer;
    public $cart;
    public $controller;
    public $smarty;
    private static $only;

    public static function getContext()
    {
        if (!self::$only) {
            self::$only = new Context();
            self::$only->shop = (object) ['id' => 1];
            self::$only->currency = new Currency(1);
            self::$only->link = new Link();
            self::$only->controller = (object) ['php_self' => 'order'];
            self::$only->customer = new LoggedIn();
            self::$only->smarty = new Smarty();
            self::$only->cart = (object) ['id_address_delivery' => 3, 'delivery_option' => ''];
        }

        return self::$only;
    }
}

class Tools
{
    public static function getValue($name)
    {
        return isset($_GET[$name]) ? $_GET[$name] : false;
    }

    public static function isSubmit($name)
    {
        return true;
    }

    public static function getAdminTokenLite($name)
    {
        return 'admin';
    }
}

class Validate
{
    public static function isLoadedObject($object)
    {
        return !empty($object->id);
    }
}

class Module
{
    public $name;
    public $tab;
    public $version;
    public $author;
    public $need_instance;
    public $ps_versions_compliancy;
    public $bootstrap;
    public $displayName;
    public $description;
    public $confirmUninstall;
    public $context;

    public function __construct()
    {
        $this->context = Context::getContext();
    }

    public function trans($text)
    {
        return $text;
    }

    public function getTranslator()
    {
        return $this;
    }

    public function displayError($text)
    {
        return 'ERROR ' . $text . "\n";
    }

    public function displayConfirmation($text)
    {
        return $text . "\n";
    }

    public function display($file, $template)
    {
        return $template;
    }
}

class AdminController
{
    public static $currentIndex = 'index.php';
}

class HelperForm
{
    public $module;
    public $submit_action;
    public $token;
    public $currentIndex;
    public $fields_value;

    public function generateForm($forms)
    {
        return json_encode([$this->fields_value, $forms[0]['form']['warning']]);
    }
}

class PrestaShopLogger
{
    public static $lines = [];

    public static function addLog($text, $severity)
    {
        self::$lines[] = $text;
    }
}

class Smarty
{
    public $assigned = [];

    public function assign($name, $told)
    {
        $this->assigned[$name] = $told;
    }
}

class LoggedIn
{
    public $rebate = 0;
    public $id = 4;
    public $email = 'kim@example.com';

    public function isLogged()
    {
        return $GLOBALS['logged'];
    }
}

class ModuleFrontController
{
    public $module;
}

#[AllowDynamicProperties]
class Stored
{
    public $id;

    public function __construct($id = null)
    {
        foreach (isset($GLOBALS['shop'][static::class][$id]) ? $GLOBALS['shop'][static::class][$id] : [] as $name => $told) {
            $this->$name = $told;
        }
    }
}

/** In which shop somebody works; see Shop of PrestaShop. */
class Shop
{
    const CONTEXT_SHOP = 1;
    const CONTEXT_GROUP = 2;
    const CONTEXT_ALL = 4;
    public $id;
    public static $context = [self::CONTEXT_SHOP, 1];

    public function __construct($id)
    {
        $this->id = $id;
    }

    public static function getContext()
    {
        return self::$context[0];
    }

    public static function setContext($kind, $id = null)
    {
        self::$context = [$kind, $id];
    }

    public static function getContextShopID($orNull)
    {
        return self::$context[0] === self::CONTEXT_SHOP ? self::$context[1] : null;
    }

    public static function getContextShopGroupID($orNull)
    {
        return self::$context[0] === self::CONTEXT_GROUP ? self::$context[1] : null;
    }
}

class Order extends Stored
{
    public function getProducts()
    {
        return $this->rows;
    }

    public function getCartRules()
    {
        return $this->rules;
    }
}

class Cart extends Stored
{
    const BOTH = 3;

    /** Priced by the context, as PrestaShop does: its currency, and the default group of its customer. */
    private function priced($amount)
    {
        $context = Context::getContext();
        $rebate = isset($context->customer->rebate) ? $context->customer->rebate : 0;

        return $amount * $context->currency->conversion_rate * (1 - $rebate);
    }

    public function getProducts()
    {
        return array_map(function ($row) {
            return ['price_wt' => $this->priced($row['price_wt']), 'total_wt' => $this->priced($row['total_wt'])] + $row;
        }, $this->rows);
    }

    public function getOrderTotal($withTax, $what)
    {
        if ($this->total === 'odd') {
            throw new Exception('another module is broken');
        }

        return $this->priced($this->total);
    }
}

class Address extends Stored
{
    public static function getFirstCustomerAddressId($id)
    {
        return 3;
    }
}

class Product extends Stored
{
    public static function priceCalculation($shop, $id)
    {
        return $GLOBALS['shop']['Product'][$id]['price_shown'];
    }

    public static function getProductCategoriesFull($id, $language)
    {
        return [['id_category' => 9, 'name' => 'Lamps']];
    }

    public static function isAvailableWhenOutOfStock($told)
    {
        return $told === 1;
    }
}

class StockAvailable
{
    public static function getQuantityAvailableByProduct($id)
    {
        return 4;
    }
}

class Country extends Stored
{
    public static function getIsoById($id)
    {
        return 'CH';
    }
}

class State
{
    public static function getNameById($id)
    {
        return 'Bern';
    }
}

class Manufacturer
{
    public static function getNameById($id)
    {
        return 'Lumen';
    }
}

class Image
{
    public static function getCover($id)
    {
        return ['id_image' => 77];
    }
}

class Customer extends Stored
{
}
class Currency extends Stored
{
}
class Language extends Stored
{
}
class Group extends Stored
{
}
class OrderState extends Stored
{
}

/** Carries out the few statements of the module; any other ends the test. */
class Db
{
    public $rows = [];
    private $next = 1;
    private static $only;

    public static function getInstance()
    {
        self::$only = self::$only ?: new Db();

        return self::$only;
    }

    public function getValue($sql)
    {
        if (strpos($sql, 'COUNT(*)') !== false) {
            return count($this->rows);
        }
        if (preg_match('/SELECT `details`.*`id_shop` = (\d+) AND `kind` = "(.*?)" AND `resource` = "(.*?)"$/', $sql, $match)) {
            $key = $match[1] . '|' . $match[2] . '|' . stripslashes($match[3]);

            return isset($this->rows[$key]) ? $this->rows[$key]['details'] : false;
        }
        if (preg_match('/SELECT `newsletter`.*= (\d+)$/', $sql, $match)) {
            $customer = isset($GLOBALS['shop']['Customer'][$match[1]]) ? $GLOBALS['shop']['Customer'][$match[1]] : null;

            return $customer ? $customer['newsletter'] : false;
        }
        if (preg_match('/^SELECT `share_customer` FROM `ps_shop_group` WHERE `id_shop_group` = (\d+)$/', $sql, $match)) {
            return $GLOBALS['shop']['ShopGroup'][$match[1]]['share_customer'];
        }
        if (strpos($sql, 'SELECT `code`') === 0) {
            return 'SPRING5';
        }
        if (strpos($sql, 'SELECT MIN(`date_add`)') === 0) {
            return null;
        }
        throw new Exception('Unexpected: ' . $sql);
    }

    public function executeS($sql)
    {
        if (strpos($sql, 'FROM `ps_shop` WHERE `active` = 1 AND `deleted` = 0') !== false) {
            return array_values($GLOBALS['shop']['Shop']);
        }
        if (preg_match('/FROM `ps_product_shop` WHERE `id_product` = (\d+)$/', $sql, $match)) {
            return array_map(function ($id) {
                return ['id_shop' => (string) $id];
            }, $GLOBALS['shop']['Product'][$match[1]]['shops']);
        }
        if (strpos($sql, 'order_slip') !== false) {
            return isset($GLOBALS['shop']['slips']) ? $GLOBALS['shop']['slips'] : [];
        }
        if (preg_match('/`due_at` <= (\d+) AND `id_shop` = (\d+) .*LIMIT (\d+)$/', $sql, $match)) {
            $due = array_filter($this->rows, function ($row) use ($match) {
                return $row['due_at'] <= (int) $match[1] && $row['id_shop'] === (int) $match[2];
            });

            return array_slice(array_values($due), 0, (int) $match[3]);
        }
        throw new Exception('Unexpected: ' . $sql);
    }

    public function execute($sql)
    {
        if (preg_match('/VALUES \((\d+), "(.*?)", "(.*?)", "(.*)", (\d+)\) ON DUPLICATE KEY UPDATE/s', $sql, $match)) {
            $key = $match[1] . '|' . $match[2] . '|' . stripslashes($match[3]);
            $known = isset($this->rows[$key]) ? $this->rows[$key] : [
                'id_kairos_outbox' => $this->next++, 'id_shop' => (int) $match[1], 'kind' => $match[2], 'resource' => stripslashes($match[3]),
                'version' => 0, 'tries' => 0, 'due_at' => (int) $match[5],
            ];
            ++$known['version'];
            $known['tries'] = strpos($sql, '`tries` = 0') === false ? $known['tries'] : 0;
            $this->rows[$key] = ['details' => stripslashes($match[4])] + $known;

            return true;
        }
        if (preg_match('/^DELETE .*`id_kairos_outbox` = (\d+) AND `version` = (\d+)$/', $sql, $match)) {
            $this->rows = array_filter($this->rows, function ($row) use ($match) {
                return $row['id_kairos_outbox'] !== (int) $match[1] || $row['version'] !== (int) $match[2];
            });

            return true;
        }
        if (preg_match('/^UPDATE .*`due_at` = (\d+) WHERE `id_kairos_outbox` = (\d+) AND `version` = (\d+)$/', $sql, $match)) {
            foreach ($this->rows as &$row) {
                if ($row['id_kairos_outbox'] === (int) $match[2] && $row['version'] === (int) $match[3]) {
                    $row['due_at'] = (int) $match[1];
                    ++$row['tries'];
                }
            }

            return true;
        }
        if (preg_match('/^DELETE .*`due_at` < (\d+) OR \(`tries` >= (\d+) AND `kind` NOT IN \((.*)\)\)$/', $sql, $match)) {
            $this->rows = array_filter($this->rows, function ($row) use ($match) {
                $isKept = in_array('"' . $row['kind'] . '"', explode(', ', $match[3]), true);

                return $row['due_at'] >= (int) $match[1] && ($isKept || $row['tries'] < (int) $match[2]);
            });

            return true;
        }
        if (preg_match('/^DELETE .*`kind` = "(.*?)" AND `resource` = "(.*?)"$/', $sql, $match)) {
            $this->rows = array_filter($this->rows, function ($row) use ($match) {
                return $row['kind'] !== $match[1] || $row['resource'] !== stripslashes($match[2]);
            });

            return true;
        }
        throw new Exception('Unexpected: ' . $sql);
    }
}
