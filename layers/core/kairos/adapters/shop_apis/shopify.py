"""Shopify's Admin API (GraphQL): discount codes and tags of orders (shopify.dev, "discountCodeBasicCreate",
"discountCodeFreeShippingCreate", "tagsAdd").

The app that the access token is of needs the scope `write_discounts` for codes, `write_orders` for tags.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Literal

from kairos.adapters.shop_apis.answers import ask
from kairos.ports import NewCode, NotMade

API_VERSION = "2026-10"
"""Supported for a year (shopify.dev, "About Shopify API versioning")."""

_PERCENT = """
mutation make($wanted: DiscountCodeBasicInput!) {
  discountCodeBasicCreate(basicCodeDiscount: $wanted) {
    codeDiscountNode { id }
    userErrors { field code message }
  }
}
"""
_FREE_SHIPPING = """
mutation make($wanted: DiscountCodeFreeShippingInput!) {
  discountCodeFreeShippingCreate(freeShippingCodeDiscount: $wanted) {
    codeDiscountNode { id }
    userErrors { field code message }
  }
}
"""
_TAG = """
mutation tag($order: ID!, $tags: [String!]!) {
  tagsAdd(id: $order, tags: $tags) {
    node { id }
    userErrors { field message }
  }
}
"""

_TAKEN = frozenset({"TAKEN", "DUPLICATE"})
_FOR_NOW = frozenset({"THROTTLED", "INTERNAL_SERVER_ERROR", "INTERNAL_ERROR", "TIMEOUT"})


class Shopify:
    """See ports.ShopApi. address: "https://NAME.myshopify.com"; token: an Admin API access token.

    loopback: it may be on this machine.
    """

    def __init__(self, address: str, token: str, loopback: bool = False) -> None:
        self._address = f"{address}/admin/api/{API_VERSION}/graphql.json"
        self._token = token
        self._loopback = loopback

    def make(self, wanted: NewCode) -> Literal["made", "exists"]:
        """See ports.ShopCodes. A code that is taken is ours: its text is drawn from the message's id."""
        free_shipping = wanted.kind == "free_shipping"
        query = _FREE_SHIPPING if free_shipping else _PERCENT
        name = "discountCodeFreeShippingCreate" if free_shipping else "discountCodeBasicCreate"
        return _outcome(self._payload(name, query, {"wanted": _input(wanted)}))

    def tag(self, order: str, tag: str) -> None:
        """See ports.ShopOrders. A tag that the order has already is left as it is."""
        told = self._payload("tagsAdd", _TAG, {"order": _gid("Order", order), "tags": [tag]})
        if told.get("userErrors"):
            raise NotMade("USER_ERROR", for_now=False)
        if told.get("node") is None:
            raise NotMade("no outcome told", for_now=True)

    def _payload(self, name: str, query: str, variables: Mapping[str, Any]) -> Mapping[str, Any]:
        """What the mutation of this name answers. Raises NotMade where it was not carried out."""
        given = {"query": query, "variables": variables}
        headers = {"x-shopify-access-token": self._token}
        status, told = ask(self._address, given, headers, self._loopback)
        if status != HTTPStatus.OK or not isinstance(told, dict):
            # A shop in maintenance says so on a page, also with status 200.
            raise NotMade(f"status {status}", for_now=status == HTTPStatus.OK)
        _raise_errors(told.get("errors"))
        data = told.get("data")
        payload = data.get(name) if isinstance(data, dict) else None
        if not isinstance(payload, dict):
            raise NotMade("no outcome told", for_now=True)
        return payload


def _input(wanted: NewCode) -> dict[str, Any]:
    told: dict[str, Any] = {
        "title": wanted.code,
        "code": wanted.code,
        "startsAt": wanted.starts_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "endsAt": wanted.ends_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "usageLimit": 1,
        "appliesOncePerCustomer": True,
        "context": {"all": "ALL"},
    }
    if wanted.minimum is not None:
        least = {"greaterThanOrEqualToSubtotal": wanted.minimum}
        told["minimumRequirement"] = {"subtotal": least}
    if wanted.kind == "free_shipping":
        return told | {"destination": {"all": True}}
    value = {"percentage": wanted.percent / 100}
    return told | {"customerGets": {"value": value, "items": _items(wanted.collections)}}


def _items(collections: Sequence[str]) -> dict[str, Any]:
    if not collections:
        return {"all": True}
    return {"collections": {"add": [_gid("Collection", one) for one in collections]}}


def _gid(kind: str, one: str) -> str:
    """The global id of one of a kind, also where the bare number is told, as webhooks do."""
    return f"gid://shopify/{kind}/{one}" if one.isdigit() else one


def _raise_errors(errors: object) -> None:
    """GraphQL's own errors: of a query that was not carried out."""
    if not errors:
        return
    listed = errors if isinstance(errors, list) else [errors]
    codes = {_code_of(one) for one in listed}
    passing = codes & _FOR_NOW
    raise NotMade(min(passing or codes), for_now=bool(passing))


def _code_of(error: object) -> str:
    extensions = error.get("extensions") if isinstance(error, dict) else None
    code = extensions.get("code") if isinstance(extensions, dict) else None
    return code if isinstance(code, str) else "GRAPHQL_ERROR"


def _outcome(payload: Mapping[str, Any]) -> Literal["made", "exists"]:
    codes = {str(one.get("code") or "USER_ERROR") for one in payload.get("userErrors") or ()}
    if not codes:
        if payload.get("codeDiscountNode") is None:
            raise NotMade("no outcome told", for_now=True)
        return "made"
    if codes <= _TAKEN:
        return "exists"
    raise NotMade(min(codes - _TAKEN), for_now=bool(codes & _FOR_NOW))
