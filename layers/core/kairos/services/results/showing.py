"""From a request to the report, counted on the snapshot as it now stands."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from kairos.domain.errors import NotFound
from kairos.domain.results import VERDICTS
from kairos.domain.scenario import Scenario
from kairos.ports import Clock, Items
from kairos.services.results.asking import read_period, read_settings
from kairos.services.results.report import Wish, count, report
from kairos.services.scenarios import read_standing
from kairos.services.shops import load_shop
from kairos.services.snapshot.reading import Snapshots


class Results(NamedTuple):
    """What showing reports needs; `snapshots` stays from one request to the next."""

    items: Items
    clock: Clock
    snapshots: Snapshots


def show_report(
    given: Results, shop_id: str, scenario: Scenario, query: Mapping[str, str], language: str
) -> dict[str, Any]:
    """The scenario's report as JSON. language: one, or several as a browser lists them; else English.

    Raises NotFound for no shop, Refused naming the parameter, NotBuilt and SnapshotBroken.
    """
    shop = load_shop(given.items, shop_id)
    if shop is None:
        raise NotFound("shop", shop_id)
    now = given.clock.now()
    period, settings = read_period(query, now), read_settings(query, shop)
    manifest, partitions = given.snapshots.open_all(shop)
    as_of = manifest.as_of(now) or now
    percent = read_standing(given.items, shop.id, scenario).holdout_percent
    wish = Wish(shop, scenario, period, settings, percent, _spoken(language))
    return report(count(partitions, wish, as_of), wish, as_of)


def _spoken(language: str) -> str:
    """The first of the languages that reports are written in."""
    asked = (one.lower() for one in re.findall(r"[A-Za-z]{2,3}(?=[-;,\s]|$)", language))
    return next((one for one in asked if one in VERDICTS), "en")
