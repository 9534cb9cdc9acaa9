"""The shop's settings, a page for each topic; secrets are typed in and never shown."""

from typing import Any
from zoneinfo import available_timezones

from kairos.adapters.platforms.signatures import SIGNATURES
from kairos.api import read_as
from kairos.console import shop_inputs
from kairos.console.asked import Answer, Asked, caller_of
from kairos.console.rules.inputs import UNITS
from kairos.console.sections import SHOP, Route, Section
from kairos.console.words import has
from kairos.domain.errors import NotFound, Refused
from kairos.services import shops
from kairos.services.reconciling.showing import ask_again, show_reconciliation
from kairos.services.reconciling.standing import note_access
from kairos.services.senders import check_sender
from kairos.services.sending.ledger import real_now
from kairos.services.shops import ShopWish

_TOPIC = f"{SHOP}/settings/{{topic}}"


def enter(asked: Asked) -> Answer:
    """The first topic."""
    return asked.go(f"{asked.at}/settings/shop")


def show(asked: Asked) -> Answer:
    """A topic's settings as they stand; who may not change them sees them all the same."""
    topic = _topic(asked)
    return _page(asked, topic, shop_inputs.filled(topic, _stored(asked)))


def change(asked: Asked) -> Answer:
    """Keep a topic's settings, as PUT of the shop does."""
    topic, items, desk = _topic(asked), asked.parts.items, asked.parts.desk()
    try:
        told = shop_inputs.changed(topic, _stored(asked), asked.form)
        if topic == "platform":
            told["secrets"] = shop_inputs.secrets_of(asked.form)
        wish = read_as(ShopWish, told)
        shops.put_shop(items, desk.secrets, caller_of(asked), wish, read=asked.here)
    except Refused as wrong:
        found = shop_inputs.typed(topic, asked.form, wrong)
        at_none = not any(one.wrong for one in found)
        said = f"{wrong.problem} {wrong.remedy}" if at_none else ""
        return _page(asked, topic, found, wrong=said, refused=True, field=wrong.field)._replace(status=400)
    note_access(items, wish, real_now(asked.parts.clock))
    return asked.go(f"{asked.at}/settings/{topic}", "settings.kept")


def show_sender(asked: Asked) -> Answer:
    """What the provider and the DNS say of the sender: a part of its page, asked for after it."""
    return asked.page("settings_sender.html", told=check_sender(asked.parts.desk().senders(), asked.here))


def reconcile(asked: Asked) -> Answer:
    """The shop's own API is asked with the next tick."""
    ask_again(asked.parts.items, asked.parts.clock, asked.here.id)
    return asked.go(f"{asked.at}/settings/platform", "settings.reconciling")


def _topic(asked: Asked) -> str:
    topic = asked.path.get("topic", "shop")
    if topic not in shop_inputs.TOPICS:
        raise NotFound("topic", topic[:40])
    return topic


def _stored(asked: Asked) -> dict[str, Any]:
    return asked.here.model_dump(mode="json")


def _page(asked: Asked, topic: str, found: list[shop_inputs.Filled], **told: Any) -> Answer:
    return asked.page(
        "settings.html",
        **{"wrong": "", "refused": False, "field": "", **told},
        topic=topic,
        has=lambda name: has(asked.language, name),
        topics=tuple(shop_inputs.TOPICS),
        found=found,
        units=tuple(UNITS),
        statuses=shop_inputs.STATUSES,
        zones=sorted(available_timezones()) if topic == "shop" else (),
        **(_platform(asked) if topic == "platform" else {}),
        tag=f"{_base(asked)}/v1/shops/{asked.here.id}/tag.js" if topic == "site" else "",
    )


def _platform(asked: Asked) -> dict[str, Any]:
    shop = asked.here
    own = [shop.platform] if shop.platform != "generic" else []
    return {
        "platforms": tuple(SIGNATURES),
        "addresses": {one: f"{_base(asked)}/v1/shops/{shop.id}/webhooks/{one}" for one in (*own, "generic")},
        "reconciled": show_reconciliation(asked.parts.items, asked.parts.clock, shop.id),
        "secrets": shop_inputs.SECRETS,
    }


def _base(asked: Asked) -> str:
    return asked.parts.api_url or asked.request.base


SECTION = Section(
    "settings",
    (
        Route("GET", f"{SHOP}/settings", "reader", enter),
        Route("GET", _TOPIC, "reader", show),
        Route("POST", _TOPIC, "owner", change),
        Route("GET", f"{SHOP}/sender-check", "reader", show_sender),
        Route("POST", f"{SHOP}/reconcile", "marketer", reconcile),
    ),
    icon="M4 7h9M19 7h1M4 17h1M11 17h9M16 10a3 3 0 1 0 0-6 3 3 0 0 0 0 6M8 20a3 3 0 1 0 0-6 3 3 0 0 0 0 6",
)
