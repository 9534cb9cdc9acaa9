"""What is asked of PrestaShop's webservice, field by field.

`display=full` would tell the hash of a customer's password and the token that sets another, and of their
orders the key that guards them (PrestaShop/PrestaShop, classes/Customer.php, classes/order/Order.php). An
unknown field is refused for the whole list (WebserviceRequest, setFieldsToDisplay), so these are fields of
PrestaShop 8 and 9 both.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from kairos.ports import Changeable


class Resource(NamedTuple):
    """Of the webservice. name: of one; fields: that are asked for, all of PrestaShop 8 and 9; rows: fields of
    each entry of its associations."""

    name: str
    fields: tuple[str, ...]
    rows: Mapping[str, tuple[str, ...]] = {}

    @property
    def display(self) -> str:
        """As the webservice wants them named."""
        inner = [f"{name}[{','.join(fields)}]" for name, fields in self.rows.items()]
        return f"[{','.join([*self.fields, *inner])}]"


RESOURCES: Mapping[Changeable, Resource] = {
    "orders": Resource(
        "order",
        (
            *(
                "id",
                "reference",
                "id_cart",
                "id_customer",
                "id_currency",
                "current_state",
                "module",
                "payment",
            ),
            *("valid", "date_add", "date_upd", "conversion_rate", "total_paid"),
            *("total_paid_tax_incl", "total_paid_tax_excl", "total_shipping", "total_shipping_tax_incl"),
            *("total_discounts", "total_discounts_tax_incl"),
        ),
        {
            "order_rows": (
                *("product_id", "product_attribute_id", "product_quantity", "product_name"),
                *("product_reference", "product_price", "unit_price_tax_incl", "unit_price_tax_excl"),
            )
        },
    ),
    "customers": Resource(
        "customer",
        (
            *("id", "email", "firstname", "lastname", "id_gender", "birthday", "newsletter"),
            *("newsletter_date_add", "optin", "company", "active", "is_guest", "deleted"),
            *("id_default_group", "date_add", "date_upd"),
        ),
    ),
    "products": Resource(
        "product",
        (
            *("id", "name", "reference", "active", "available_for_order", "manufacturer_name"),
            *("date_add", "date_upd"),
        ),
        {"categories": ("id",)},
    ),
}
SLIPS = Resource(
    "order_slip",
    (
        *(
            "id",
            "id_order",
            "amount",
            "conversion_rate",
            "total_products_tax_excl",
            "total_products_tax_incl",
        ),
        *("total_shipping_tax_excl", "total_shipping_tax_incl", "date_add", "date_upd"),
    ),
)


def asked_for(resource: Resource, told: Mapping[str, Any]) -> dict[str, Any]:
    """Of the entry, what was asked for: a shop may tell more, and nothing of that is passed on."""
    kept = {name: told[name] for name in resource.fields if name in told}
    above = told.get("associations")
    rows = {
        name: [{field: row[field] for field in fields if field in row} for row in above[name]]
        for name, fields in resource.rows.items()
        if isinstance(above, dict) and _are_objects(above.get(name))
    }
    return {**kept, "associations": rows} if rows else kept


def _are_objects(told: Any) -> bool:
    return isinstance(told, list) and all(isinstance(one, dict) for one in told)
