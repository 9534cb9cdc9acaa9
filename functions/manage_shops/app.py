"""Shops and their API keys."""

from collections.abc import Mapping
from typing import Any

from kairos import bootstrap
from kairos.api import Request, answer, caller_of, read_as, read_json, serve
from kairos.domain.errors import Refused
from kairos.services import api_keys, shops
from kairos.services.api_keys import KeyWish
from kairos.services.reconciling.showing import ask_again, show_reconciliation
from kairos.services.reconciling.standing import note_access
from kairos.services.sending.ledger import real_now
from kairos.services.shops import ShopWish


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """A proxy event of API Gateway."""
    return serve(ROUTES, event)


def put_shop(request: Request) -> dict[str, Any]:
    """201 where the shop is new, else 200."""
    shop, told = request.path["shop"], read_json(request)
    if told.get("id", shop) != shop:
        raise Refused("id", "It is not the shop of the address.", "Leave it out, or mend the address.")
    wish = read_as(ShopWish, {**told, "id": shop})
    done = shops.put_shop(bootstrap.items(), bootstrap.secrets(), caller_of(request), wish)
    note_access(bootstrap.items(), wish, real_now(bootstrap.clock()))
    return answer(201 if done.created else 200, done.shown)


def get_shop(request: Request) -> dict[str, Any]:
    """The shop's settings."""
    shop = request.path["shop"]
    return answer(200, shops.show_shop(bootstrap.items(), bootstrap.secrets(), caller_of(request), shop))


def list_keys(request: Request) -> dict[str, Any]:
    """The shop's API keys, without their secrets."""
    held = api_keys.list_keys(bootstrap.items(), caller_of(request), request.path["shop"])
    return answer(200, {"keys": held})


def create_key(request: Request) -> dict[str, Any]:
    """The new key, shown this once."""
    wish = read_as(KeyWish, read_json(request))
    caller, shop = caller_of(request), request.path["shop"]
    return answer(201, api_keys.create_key(bootstrap.items(), bootstrap.clock(), caller, shop, wish))


def delete_key(request: Request) -> dict[str, Any]:
    """The key opens this shop no more."""
    api_keys.withdraw_key(bootstrap.items(), request.path["shop"], request.path["key"])
    return answer(204)


def get_reconciliation(request: Request) -> dict[str, Any]:
    """What asking the shop's own API has found of late, and what stands in its way."""
    return answer(200, show_reconciliation(bootstrap.items(), bootstrap.clock(), request.path["shop"]))


def reconcile_soon(request: Request) -> dict[str, Any]:
    """It is asked with the next tick."""
    return answer(202, ask_again(bootstrap.items(), bootstrap.clock(), request.path["shop"]))


def show_openapi(_request: Request) -> dict[str, Any]:
    """The description of the whole API."""
    # Imported here: it needs every model there is, and no other request should pay for them.
    from kairos.openapi import document

    return answer(200, document())


ROUTES = {
    "PUT /v1/shops/{shop}": put_shop,
    "GET /v1/shops/{shop}": get_shop,
    "GET /v1/shops/{shop}/keys": list_keys,
    "POST /v1/shops/{shop}/keys": create_key,
    "DELETE /v1/shops/{shop}/keys/{key}": delete_key,
    "GET /v1/shops/{shop}/reconciliation": get_reconciliation,
    "POST /v1/shops/{shop}/reconciliation": reconcile_soon,
    "GET /v1/openapi.json": show_openapi,
}
