"""Customers: found, shown, exported, erased, and explained."""

import re
from collections.abc import Mapping
from typing import Any

from kairos import bootstrap, keys
from kairos.adapters.api_gateway import MOST_ANSWERED
from kairos.api import Request, answer, problem, read_as, read_json, serve
from kairos.domain.errors import NotFound, Refused
from kairos.domain.identity import folded_email
from kairos.domain.profile import Profile
from kairos.services.consenting import ConsentsWish, state_consents
from kairos.services.consents import with_consents
from kairos.services.customers import Component, load_profile, resolve
from kairos.services.explaining import explain, not_started
from kairos.services.privacy.belongings import gather
from kairos.services.privacy.erase import Erasing, erase_customer, unfinished
from kairos.services.privacy.export import export_customer

_ID = re.compile(r"[cepv][0-9a-f]{26}")


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """A proxy event of API Gateway."""
    return serve(ROUTES, event)


def find_customers(request: Request) -> dict[str, Any]:
    """The customer with this e-mail address, if any."""
    email = folded_email(request.query.get("email"))
    if email is None:
        remedy = 'Ask for one address, such as "?email=ada@example.com" (percent-encoded).'
        raise Refused("email", "The parameter is missing or no e-mail address.", remedy)
    shop = request.path["shop"]
    node = bootstrap.identity_key().node(shop, "email", email)
    profile = load_profile(bootstrap.items(), shop, node)
    return answer(200, {"customers": [_shown(shop, profile)] if profile else []})


def show_customer(request: Request) -> dict[str, Any]:
    """The profile, folded afresh, and the consents for its addresses."""
    shop, component = request.path["shop"], _component(request)
    profile = load_profile(bootstrap.items(), shop, component.customer)
    if profile is None:
        raise NotFound("customer", request.path["customer"])
    copy = export_customer(bootstrap.items(), bootstrap.clock(), shop, component.nodes)
    told = {name: copy[name] for name in ("consents", "suppressions")}
    return answer(200, _shown(shop, profile) | told)


def _shown(shop: str, profile: Profile) -> dict[str, Any]:
    """The profile with the channels consented to, which are never stored in it."""
    return profile.as_json() | {"accepts": with_consents(bootstrap.items(), shop, profile).accepts}


def export(request: Request) -> dict[str, Any]:
    """All that is kept of the customer."""
    shop, component = request.path["shop"], _component(request)
    if gather(bootstrap.items(), shop, component.nodes).is_empty:
        raise NotFound("customer", request.path["customer"])
    copy = answer(200, export_customer(bootstrap.items(), bootstrap.clock(), shop, component.nodes))
    if len(copy["body"].encode()) > MOST_ANSWERED:
        return problem(500, "This customer's data does not fit the 6 MB of one answer.")
    return copy


def erase(request: Request) -> dict[str, Any]:
    """Erase the customer; again, and for one erased before, the answer is the same."""
    shop, items, component = request.path["shop"], bootstrap.items(), _component(request)
    known = not gather(items, shop, component.nodes).is_empty or unfinished(items, shop, component.nodes)
    if known:
        now, changed = bootstrap.clock().now(), bootstrap.snapshot_queue()
        given = Erasing(items, bootstrap.objects(), shop, now, changed)
        erase_customer(given, component.nodes)
    elif not items.get_many(keys.erasure(shop, node) for node in component.nodes):
        raise NotFound("customer", request.path["customer"])
    return answer(204)


def put_consents(request: Request) -> dict[str, Any]:
    """The customer with the consents as they now stand."""
    wish = read_as(ConsentsWish, read_json(request))
    shop, items = request.path["shop"], bootstrap.items()
    profile = load_profile(items, shop, _component(request).customer)
    if profile is None:
        raise NotFound("customer", request.path["customer"])
    state_consents(bootstrap.consenting(), shop, profile, wish)
    return show_customer(request)


def explain_customer(request: Request) -> dict[str, Any]:
    """Runs, decisions and facts, and why there is no run; of one scenario if the parameter names it."""
    scenario, items, component = request.query.get("scenario"), bootstrap.items(), _component(request)
    told = explain(items, request.path["shop"], component, scenario)
    absent = not_started(items, bootstrap.clock(), request.path["shop"], component, scenario)
    return answer(200, {**told, "not_started": absent})


def _component(request: Request) -> Component:
    customer = request.path["customer"]
    if not _ID.fullmatch(customer):
        raise NotFound("customer", customer[:40])
    return resolve(bootstrap.items(), request.path["shop"], customer)


_CUSTOMER = "/v1/shops/{shop}/customers/{customer}"
ROUTES = {
    "GET /v1/shops/{shop}/customers": find_customers,
    f"GET {_CUSTOMER}": show_customer,
    f"GET {_CUSTOMER}/export": export,
    f"DELETE {_CUSTOMER}": erase,
    f"PUT {_CUSTOMER}/consents": put_consents,
    f"GET {_CUSTOMER}/why": explain_customer,
}
