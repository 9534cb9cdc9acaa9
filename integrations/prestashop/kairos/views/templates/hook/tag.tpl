{**
 * Kairos for PrestaShop
 *
 * @author    Kairos
 * @copyright Kairos
 * @license   https://opensource.org/licenses/AFL-3.0 Academic Free License version 3.0
 *}
<script async src="{$kairos.source|escape:'html':'UTF-8'}"{foreach from=$kairos.attributes key=name item=value} data-{$name|escape:'html':'UTF-8'}="{$value|escape:'html':'UTF-8'}"{/foreach}></script>
