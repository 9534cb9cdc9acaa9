"""Home: what happened since yesterday, and what needs a hand."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from kairos import keys
from kairos.console.asked import Answer, Asked
from kairos.console.charts import Bar
from kairos.console.sections import SHOP, Route, Section
from kairos.domain.errors import NotReady, Refused
from kairos.domain.money import amount_text
from kairos.domain.scenarios.registry import SCENARIOS
from kairos.services.codes.pools import pools
from kairos.services.dead_letters.replaying import SHOWN, list_letters
from kairos.services.results.overview import BOUNCES, COMPLAINTS, Lately, lately
from kairos.services.results.showing import show_report
from kairos.services.scenarios import Standing
from kairos.services.segments.moving import Moved, moved_most, recent_days

_JUDGED_MAILS = 100
"""Of fewer mails a share says nothing: one complaint among ten is not 10 %."""

_TONES = {"delivered": "good", "opened": "accent", "clicked": "accent", "bounced": "bad", "complained": "bad"}


class Hand(NamedTuple):
    """Something that somebody should do. said: name of the sentence, with its values. to: where it is done,
    below the shop's address; "" where it is done elsewhere."""

    said: str
    values: Mapping[str, object]
    to: str = ""
    tone: str = "warn"


def show(asked: Asked) -> Answer:
    """The page. What the snapshot can't tell yet is left out, and said to be."""
    results, shop = asked.parts.results(), asked.here
    try:
        told: Lately | None = lately(results.snapshots, results.clock, shop)
    except NotReady:
        told = None
    standings = _standings(asked)
    return asked.page(
        "home.html",
        told=told,
        hands=[hand for find in _HANDS for hand in find(asked, told, standings)],
        outcomes=_outcomes(asked, told) if told else [],
        scenarios=_by_scenario(asked, told) if told else [],
        money=_money(asked, told) if told else None,
        moved=_named(asked, _moved(asked)),
        on=sum(one.enabled for one in standings.values()),
        compared=[name for name, one in standings.items() if one.enabled and one.holdout_percent],
    )


def show_uplift(asked: Asked) -> Answer:
    """What the held-out groups say, of each scenario that has one: a part of the page, counted after it."""
    results, found = asked.parts.results(), []
    for name, standing in _standings(asked).items():
        if standing.enabled and standing.holdout_percent:
            report = show_report(results, asked.here.id, SCENARIOS[name], {}, asked.language)
            found.append({"name": name, **report["holdout"], "brought": report["holdout"]["revenue"]})
    return asked.page("home_uplift.html", found=found)


def _standings(asked: Asked) -> dict[str, Standing]:
    """Of each scenario that the shop ever touched: one read."""
    place = keys.scenario_settings(asked.here.id, "")
    held = {item.key.sk.removeprefix(place.sk): item.body for item in asked.parts.items.query(*place)}
    return {name: Standing.model_validate(held[name]) for name in SCENARIOS if name in held}


def _outcomes(asked: Asked, told: Lately) -> list[Bar]:
    day = told.day
    names = ("sent", "delivered", "opened", "clicked", "bounced", "complained", "refused", "under_way")
    shown = [name for name in names if day.total(name) or name in {"sent", "delivered", "opened", "clicked"}]
    return [
        Bar(
            asked.say(f"home.outcome.{name}"),
            day.total(name),
            asked.formats.number(day.total(name)),
            _TONES.get(name, "pale"),
        )
        for name in shown
    ]


def _by_scenario(asked: Asked, told: Lately) -> list[dict[str, Any]]:
    names = sorted({name for name, _ in told.day.by_scenario})
    rows = [
        {
            "name": name,
            "started": told.day.of(name, "started"),
            "sent": told.day.of(name, "sent"),
            "revenue": amount_text(told.day.of(name, "revenue"), asked.here.currency),
        }
        for name in names
        if name in SCENARIOS
    ]
    return sorted(
        rows, key=lambda row: (-Decimal(str(row["revenue"])), -int(str(row["started"])), row["name"])
    )


def _money(asked: Asked, told: Lately) -> dict[str, Any]:
    day, currency = told.day, asked.here.currency
    touched = day.total("revenue")
    return {
        "all": amount_text(day.revenue, currency),
        "touched": amount_text(touched, currency),
        "share": touched / day.revenue if day.revenue else None,
    }


def _moved(asked: Asked) -> list[Moved]:
    today = asked.parts.clock.now().astimezone(asked.here.zone).date()
    return moved_most(recent_days(asked.parts.items, asked.here.id, today, 7))


def _named(asked: Asked, moved: list[Moved]) -> list[tuple[str, Moved]]:
    """Each with the segment's name; without those that are gone or are ways into scenarios."""
    from kairos.console.pages.segments import names_of

    names = names_of(asked)
    return [(names[one.segment], one) for one in moved if one.segment in names]


def _low_pools(asked: Asked, _told: Lately | None, _standings: Mapping[str, Standing]) -> list[Hand]:
    found = pools(asked.parts.items, asked.here.id, asked.here.discounts.warn_below)
    return [
        Hand("home.hand.pool", {"pool": one["pool"], "n": one["free"]}, to="/codes")
        for one in found
        if one["low"]
    ]


def _dead_letters(asked: Asked, _told: Lately | None, _standings: Mapping[str, Standing]) -> list[Hand]:
    told = list_letters(asked.parts.items, asked.parts.clock, asked.here.id)
    number = f"{SHOWN}+" if told["more"] else str(len(told["letters"]))
    return [Hand("home.hand.letters", {"number": number}, "/dead-letters", "bad")] if told["letters"] else []


def _reputation(asked: Asked, told: Lately | None, _standings: Mapping[str, Standing]) -> list[Hand]:
    if told is None or told.month.total("mails") < _JUDGED_MAILS:
        return []
    found = []
    for name, rate, line in (
        ("complaints", told.complaint_rate, COMPLAINTS),
        ("bounces", told.bounce_rate, BOUNCES),
    ):
        if rate is not None and rate >= line:
            values = {"rate": asked.formats.percent(rate, 2), "line": asked.formats.percent(line, 1)}
            found.append(Hand(f"home.hand.{name}", values, tone="bad"))
    return found


def _refused_settings(asked: Asked, _told: Lately | None, standings: Mapping[str, Standing]) -> list[Hand]:
    """Settings of an older version that are refused now: until they are corrected nothing starts."""
    found = []
    for name, standing in standings.items():
        try:
            SCENARIOS[name].read_settings(standing.settings)
        except Refused:
            found.append(
                Hand("home.hand.settings", {"scenario": asked.say(f"scenario_names.{name}")}, tone="bad")
            )
    return found


def _not_built(_asked: Asked, told: Lately | None, _standings: Mapping[str, Standing]) -> list[Hand]:
    return [] if told else [Hand("home.hand.not_built", {})]


def _nothing_on(_asked: Asked, _told: Lately | None, standings: Mapping[str, Standing]) -> list[Hand]:
    return [] if any(one.enabled for one in standings.values()) else [Hand("home.hand.nothing_on", {})]


_HANDS: tuple[Callable[[Asked, Lately | None, Mapping[str, Standing]], list[Hand]], ...] = (
    _not_built,
    _reputation,
    _refused_settings,
    _dead_letters,
    _low_pools,
    _nothing_on,
)
"""What is looked at; another thing that may need a hand is one function and one line here."""


SECTION = Section(
    "home",
    (
        Route("GET", SHOP, "reader", show),
        Route("GET", f"{SHOP}/uplift", "reader", show_uplift),
    ),
    icon="M4 11.5 12 4l8 7.5M6 10v10h12V10M10 20v-6h4v6",
)
