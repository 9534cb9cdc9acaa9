"""What visitors do on the shop's site: funnel, paths, where they come in and leave, forms, and when."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from kairos import keys
from kairos.console.asked import Answer, Asked
from kairos.console.charts import Bar
from kairos.console.sections import SHOP, Route, Section
from kairos.console.site_charts import change, heat
from kairos.domain.errors import Refused
from kairos.domain.site.figures import DEVICE_NAMES, VISITORS
from kairos.engine.manifest import SnapshotBroken
from kairos.services.site.asking import kept_from
from kairos.services.site.showing import show_site

_PERIODS = (7, 28, 90)
"""Days before now that are offered; more than are kept are not."""

_TONES = {"order": "good"}


def show(asked: Asked) -> Answer:
    """The page. Asked for a time that can't be, it says why and shows the usual one."""
    query = _query(asked)
    wrong, broken, told = None, False, None
    try:
        told = show_site(asked.parts.sites(), asked.here.id, query)
    except Refused as refusal:
        wrong = refusal
    except SnapshotBroken:
        broken = True
    kept = kept_from(asked.here, asked.parts.clock.now())
    return asked.page(
        "site.html",
        status=400 if wrong else 200,
        told=told,
        wrong=wrong,
        broken=broken,
        chosen={name: query.get(name, "") for name in ("device", "visitors")},
        start=query.get("from") or (_day(asked, told["from"]) if told else ""),
        end=query.get("to") or (_day(asked, told["to"]) if told else ""),
        kept=kept,
        periods=_periods(asked, kept),
        devices=DEVICE_NAMES,
        sides=VISITORS,
        funnel=_funnel(asked, told) if told else [],
        by_device=_by_device(asked, told) if told else [],
        heat=_heat(asked, told) if told else "",
        change=change,
        named=_named(asked, told) if told else {},
    )


def _query(asked: Asked) -> dict[str, str]:
    """What the form asks for; what it leaves open is the page's own choice."""
    wanted = {name: asked.query.get(name, "").strip()[:40] for name in ("from", "to", "device", "visitors")}
    days = asked.query.get("days", "")
    if days.isdecimal() and len(days) <= 3 and not wanted["from"]:
        end = asked.parts.clock.now()
        wanted["from"] = (end - timedelta(days=int(days))).astimezone(asked.here.zone).date().isoformat()
    return {name: value for name, value in wanted.items() if value} | {"limit": "10", "steps": "4"}


def _periods(asked: Asked, kept: datetime) -> list[int]:
    now = asked.parts.clock.now()
    return [days for days in _PERIODS if now - timedelta(days=days) >= kept]


def _day(asked: Asked, instant: str) -> str:
    """As a field for a day takes it."""
    return datetime.fromisoformat(instant).astimezone(asked.here.zone).date().isoformat()


def _funnel(asked: Asked, told: Mapping[str, Any]) -> list[Bar]:
    steps = told["funnel"]["steps"]
    return [
        Bar(
            asked.say(f"site.step.{one['step']}"),
            one["reached"],
            f"{asked.formats.number(one['reached'])} ({asked.formats.percent(one['share'])})",
            _TONES.get(one["step"], "accent"),
        )
        for one in steps
    ]


def _by_device(asked: Asked, told: Mapping[str, Any]) -> list[Bar]:
    return [
        Bar(asked.say(f"site.device.{one['device']}"), one["visits"], asked.formats.number(one["visits"]))
        for one in sorted(told["by_device"], key=lambda one: -one["visits"])
    ]


def _heat(asked: Asked, told: Mapping[str, Any]) -> Any:
    rows: dict[str, list[float]] = {}
    for one in told["times"]:
        rows.setdefault(asked.say(f"site.short_day.{one['weekday']}"), []).append(one["visits"])

    def tell(day: str, hour: int, visits: float) -> str:
        return asked.say("site.cell", day=day, hour=hour, n=int(visits))

    return heat([*rows.items()], asked.say("site.times"), tell)


def _named(asked: Asked, told: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """What products and categories are called, as far as the shop still has them. One read."""
    shop, places = asked.here.id, [*told["exits"], *told["landings"]]
    places += [place for one in told["paths"] for place in one["path"]]
    wanted = {
        _KEYS[one["kind"]](shop, one["target"]): (one["kind"], one["target"])
        for one in places
        if one["kind"] in _KEYS
    }
    held = asked.parts.items.get_many(wanted)
    return {wanted[key]: item.body["title"] for key, item in held.items() if item.body.get("title")}


_KEYS = {"product": keys.product, "category": keys.category}


SECTION = Section(
    "site",
    (Route("GET", f"{SHOP}/site", "reader", show),),
    icon="M3 5h18v14H3zM3 9h18M7 15l3-3 2 2 4-4",
)
