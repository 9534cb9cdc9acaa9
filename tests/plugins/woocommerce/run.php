<?php
/**
 * Runs the plugin as told on standard input: {"plugin": folder, "settings": {}, "cookie": {}, "steps": []}. A step is
 * ["cart", quantity, email] (a request that changes the cart), ["meanwhile", quantity, email] (the same, while the next
 * post is on its way), ["order"] (a request that orders it), ["queue"] (what is due or postponed is run, each in a
 * request of its own), ["age", seconds] (of all that waits), ["settings", fields], ["erase", email] (the person's carts),
 * ["answered"], ["restore", text] or ["tag", user, email]. Prints what the steps answered as JSON.
 */
require __DIR__ . '/stubs.php';

$told = json_decode(stream_get_contents(STDIN), true);
require $told['plugin'] . '/kairos.php';
do_action('plugins_loaded');

update_option('woocommerce_kairos_settings', $told['settings']);
$_COOKIE = $told['cookie'];

function begin_request()
{
    $watching = new ReflectionProperty('Kairos_Cart', 'watching');
    $watching->setAccessible(true);
    $watching->setValue(null, false);
    $GLOBALS['actions']['shutdown'] = [];
}

function change_cart($quantity, $email)
{
    begin_request();
    WC()->cart->quantity = $quantity;
    WC()->customer->email = $email;
    do_action('woocommerce_add_to_cart');
    do_action('woocommerce_cart_updated');
    do_action('shutdown');
}

$answers = [];
foreach ($told['steps'] as $step) {
    switch ($step[0]) {
        case 'cart':
            change_cart($step[1], $step[2]);
            $answers[] = count($GLOBALS['queue']);
            break;
        case 'meanwhile':
            $GLOBALS['meanwhile'] = function () use ($step) {
                change_cart($step[1], $step[2]);
            };
            $answers[] = null;
            break;
        case 'age':
            foreach ($GLOBALS['options'] as $name => $held) {
                if (strpos($name, 'kairos_cart_') === 0) {
                    $then = gmdate('Y-m-d\TH:i:s\Z', time() - $step[1]);
                    $GLOBALS['options'][$name] = json_encode(['updated_at' => $then] + json_decode($held, true));
                }
            }
            $answers[] = null;
            break;
        case 'settings':
            update_option('woocommerce_kairos_settings', $step[1]);
            $answers[] = null;
            break;
        case 'erase':
            $answers[] = Kairos_Privacy::erase($step[1])['items_removed'];
            break;
        case 'answered':
            $answers[] = Kairos_Outbox::answered();
            break;
        case 'order':
            begin_request();
            $order = new StubbedOrder();
            do_action('woocommerce_checkout_create_order', $order);
            do_action('woocommerce_cart_updated');
            do_action('woocommerce_checkout_order_processed', 7);
            WC()->cart->quantity = 0;
            do_action('woocommerce_cart_emptied');
            do_action('shutdown');
            $answers[] = $order->meta;
            break;
        case 'queue':
            $due = $GLOBALS['queue'];
            $GLOBALS['queue'] = [];
            foreach ($due as $one) {
                $GLOBALS['cache'] = [];
                do_action($one[0], ...$one[1]);
            }
            $answers[] = array_column($GLOBALS['queue'], 2);
            break;
        case 'restore':
            $answers[] = Kairos_Restore::lines($step[1]);
            break;
        case 'tag':
            $answers[] = Kairos_Tag::element(Kairos_Settings::address('tag.js'), Kairos_Tag::person($step[1], $step[2]));
            break;
    }
}
echo json_encode($answers);
