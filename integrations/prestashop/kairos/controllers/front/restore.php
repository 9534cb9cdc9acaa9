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
if (!defined('_PS_VERSION_')) {
    exit;
}

/**
 * Puts into an empty cart what a reminder's link names: kairos_restore=PRODUCT[.COMBINATION]:QUANTITY,…
 *
 * The link holds no person and no cart of anybody's: prices and stock are the shop's, and a cart in which
 * something lies stays as it is.
 */
class KairosRestoreModuleFrontController extends ModuleFrontController
{
    const MOST_LINES = 50;
    const MOST_PIECES = 99;

    public function postProcess()
    {
        if (!$this->context->cart->nbProducts()) {
            foreach (self::lines((string) Tools::getValue('kairos_restore')) as $line) {
                $this->put($line);
            }
        }
        Tools::redirect($this->context->link->getPageLink('cart', true, null, ['action' => 'show']));
    }

    /** @return array[] product, combination and quantity of each line that can be read */
    public static function lines($told)
    {
        $lines = [];
        foreach (array_slice(explode(',', $told), 0, self::MOST_LINES) as $part) {
            if (preg_match('/^(\d{1,10})(?:\.(\d{1,10}))?:(\d{1,4})$/', trim($part), $match)) {
                $lines[] = [
                    'product' => (int) $match[1],
                    'combination' => (int) $match[2],
                    'quantity' => min(max((int) $match[3], 1), self::MOST_PIECES),
                ];
            }
        }

        return $lines;
    }

    private function put(array $line)
    {
        $product = new Product($line['product'], false, $this->context->language->id);
        if (!Validate::isLoadedObject($product) || !$product->active || !$product->checkAccess($this->context->customer->id)) {
            return;
        }
        if (!$this->context->cart->id) {
            $this->context->cart->add();
            $this->context->cookie->id_cart = (int) $this->context->cart->id;
        }
        $this->context->cart->updateQty($line['quantity'], $line['product'], $line['combination'] ?: null);
    }
}
