"""Customers: found, shown, exported, erased, and explained; their timeline, points and inquiries."""

import re
from collections.abc import Mapping
from typing import Any

from kairos import bootstrap
from kairos.adapters.api_gateway import MOST_ANSWERED
from kairos.api import Request, answer, problem, read_as, read_json, serve
from kairos.domain.errors import NotFound
from kairos.domain.profile import Profile
from kairos.domain.shop import Shop
from kairos.domain.support import SupportContact
from kairos.services import finding, points
from kairos.services.consenting import ConsentsWish, state_consents
from kairos.services.consents import with_consents
from kairos.services.customers import Component, load_profile, resolve
from kairos.services.explaining import explain, not_started
from kairos.services.privacy.asked import erase_known
from kairos.services.privacy.belongings import gather
from kairos.services.privacy.erase import Erasing
from kairos.services.privacy.export import export_customer
from kairos.services.sentences import telling
from kairos.services.shops import load_shop
from kairos.services.supporting import note_contact
from kairos.services.timeline import reading as timeline

_ID = re.compile(r"[cepv][0-9a-f]{26}")


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """A proxy event of API Gateway."""
    return serve(ROUTES, event)


def find_customers(request: Request) -> dict[str, Any]:
    """The customer with this e-mail address, phone or id, if any."""
    shop, query = request.path["shop"], request.query
    by = next((one for one in finding.BY if query.get(one)), "email")
    found = finding.find(bootstrap.items(), bootstrap.identity_key(), shop, by, query.get(by, ""))
    return answer(200, {"customers": [_shown(shop, one) for one in found]})


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
    now, changed = bootstrap.clock().now(), bootstrap.snapshot_queue()
    given = Erasing(bootstrap.items(), bootstrap.objects(), request.path["shop"], now, changed)
    erase_known(given, _component(request))
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
    """Runs, decisions in sentences, and why there is no run; of one scenario if the parameter names it."""
    scenario, items, component = request.query.get("scenario"), bootstrap.items(), _component(request)
    shop, clock = load_shop(items, request.path["shop"]), bootstrap.clock()
    if shop is None:
        raise NotFound("shop", request.path["shop"])
    by = telling(shop, request.query.get("language"), clock.now())
    told = explain(items, shop.id, component, scenario, by)
    absent = not_started(items, clock, shop.id, component, scenario, by)
    return answer(200, {**told, "not_started": absent})


def show_timeline(request: Request) -> dict[str, Any]:
    """What happened with the customer, newest first, a page at a time."""
    shop, query = _shop(request), request.query
    customer = _id(request)
    page = timeline.show_timeline(bootstrap.items(), shop, customer, query.get("cursor"), query.get("kinds"))
    return answer(200, page)


def show_points(request: Request) -> dict[str, Any]:
    """The ledger of points and the balance."""
    return answer(200, points.show_points(bootstrap.items(), _shop(request), _id(request)))


def redeem_points(request: Request) -> dict[str, Any]:
    """Spend points, once for each id."""
    wish = read_as(points.RedemptionWish, read_json(request))
    return answer(200, points.redeem(bootstrap.redeeming(), _shop(request), _id(request), wish))


def note_support_contact(request: Request) -> dict[str, Any]:
    """Keep an inquiry that the customer made with support, once for each id."""
    told = read_as(SupportContact, read_json(request))
    return answer(200, note_contact(bootstrap.supporting(), _shop(request).id, _id(request), told))


def _shop(request: Request) -> Shop:
    shop = load_shop(bootstrap.items(), request.path["shop"])
    if shop is None:
        raise NotFound("shop", request.path["shop"])
    return shop


def _id(request: Request) -> str:
    customer = request.path["customer"]
    if not _ID.fullmatch(customer):
        raise NotFound("customer", customer[:40])
    return customer


def _component(request: Request) -> Component:
    return resolve(bootstrap.items(), request.path["shop"], _id(request))


_CUSTOMER = "/v1/shops/{shop}/customers/{customer}"
ROUTES = {
    "GET /v1/shops/{shop}/customers": find_customers,
    f"GET {_CUSTOMER}": show_customer,
    f"GET {_CUSTOMER}/export": export,
    f"DELETE {_CUSTOMER}": erase,
    f"PUT {_CUSTOMER}/consents": put_consents,
    f"GET {_CUSTOMER}/why": explain_customer,
    f"GET {_CUSTOMER}/timeline": show_timeline,
    f"GET {_CUSTOMER}/points": show_points,
    f"POST {_CUSTOMER}/points/redemptions": redeem_points,
    f"POST {_CUSTOMER}/support-contacts": note_support_contact,
}
