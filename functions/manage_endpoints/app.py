"""Phones and browsers of customers that take notifications: registered, listed, removed."""

import re
from collections.abc import Mapping
from typing import Any

from kairos import bootstrap
from kairos.api import Request, answer, read_as, read_json, serve
from kairos.domain.errors import NotFound
from kairos.services.customers import load_profile
from kairos.services.devices import EndpointWish, register_device, remove_device
from kairos.services.endpoints import endpoints_of

_ID = re.compile(r"[cepv][0-9a-f]{26}")


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """A proxy event of API Gateway."""
    return serve(ROUTES, event)


def list_endpoints(request: Request) -> dict[str, Any]:
    """The customer's phones and browsers, without what reaches them."""
    shop, nodes = request.path["shop"], _nodes(request)
    return answer(200, {"endpoints": endpoints_of(bootstrap.items(), shop, nodes)})


def register(request: Request) -> dict[str, Any]:
    """201 with the endpoint's id; the same for one registered before."""
    told = read_json(request)
    wish = read_as(EndpointWish, told)
    shop, nodes = request.path["shop"], _nodes(request)
    made = register_device(bootstrap.registering(), bootstrap.phone_endpoints(), shop, nodes[0], wish)
    return answer(201, {"id": made})


def remove(request: Request) -> dict[str, Any]:
    """The endpoint takes nothing more."""
    shop, nodes = request.path["shop"], _nodes(request)
    parts = bootstrap.registering()
    remove_device(parts, bootstrap.phone_endpoints(), shop, nodes[0], request.path["endpoint"])
    return answer(204)


def _nodes(request: Request) -> tuple[str, ...]:
    customer = request.path["customer"]
    known = (
        load_profile(bootstrap.items(), request.path["shop"], customer) if _ID.fullmatch(customer) else None
    )
    if known is None:
        raise NotFound("customer", customer[:40])
    return known.nodes


_ENDPOINTS = "/v1/shops/{shop}/customers/{customer}/endpoints"
ROUTES = {
    f"GET {_ENDPOINTS}": list_endpoints,
    f"POST {_ENDPOINTS}": register,
    f"DELETE {_ENDPOINTS}/{{endpoint}}": remove,
}
