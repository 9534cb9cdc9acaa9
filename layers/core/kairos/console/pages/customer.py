"""One customer: who they are, what they did, why they were or were not written to; export and erasure."""

import json
from typing import Any

from kairos.adapters.api_gateway import MOST_ANSWERED
from kairos.api import read_as
from kairos.console.asked import Answer, Asked
from kairos.console.formats import Formats
from kairos.console.pages.segments import names_of
from kairos.console.sections import SHOP, Route, Section
from kairos.console.timeline import told_of
from kairos.domain.errors import NotFound, Refused, TooLarge
from kairos.domain.money import amount_text
from kairos.domain.profile import Profile
from kairos.domain.scenarios.registry import SCENARIOS
from kairos.domain.timeline import KINDS
from kairos.services import points
from kairos.services.consenting import ConsentsWish, state_consents
from kairos.services.customers import Component, load_profile, resolve
from kairos.services.explaining import explain, not_started
from kairos.services.finding import CUSTOMER_ID
from kairos.services.privacy.asked import erase_known
from kairos.services.privacy.belongings import gather
from kairos.services.privacy.erase import Erasing
from kairos.services.privacy.export import export_customer, standing_of
from kairos.services.sentences import telling
from kairos.services.timeline import reading

_CUSTOMER = f"{SHOP}/customers/{{customer}}"
_SHOWN = 10
"""Orders and carts at first sight; the timeline has all."""

STATABLE = {
    "email": "email",
    "sms": "phone",
    "advertising": "email",
    "messenger": "platform_id",
    "webhook": "platform_id",
}
"""Channels for which consent belongs to the customer, and what of them it needs (services.consenting)."""


def show(asked: Asked) -> Answer:
    """Profile, consents with their proof, segments, orders, carts and points."""
    return _overview(asked, *_known(asked))


def _overview(asked: Asked, component: Component, profile: Profile, wrong: str = "") -> Answer:
    items, shop = asked.parts.items, asked.here
    copy = standing_of(items, shop.id, component.nodes)
    names = names_of(asked)
    orders = sorted(profile.orders, key=lambda one: one.placed_at, reverse=True)
    carts = sorted(profile.carts, key=lambda one: one.changed_at, reverse=True)
    counting = [one for one in profile.orders if one.counts and one.currency == shop.currency]
    return asked.page(
        "customer.html",
        400 if wrong else 200,
        **_head(asked, profile, "overview"),
        spent=amount_text(sum(one.revenue for one in counting), shop.currency),
        bought=len(profile.counting_orders),
        last=max((one.placed_at for one in profile.counting_orders), default=None),
        orders=[(one, _money(asked, one.revenue, one.currency)) for one in orders[:_SHOWN]],
        carts=[(one, _money(asked, one.total, one.currency)) for one in carts[:_SHOWN]],
        segments=[(names[one["segment"]], one) for one in copy["segments"] if one["segment"] in names],
        consents=copy["consents"],
        suppressions=copy["suppressions"],
        statable=[one for one, needed in STATABLE.items() if getattr(profile, needed)],
        points=points.show_points(items, shop, profile.id) if shop.points.enabled else None,
        wrong=wrong,
    )


def state(asked: Asked) -> Answer:
    """Keep what the customer said of being written to, with who noted it and the words they agreed to."""
    component, profile = _known(asked)
    told: dict[str, Any] = {
        "channel": asked.one("channel"),
        "state": asked.one("state"),
        "source": f"console ({asked.email})"[:200],
        "wording": asked.one("wording") or None,
    }
    try:
        wish = read_as(ConsentsWish, {"consents": [told]})
        state_consents(asked.parts.desk().consenting(), asked.here.id, profile, wish)
    except Refused as refusal:
        return _overview(asked, component, profile, f"{refusal.problem} {refusal.remedy}")
    return asked.go(f"{asked.at}/customers/{profile.id}", "customer.stated")


def show_timeline(asked: Asked) -> Answer:
    """What happened, newest first, a page at a time; of one kind, where one is chosen."""
    _, profile = _known(asked)
    kind = asked.query.get("kind", "")
    kind = kind if kind in KINDS else ""
    page = reading.show_timeline(
        asked.parts.items, asked.here, profile.id, asked.query.get("cursor"), kind or None
    )
    return asked.page(
        "customer_timeline.html",
        **_head(asked, profile, "timeline"),
        entries=told_of(asked, page["entries"]),
        cursor=page["cursor"],
        kind=kind,
        kinds=KINDS,
    )


def show_why(asked: Asked) -> Answer:
    """Why they did or did not get something: of one scenario, or of all."""
    component, profile = _known(asked)
    name = asked.query.get("scenario", "")
    only = name if name in SCENARIOS else None
    items, clock, shop = asked.parts.items, asked.parts.clock, asked.here
    by = telling(shop, asked.language, clock.now())
    return asked.page(
        "customer_why.html",
        **_head(asked, profile, "why"),
        told=explain(items, shop.id, component, only, by),
        absent=not_started(items, clock, shop.id, component, only, by),
        only=only or "",
        scenarios=sorted((asked.say(f"scenario_names.{one}"), one) for one in SCENARIOS),
    )


def export(asked: Asked) -> Answer:
    """All that is kept of the customer, as a file."""
    component = _component(asked)
    items, shop = asked.parts.items, asked.here.id
    if gather(items, shop, component.nodes).is_empty:
        raise NotFound("customer", component.customer)
    copy = export_customer(items, asked.parts.clock, shop, component.nodes)
    text = json.dumps(copy, ensure_ascii=False, indent=1)
    if len(text.encode()) > MOST_ANSWERED:
        raise TooLarge(component.customer)
    name = f"customer-{component.customer[:9]}.json"
    return Answer(
        200,
        text,
        {
            "content-type": "application/json; charset=utf-8",
            "content-disposition": f'attachment; filename="{name}"',
        },
    )


def ask_to_erase(asked: Asked, wrong: bool = False) -> Answer:
    """Names what goes, and asks for the customer's address to be typed."""
    _, profile = _known(asked)
    asking = asked.page(
        "customer_erase.html",
        **_head(asked, profile, ""),
        typed=_typed(profile),
        orders=len(profile.orders),
        wrong=wrong,
    )
    return asking._replace(status=400) if wrong else asking


def erase(asked: Asked) -> Answer:
    """They are erased, if the address was typed."""
    component, profile = _known(asked)
    if asked.one("typed").casefold() != _typed(profile).casefold():
        return ask_to_erase(asked, wrong=True)
    parts, desk = asked.parts, asked.parts.desk()
    erase_known(Erasing(parts.items, desk.objects, asked.here.id, parts.clock.now(), desk.changed), component)
    return asked.go(f"{asked.at}/customers", "customers.erased")


def _typed(profile: Profile) -> str:
    return profile.email or profile.phone or profile.platform_id or profile.id[:9]


def _component(asked: Asked) -> Component:
    customer = asked.path["customer"]
    if not CUSTOMER_ID.fullmatch(customer):
        raise NotFound("customer", customer[:40])
    return resolve(asked.parts.items, asked.here.id, customer)


def _known(asked: Asked) -> tuple[Component, Profile]:
    component = _component(asked)
    profile = load_profile(asked.parts.items, asked.here.id, component.customer)
    if profile is None:
        raise NotFound("customer", component.customer)
    return component, profile


def _head(asked: Asked, profile: Profile, tab: str) -> dict[str, Any]:
    person = profile.person
    name = " ".join(one for one in (person.first_name, person.last_name) if one)
    called = name or profile.email or profile.phone or asked.say("customer.nameless")
    return {"profile": profile, "name": called, "tab": tab, "tabs": ("overview", "timeline", "why")}


def _money(asked: Asked, amount: int, currency: str | None) -> str:
    """In its own currency, which need not be the shop's."""
    known = currency or asked.here.currency
    return Formats(asked.language, asked.here.zone, known).money(amount_text(amount, known))


SECTION = Section(
    "customer",
    (
        Route("GET", _CUSTOMER, "reader", show),
        Route("POST", f"{_CUSTOMER}/consents", "marketer", state),
        Route("GET", f"{_CUSTOMER}/timeline", "reader", show_timeline),
        Route("GET", f"{_CUSTOMER}/why", "reader", show_why),
        Route("GET", f"{_CUSTOMER}/export", "marketer", export),
        Route("GET", f"{_CUSTOMER}/erase", "owner", ask_to_erase),
        Route("POST", f"{_CUSTOMER}/erase", "owner", erase),
    ),
)
