"""A scenario's settings and holdout, as a form made from its schema."""

from collections.abc import Mapping, Sequence
from typing import Any

from kairos.console.asked import Answer, Asked
from kairos.console.pages.scenario import found, head
from kairos.console.pages.segments import names_of
from kairos.console.scenario_inputs import Filled, filled, inputs_of, posted, read
from kairos.domain.errors import NotReady, Refused
from kairos.services.codes.pools import pools
from kairos.services.scenarios import MOST_HOLDOUT, change_scenario

UNITS = ("m", "h", "D", "W", "M", "Y")


def show(asked: Asked) -> Answer:
    """As they stand, with the defaults beside."""
    told = head(asked, "settings")
    fields = filled(inputs_of(found(asked)), told["shown"]["settings"])
    return _page(asked, told, fields, str(told["shown"]["holdout_percent"]))


def change(asked: Asked) -> Answer:
    """Kept; or the form again with what is wrong at its field."""
    scenario, told = found(asked), head(asked, "settings")
    fields = posted(inputs_of(scenario), asked.form)
    share = asked.one("holdout_percent", "0") or "0"
    wish: dict[str, Any] = {
        "settings": read(fields, _occasions(told)),
        "holdout_percent": int(share) if share.isdecimal() else share,
    }
    parts, wanted = asked.parts, asked.parts.segments().want_recompute
    try:
        change_scenario(parts.items, parts.clock, asked.here, scenario.name, wish, wanted)
    except Refused as wrong:
        return _refused(asked, told, fields, share, wrong)
    return asked.go(f"{asked.at}/scenarios/{scenario.name}/settings", "scenarios.saved")


def _refused(
    asked: Asked, told: Mapping[str, Any], fields: Sequence[Filled], share: str, wrong: Refused
) -> Answer:
    why = f"{wrong.problem} {wrong.remedy}"
    name = wrong.field.removeprefix("settings.").partition(".")[0].partition("[")[0]
    marked = [one._replace(wrong=why) if one.input.name == name else one for one in fields]
    at_field = name == "holdout_percent" or any(one.wrong for one in marked)
    page = _page(
        asked, told, marked, share, "" if at_field else why, why if name == "holdout_percent" else ""
    )
    return page._replace(status=400)


def _page(
    asked: Asked,
    told: Mapping[str, Any],
    fields: Sequence[Filled],
    share: str,
    wrong: str = "",
    wrong_share: str = "",
) -> Answer:
    held = pools(asked.parts.items, asked.here.id, asked.here.discounts.warn_below)
    own = len(found(asked).settings.__annotations__)
    return asked.page(
        "scenario_settings.html",
        **told,
        fields=fields[:own],
        shared=fields[own:],
        share=share,
        most_share=MOST_HOLDOUT,
        wrong=wrong,
        wrong_share=wrong_share,
        units=UNITS,
        pools=[(one["pool"], one["free"]) for one in held],
        segments=sorted(names_of(asked).items(), key=lambda one: one[1].casefold()),
        occasions=[
            (name, one["names"].get(asked.language) or name) for name, one in _occasions(told).items()
        ],
        running=_running(asked, told),
    )


def _occasions(told: Mapping[str, Any]) -> dict[str, Any]:
    """The calendar in the box, and whatever the shop has added."""
    field = told["scenario"].settings.model_fields.get("occasions")
    if field is None:
        return {}
    boxed = {one.id: one.model_dump(mode="json") for one in field.default}
    return boxed | {one["id"]: one for one in told["shown"]["settings"]["occasions"]}


def _running(asked: Asked, told: Mapping[str, Any]) -> int | None:
    """Runs that keep the settings with which they began."""
    if told["scenario"].is_broadcast:
        return None
    populating = asked.parts.segments().populating
    try:
        return populating.population(populating.shelf(asked.here.id)).running(told["name"])
    except NotReady:
        return None
