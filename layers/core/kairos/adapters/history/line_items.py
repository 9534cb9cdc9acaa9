"""All lines of an order in one cell, as WooCommerce's exporters write them.

Either a JSON list of objects, or "name:Mug|product_id:7|quantity:2|total:20.00;name:…", in which a
backslash stands before a sign that means itself.
"""

import json
import re

from kairos.adapters.history.people import Told

_ITEMS, _PARTS, _PAIR = (re.compile(rf"(?<!\\){re.escape(sign)}") for sign in ";|:")

_NAMES = {
    "name": "title",
    "product_id": "product_id",
    "variation_id": "variant_id",
    "sku": "sku",
    "quantity": "quantity",
    "total": "line_total",
    "price": "unit_price",
}
"""What the exporters call our fields."""


def read_items(cell: str) -> list[Told]:
    """The lines, each as the fields of OrderColumns; those that tell none are left out."""
    if cell.startswith("["):
        return [_named(one) for one in _json_items(cell)]
    told = []
    for item in _ITEMS.split(cell):
        pairs = (_PAIR.split(part, maxsplit=1) for part in _PARTS.split(item))
        told.append(_named({pair[0].strip(): pair[1] for pair in pairs if len(pair) > 1}))
    return [one for one in told if one]


def _json_items(cell: str) -> list[dict[str, str]]:
    try:
        told = json.loads(cell, parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError):
        return []
    return [one for one in told if isinstance(one, dict)]


def _named(item: dict[str, str]) -> Told:
    """The item's fields by our names."""
    return {
        ours: re.sub(r"\\(.)", r"\1", text.strip())
        for theirs, ours in _NAMES.items()
        if isinstance(text := item.get(theirs), str) and text.strip()
    }
