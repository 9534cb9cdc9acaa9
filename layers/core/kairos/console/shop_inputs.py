"""The shop's settings as inputs of forms, topic by topic: shown, read back, refusals at their input."""

import copy
import re
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple, get_args

from kairos.console.rules.inputs import duration_parts, duration_text
from kairos.domain.channel_settings import SmsSettings
from kairos.domain.errors import Refused
from kairos.domain.message import CodeScope
from kairos.domain.order import OrderStatus
from kairos.domain.pages import AskedField

Kind = Literal[
    "text", "email", "url", "whole", "amount", "tick", "choice", "several", "list", "lines", "duration",
    "hours", "zone", "part", "colour",
]  # fmt: skip
"""list: texts with commas or new lines between. lines: "name = value". hours: from and to, or neither.
part: a whole part that may be off, whose settings follow it."""

Form = Mapping[str, list[str]]


class Setting(NamedTuple):
    """path: within the shop's settings. values: of choices. optional: empty stands for none."""

    path: str
    kind: Kind = "text"
    values: tuple[str, ...] = ()
    optional: bool = False


class Filled(NamedTuple):
    """An input with what stands in it. unit: of a length of time. wrong: why it was refused."""

    setting: Setting
    value: Any
    unit: str = ""
    wrong: str = ""


def _opt(path: str, kind: Kind = "text", values: tuple[str, ...] = ()) -> Setting:
    return Setting(path, kind, values, optional=True)


_ASKED: tuple[str, ...] = get_args(AskedField)
_LEVELS = (
    "engagement_window", "engagement_delivered", "super_active_percent", "sleeping_after", "new_within",
    "active_within", "withdrawing_intervals", "lost_after", "usage_window", "heavy_orders", "average_orders",
    "satisfaction_window", "unhappy_below", "very_satisfied_from", "full_price_orders",
    "replenishment_before", "recent_buyer_within", "loyal_buyer_orders",
)  # fmt: skip
_COUNTED = ("delivered", "percent", "intervals", "orders", "below", "from")
STATUSES: tuple[str, ...] = get_args(OrderStatus)

TOPICS: dict[str, tuple[Setting, ...]] = {
    "shop": (
        Setting("name"),
        _opt("url", "url"),
        _opt("postal_address"),
        Setting("currency"),
        Setting("timezone", "zone"),
        Setting("languages", "list"),
        Setting("free_shipping", "tick"),
    ),
    "sender": (
        Setting("sender.name"),
        Setting("sender.email", "email"),
        _opt("sender.reply_to", "email"),
    ),
    "sending": (
        _opt("quiet_hours", "hours"),
        Setting("sending.super_active.messages", "whole"),
        Setting("sending.super_active.within", "duration"),
        Setting("sending.moderate.messages", "whole"),
        Setting("sending.moderate.within", "duration"),
        Setting("sending.sleeping.messages", "whole"),
        Setting("sending.sleeping.within", "duration"),
        Setting("sending.free_until_delivered", "whole"),
        Setting("sending.places_for_priority", "whole"),
        Setting("sending.yield_for", "duration"),
        Setting("sending.give_up_after", "duration"),
        Setting("sending.preferred_hour", "tick"),
        _opt("sending.usual_hour", "whole"),
        Setting("sending.shop_zone_for_all", "tick"),
        Setting("sending.avoid_holidays", "tick"),
        _opt("sending.country"),
        Setting("sending.spread", "duration"),
        Setting("sending.soft_opt_in", "list"),
    ),
    "channels": (
        _opt("channels.email.tenant"),
        Setting("channels.sms", "part"),
        _opt("channels.sms.sender_id"),
        Setting("channels.sms.kind", "choice", ("Promotional", "Transactional")),
        _opt("channels.sms.max_price", "amount"),
        Setting("channels.sms.most_segments", "whole"),
        Setting("channels.sms.opt_out"),
        Setting("channels.push", "part"),
        _opt("channels.push.ios"),
        _opt("channels.push.android"),
        Setting("channels.web_push", "part"),
        Setting("channels.web_push.contact"),
        Setting("channels.webhook", "part"),
        Setting("channels.webhook.url", "url"),
    ),
    "discounts": (
        Setting("discounts.cooldown", "duration"),
        Setting("discounts.minimum_basket", "amount"),
        Setting("discounts.scope", "choice", tuple(get_args(CodeScope))),
        Setting("discounts.collections", "list"),
        Setting("discounts.stock", "list"),
        Setting("discounts.warn_below", "whole"),
        Setting("points.enabled", "tick"),
        Setting("points.per_unit", "amount"),
        Setting("points.tax", "choice", ("included", "excluded")),
        Setting("points.orders", "choice", ("counting", "paid")),
    ),
    "pages": (
        Setting("pages.double_opt_in", "tick"),
        _opt("pages.colour", "colour"),
        Setting("pages.sign_up_asks", "several", _ASKED),
        Setting("pages.questionnaire_asks", "several", _ASKED),
        Setting("pages.topics", "list"),
        Setting("pages.wording", "lines"),
        Setting("pages.test_addresses", "list"),
        *(
            _opt(f"pages.{one}", "url")
            for one in ("guide", "video", "video_still", "webinar", "chat", "returns")
        ),
    ),
    "levels": tuple(
        Setting(f"levels.{one}", "whole" if one.endswith(_COUNTED) else "duration") for one in _LEVELS
    ),
    "results": (
        Setting("results.clicked_within", "duration"),
        Setting("results.opened_within", "duration"),
        Setting("results.received_within", "duration"),
        Setting("results.compared_for", "duration"),
        _opt("results.margin_percent", "whole"),
        _opt("results.sms_price", "amount"),
    ),
    "site": (
        Setting("allowed_origins", "list"),
        Setting("tag.mail_links", "tick"),
        Setting("site_kept_days", "whole"),
    ),
    "platform": (
        _opt("api", "url"),
        Setting("reconcile_minutes", "whole"),
        Setting("recompute_minutes", "whole"),
        _opt("consent_field"),
        Setting("transfer_gateways", "list"),
        Setting("order_states", "lines"),
    ),
}
"""By topic, in the order in which they are shown."""

_BEGINNINGS = {"channels": {"sms": SmsSettings().model_dump(mode="json")}}
"""Of parts that are off, as far as they have defaults."""

SECRETS = ("webhook", "api", "tag", "outgoing_webhook")
"""What may be typed in and never comes back (services.shops.ShopSecrets)."""


def filled(topic: str, shop: Mapping[str, Any]) -> list[Filled]:
    """The form of a topic as the settings stand; of a part that is off, what it would begin with."""
    parts = {one.path: _at(shop, one.path) for one in TOPICS[topic] if one.kind == "part"}
    beginning = [f"{path}." for path, told in parts.items() if told is None]
    return [
        _filled(one, _at(_BEGINNINGS if one.path.startswith(tuple(beginning)) else shop, one.path))
        for one in TOPICS[topic]
    ]


def typed(topic: str, form: Form, wrong: Refused) -> list[Filled]:
    """The form as it was typed, with what was refused at its input."""
    told = [_typed(one, form) for one in TOPICS[topic]]
    field = wrong.field.partition("[")[0]
    fitting = [
        one.setting.path
        for one in told
        if field == one.setting.path or field.startswith(one.setting.path + ".")
    ]
    at = max(fitting, key=len, default="")
    return [
        one._replace(wrong=f"{wrong.problem} {wrong.remedy}") if one.setting.path == at else one
        for one in told
    ]


def changed(topic: str, shop: Mapping[str, Any], form: Form) -> dict[str, Any]:
    """The shop's settings with those of the topic as typed. Raises Refused for what can't be read."""
    body: dict[str, Any] = copy.deepcopy(dict(shop))
    off: list[str] = []
    for one in TOPICS[topic]:
        if any(one.path.startswith(f"{part}.") for part in off):
            continue
        if one.kind == "part":
            on = bool(form.get(one.path))
            _put(body, one.path, (_at(body, one.path) or {}) if on else None)
            off += [] if on else [one.path]
            continue
        _put(body, one.path, _read(one, form))
    return body


def _filled(one: Setting, value: Any) -> Filled:
    match one.kind:
        case "duration":
            amount, unit = duration_parts(value) if value else ("", "D")
            return Filled(one, amount, unit)
        case "list":
            return Filled(one, "\n".join(str(told) for told in value or ()))
        case "lines":
            return Filled(one, "\n".join(f"{name} = {told}" for name, told in (value or {}).items()))
        case "hours":
            told = value or {}
            return Filled(one, (str(told.get("start", ""))[:5], str(told.get("end", ""))[:5]))
        case "tick":
            return Filled(one, bool(value))
        case "part":
            return Filled(one, value is not None)
        case "several":
            return Filled(one, tuple(value or ()))
    return Filled(one, "" if value is None else str(value))


def _typed(one: Setting, form: Form) -> Filled:
    match one.kind:
        case "duration":
            return Filled(one, _one(form, one.path), _one(form, f"{one.path}.unit") or "D")
        case "hours":
            return Filled(one, (_one(form, f"{one.path}.start"), _one(form, f"{one.path}.end")))
        case "tick" | "part":
            return Filled(one, bool(form.get(one.path)))
        case "several":
            return Filled(one, tuple(form.get(one.path, ())))
    return Filled(one, _one(form, one.path))


def _read(one: Setting, form: Form) -> Any:
    text = _one(form, one.path)
    match one.kind:
        case "tick":
            return bool(form.get(one.path))
        case "several":
            return [told for told in form.get(one.path, ()) if told]
        case "list":
            return [told.strip() for told in re.split(r"[,\n]", text) if told.strip()]
        case "lines":
            return dict(_lines(one.path, text))
        case "hours":
            start, end = _one(form, f"{one.path}.start"), _one(form, f"{one.path}.end")
            return {"start": start, "end": end} if start or end else None
        case "duration":
            return duration_text(text, _one(form, f"{one.path}.unit"))
        case "whole":
            if one.optional and not text:
                return None
            return int(text) if re.fullmatch(r"-?\d{1,9}", text) else text
    return None if one.optional and not text else text


def _lines(path: str, text: str) -> list[tuple[str, str]]:
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            name, equals, told = line.partition("=")
            if not equals:
                raise Refused(path, f"Line {number} has no equals sign.", "Write name = value on each line.")
            found.append((name.strip(), told.strip()))
    return found


def _one(form: Form, name: str) -> str:
    return form.get(name, [""])[0].strip()


def _at(body: Mapping[str, Any], path: str) -> Any:
    told: Any = body
    for name in path.split("."):
        told = told.get(name) if isinstance(told, dict) else None
    return told


def _put(body: dict[str, Any], path: str, value: Any) -> None:
    *within, last = path.split(".")
    told = body
    for name in within:
        if not isinstance(told.get(name), dict):
            told[name] = {}
        told = told[name]
    told[last] = value


def secrets_of(form: Form) -> dict[str, Any]:
    """The secrets that were typed in; those left empty stay as they are."""
    told: dict[str, Any] = {name: text for name in SECRETS if (text := _one(form, f"secrets.{name}"))}
    return told | ({"previous": None} if form.get("secrets.close_former") else {})
