<?php
/**
 * Runs the module as told on standard input: {"module": folder, "settings": {}, "shop": {}, "cookie": {}, "steps": []}.
 * A step is ["hook", name, params] (objects as {"class", "id"}), ["deliver"], ["change", class, id, fields],
 * ["wait"] (whatever is postponed falls due), ["tried", times, seconds] (all that waits, and due so much earlier),
 * ["in", shop] (where the back office works, 0: in all), ["visitor", currency, rebate] (whose request it is), ["where"],
 * ["log"], ["worker"], ["settings", fields], ["cron", token], ["tag", logged in] or ["restore", text]. Prints what the
 * steps answered as JSON.
 */
require __DIR__ . '/stubs.php';

$told = json_decode(stream_get_contents(STDIN), true);
require $told['module'] . '/kairos.php';
require $told['module'] . '/controllers/front/outbox.php';
require $told['module'] . '/controllers/front/restore.php';
require $told['module'] . '/controllers/front/worker.php';

$GLOBALS['settings'] = $told['settings'] + $GLOBALS['settings'];
$GLOBALS['shop'] = $told['shop'];
$GLOBALS['settings_of'] = isset($told['settings_of']) ? $told['settings_of'] : [];
$_COOKIE = $told['cookie'];
$module = new Kairos();
$answers = [];
foreach ($told['steps'] as $step) {
    switch ($step[0]) {
        case 'hook':
            $params = [];
            foreach ($step[2] as $name => $value) {
                $params[$name] = is_array($value) && isset($value['class']) ? new $value['class']($value['id']) : $value;
                foreach (is_array($value) && isset($value['with']) ? $value['with'] : [] as $field => $other) {
                    $params[$name]->$field = $other;
                }
            }
            $answers[] = $module->{'hook' . ucfirst($step[1])}($params);
            break;
        case 'deliver':
            $answers[] = $module->deliver(Kairos\PrestaShop\Sender::BRIEF);
            break;
        case 'change':
            $GLOBALS['shop'][$step[1]][$step[2]] = $step[3] + $GLOBALS['shop'][$step[1]][$step[2]];
            $answers[] = null;
            break;
        case 'in': // a shop's id, or 0 for all of them, as the back office does
            Shop::setContext($step[1] ? Shop::CONTEXT_SHOP : Shop::CONTEXT_ALL, $step[1] ?: null);
            Context::getContext()->shop = new Shop($step[1] ?: 1);
            $answers[] = null;
            break;
        case 'where':
            $context = Context::getContext();
            $answers[] = [Shop::$context, $context->shop->id, $context->currency->id, get_class($context->customer)];
            break;
        case 'visitor': // somebody else's request: their currency and rebate
            Context::getContext()->currency = new Currency($step[1]);
            Context::getContext()->customer->rebate = $step[2];
            $answers[] = null;
            break;
        case 'tried':
            foreach (Db::getInstance()->rows as &$row) {
                $row['tries'] += $step[1];
                $row['due_at'] -= $step[2];
            }
            unset($row);
            $answers[] = null;
            break;
        case 'wait':
            foreach (Db::getInstance()->rows as &$row) {
                $row['due_at'] = time() - 1;
            }
            unset($row);
            $answers[] = array_values(array_column(Db::getInstance()->rows, 'tries'));
            break;
        case 'restore':
            $answers[] = KairosRestoreModuleFrontController::lines($step[1]);
            break;
        case 'cron':
            $controller = new KairosOutboxModuleFrontController();
            $controller->module = $module;
            $_GET = ['token' => $step[1]];
            ob_start();
            $controller->displayAjax();
            $answers[] = json_decode(ob_get_clean(), true);
            break;
        case 'worker':
            ob_start();
            (new KairosWorkerModuleFrontController())->displayAjax();
            $answers[] = ob_get_clean();
            break;
        case 'settings':
            $_GET = $step[1];
            $answers[] = [$module->getContent(), $GLOBALS['settings']];
            break;
        case 'log':
            $answers[] = PrestaShopLogger::$lines;
            break;
        case 'tag':
            $GLOBALS['logged'] = $step[1];
            $answers[] = [$module->hookDisplayHeader(), Context::getContext()->smarty->assigned['kairos']];
            break;
    }
}
echo json_encode($answers);
