"""The shop's scenarios: which are on, and what each did of late."""

from collections.abc import Mapping
from typing import Any

from kairos.console.asked import Answer, Asked
from kairos.console.pages import scenario, scenario_runs, scenario_settings, scenario_switch
from kairos.console.sections import SHOP, Route, Section
from kairos.domain.errors import NotReady
from kairos.domain.money import amount_text
from kairos.engine.overview import NOTHING, Overview
from kairos.services.results.asking import USUAL
from kairos.services.results.glance import glance
from kairos.services.scenarios import show_scenarios

FAMILIES: Mapping[str, tuple[str, ...]] = {
    "carts": ("abandoned_cart", "browse_reminder", "undecided_help", "price_drop"),
    "first": ("prospects", "second_order"),
    "after": ("order_follow_up", "satisfaction", "review_request", "referral"),
    "more": ("cross_sell", "upsell", "replenishment"),
    "loyal": ("loyalty_reward", "big_spender_perks", "coupon_customers", "occasion"),
    "back": ("win_back", "wake_up", "feedback_request", "sunset"),
    "many": ("launch_announcement", "season", "newsletter"),
}
"""In the order in which they are listed; each scenario stands in one, save the campaign, which has pages of
its own."""

KINDS = ("all", "on", "off")


def show(asked: Asked) -> Answer:
    """All of them, by what they are for."""
    kind = asked.query.get("kind", "all")
    shown = {one["scenario"]: one for one in show_scenarios(asked.parts.items, asked.here)}
    on = [name for name in shown if shown[name]["enabled"]]
    figures, counted = _figures(asked)
    families = [
        (family, [_row(asked, shown[name], figures) for name in names if _is(kind, shown[name])])
        for family, names in FAMILIES.items()
    ]
    return asked.page(
        "scenarios.html",
        families=[(family, rows) for family, rows in families if rows],
        kind=kind if kind in KINDS else "all",
        kinds=KINDS,
        on=len(on),
        counted=counted,
        days=USUAL.days,
    )


def _figures(asked: Asked) -> tuple[Overview, bool]:
    """And whether they are known."""
    try:
        return glance(asked.parts.results(), asked.here), True
    except NotReady:
        return NOTHING, False


def _is(kind: str, shown: Mapping[str, Any]) -> bool:
    return kind not in {"on", "off"} or shown["enabled"] == (kind == "on")


def _row(asked: Asked, shown: Mapping[str, Any], figures: Overview) -> dict[str, Any]:
    name = shown["scenario"]
    return {
        "name": name,
        "enabled": shown["enabled"],
        "trouble": bool(shown["trouble"]),
        "holdout": shown["holdout_percent"],
        "started": figures.of(name, "started"),
        "sent": figures.of(name, "sent"),
        "orders": figures.of(name, "orders"),
        "revenue": amount_text(figures.of(name, "revenue"), asked.here.currency),
    }


_ONE = f"{SHOP}/scenarios/{{scenario}}"

SECTION = Section(
    "scenarios",
    (
        Route("GET", f"{SHOP}/scenarios", "reader", show),
        Route("GET", _ONE, "reader", scenario.show),
        Route("GET", f"{_ONE}/graph", "reader", scenario.show_graph),
        Route("GET", f"{_ONE}/report", "reader", scenario.show_report_page),
        Route("GET", f"{_ONE}/settings", "reader", scenario_settings.show),
        Route("POST", f"{_ONE}/settings", "marketer", scenario_settings.change),
        Route("GET", f"{_ONE}/switch", "marketer", scenario_switch.ask),
        Route("POST", f"{_ONE}/switch", "marketer", scenario_switch.switch),
        Route("GET", f"{_ONE}/start", "marketer", scenario_switch.show_start),
        Route("POST", f"{_ONE}/start", "marketer", scenario_switch.start),
        Route("GET", f"{_ONE}/runs", "reader", scenario_runs.show),
        Route("GET", f"{_ONE}/runs/{{run}}", "reader", scenario_runs.show_run),
        Route("GET", f"{_ONE}/runs/{{run}}/stop", "marketer", scenario_runs.ask_to_stop),
        Route("POST", f"{_ONE}/runs/{{run}}/stop", "marketer", scenario_runs.stop),
    ),
    icon="M6 4v6a4 4 0 0 0 4 4h4a4 4 0 0 1 4 4v2M6 10v10M3 7l3-3 3 3M15 17l3 3 3-3",
)
