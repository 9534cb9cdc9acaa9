<?php
/**
 * As much of WordPress and WooCommerce as our plugin calls: options, hooks, a session, one cart, and a queue that
 * runs when it is told to.
 */
define('ABSPATH', __DIR__);

$GLOBALS['options'] = [];
$GLOBALS['actions'] = [];
$GLOBALS['queue'] = [];

/** A request's own copies of options, as wp_cache_get answers them before the database is asked. */
$GLOBALS['cache'] = [];

function get_option($name, $default = false)
{
    if (isset($GLOBALS['cache'][$name])) {
        return $GLOBALS['cache'][$name];
    }
    if (!isset($GLOBALS['options'][$name])) {
        return $default;
    }

    return $GLOBALS['cache'][$name] = $GLOBALS['options'][$name];
}

function update_option($name, $value, $autoload = null)
{
    $GLOBALS['options'][$name] = $GLOBALS['cache'][$name] = $value;

    return true;
}

function delete_option($name)
{
    unset($GLOBALS['options'][$name], $GLOBALS['cache'][$name]);

    return true;
}

/** The table of options, and the few statements that the plugin sends to it; any other ends the test. */
class wpdb
{
    public $options = 'wp_options';

    public function prepare($sql, ...$values)
    {
        return [$sql, $values];
    }

    public function esc_like($text)
    {
        return addcslashes($text, '_%\\');
    }

    public function get_var($query)
    {
        [$sql, [$name]] = $query;
        if ($sql !== 'SELECT option_value FROM wp_options WHERE option_name = %s') {
            throw new Exception('Unexpected: ' . $sql);
        }

        return $GLOBALS['options'][$name] ?? null;
    }

    public function get_results($query)
    {
        [$sql, [$like]] = $query;
        if ($sql !== 'SELECT option_name, option_value FROM wp_options WHERE option_name LIKE %s') {
            throw new Exception('Unexpected: ' . $sql);
        }
        $start = stripslashes(substr($like, 0, -1));
        $found = [];
        foreach ($GLOBALS['options'] as $name => $value) {
            if (strpos($name, $start) === 0) {
                $found[] = (object) ['option_name' => $name, 'option_value' => $value];
            }
        }

        return $found;
    }

    public function query($query)
    {
        [$sql, [$name, $value]] = $query;
        $held = $GLOBALS['options'][$name] ?? null;
        if (preg_match('/^INSERT INTO wp_options .* ON DUPLICATE KEY UPDATE option_value = VALUES\(option_value\)$/', $sql)) {
            $GLOBALS['options'][$name] = $value;

            return $held === null ? 1 : ($held === $value ? 0 : 2); // as MySQL counts them
        }
        if ($sql === 'DELETE FROM wp_options WHERE option_name = %s AND CAST(option_value AS BINARY) = %s') {
            if ($held === $value) {
                unset($GLOBALS['options'][$name]);
            }

            return $held === $value ? 1 : 0;
        }
        throw new Exception('Unexpected: ' . $sql);
    }

    public function delete($table, $where)
    {
        unset($GLOBALS['options'][$where['option_name']]);

        return 1;
    }
}
$GLOBALS['wpdb'] = new wpdb();

function __($text, $domain)
{
    return $text;
}

function add_action($hook, $callback, $priority = 10, $arguments = 1)
{
    $GLOBALS['actions'][$hook][] = $callback;
}

function add_filter($hook, $callback, $priority = 10, $arguments = 1)
{
    add_action($hook, $callback);
}

function remove_action($hook, $callback, $priority = 10)
{
    $GLOBALS['actions'][$hook] = array_filter($GLOBALS['actions'][$hook] ?? [], function ($one) use ($callback) {
        return $one !== $callback;
    });
}

function do_action($hook, ...$arguments)
{
    foreach ($GLOBALS['actions'][$hook] ?? [] as $callback) {
        $callback(...$arguments);
    }
}

class ActionScheduler_Store
{
    const STATUS_PENDING = 'pending';
}

function as_get_scheduled_actions($wanted, $form)
{
    if ($wanted['status'] !== ActionScheduler_Store::STATUS_PENDING) {
        throw new Exception('the queue of the tests holds only what is pending');
    }

    return array_keys(array_filter($GLOBALS['queue'], function ($one) use ($wanted) {
        return $one[0] === $wanted['hook'] && $one[1] === $wanted['args'];
    }));
}

function as_enqueue_async_action($hook, $arguments, $group)
{
    $GLOBALS['queue'][] = [$hook, $arguments, 0];
}

function as_schedule_single_action($when, $hook, $arguments, $group)
{
    $GLOBALS['queue'][] = [$hook, $arguments, $when - time()];
}

class WP_Error
{
}

function is_wp_error($told)
{
    return $told instanceof WP_Error;
}

/** What another request does while the next post is on its way. */
$GLOBALS['meanwhile'] = null;

function wp_remote_post($address, $told)
{
    if ($GLOBALS['meanwhile']) {
        $own = $GLOBALS['cache'];
        $GLOBALS['cache'] = [];
        $GLOBALS['meanwhile']();
        $GLOBALS['cache'] = $own;
        $GLOBALS['meanwhile'] = null;
    }
    $headers = [];
    foreach ($told['headers'] as $name => $value) {
        $headers[] = $name . ': ' . $value;
    }
    $context = stream_context_create(['http' => [
        'method' => 'POST', 'header' => $headers, 'content' => $told['body'], 'timeout' => $told['timeout'],
        'ignore_errors' => true,
    ]]);
    $stream = @fopen($address, 'r', false, $context);
    if ($stream === false) {
        return new WP_Error();
    }
    preg_match('#^HTTP/\S+ (\d{3})#', stream_get_meta_data($stream)['wrapper_data'][0], $match);

    return ['code' => (int) $match[1]];
}

function wp_remote_retrieve_response_code($answer)
{
    return $answer['code'];
}

function wp_generate_uuid4()
{
    return '5f0c2b1e-9d7a-4c33-8f0c-' . sprintf('%012d', ++$GLOBALS['uuids']);
}
$GLOBALS['uuids'] = 0;

function wp_json_encode($told, $flags = 0)
{
    return json_encode($told, $flags);
}

function wp_strip_all_tags($text)
{
    return strip_tags($text);
}

function esc_attr($text)
{
    return htmlspecialchars($text, ENT_QUOTES);
}

function esc_url($text)
{
    return htmlspecialchars($text, ENT_QUOTES);
}

function determine_locale()
{
    return 'de_CH';
}

function get_woocommerce_currency()
{
    return 'EUR';
}

function get_current_user_id()
{
    return $GLOBALS['user'];
}
$GLOBALS['user'] = 0;

function wc_get_cart_url()
{
    return 'https://shop.example.com/cart/';
}

function add_query_arg($name, $value, $address)
{
    return $address . '?' . $name . '=' . $value;
}

function wc_get_price_decimals()
{
    return 2;
}

function wc_format_decimal($number, $decimals)
{
    return number_format((float) $number, $decimals, '.', '');
}

function wc_get_price_including_tax($product)
{
    return $product->price;
}

function wc_get_price_excluding_tax($product)
{
    return $product->price / 1.25;
}

function wp_get_attachment_image_url($id, $size)
{
    return 'https://shop.example.com/' . $id . '.jpg';
}

function is_checkout()
{
    return false;
}

class Lamp
{
    public $price = 25.0;

    public function get_sku()
    {
        return '';
    }

    public function get_name()
    {
        return 'Lamp <em>blue</em>';
    }

    public function get_image_id()
    {
        return 77;
    }

    public function get_permalink($item = null)
    {
        return 'https://shop.example.com/product/lamp/';
    }
}

class StubbedCart
{
    public $quantity = 0;

    public function get_cart()
    {
        $line = [
            'data' => new Lamp(), 'product_id' => 12, 'variation_id' => 34, 'quantity' => $this->quantity,
            'line_total' => 20.0 * $this->quantity, 'line_tax' => 5.0 * $this->quantity,
        ];

        return $this->quantity ? ['k' => $line] : [];
    }

    public function display_prices_including_tax()
    {
        return true;
    }
}

class StubbedSession
{
    private $held = [];

    public function get($name)
    {
        return $this->held[$name] ?? null;
    }

    public function set($name, $value)
    {
        $this->held[$name] = $value;
    }
}

class StubbedCustomer
{
    public $email = '';

    public function get_billing_email()
    {
        return $this->email;
    }

    public function get_billing_first_name()
    {
        return '';
    }

    public function get_billing_last_name()
    {
        return '';
    }
}

class StubbedOrder
{
    public $meta = [];

    public function update_meta_data($name, $value)
    {
        $this->meta[$name] = $value;
    }
}

class WooCommerce
{
    public $cart;
    public $session;
    public $customer;

    public function __construct()
    {
        $this->cart = new StubbedCart();
        $this->session = new StubbedSession();
        $this->customer = new StubbedCustomer();
    }
}

function WC()
{
    static $only;
    $only = $only ?: new WooCommerce();

    return $only;
}
