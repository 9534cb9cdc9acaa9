"""What is counted of the visits asked about, and of as many days before: sums by which figures are told."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from kairos.domain.site.figures import DEVICE_NAMES, STEPS, VISITORS, Asked
from kairos.domain.site.places import Place
from kairos.domain.site.rows import UNKNOWN_VALUE
from kairos.engine.site.opening import OpenedSite

Counts = Counter[str]
"""Figure -> how many, or how much."""


class Both(NamedTuple):
    """What was counted in the time asked about, and in as long a time before."""

    now: Counts
    before: Counts


class Group(NamedTuple):
    """Visits on a device, of new or returning visitors; None: on any, of both."""

    device: str | None = None
    visitors: str | None = None


class Counted(NamedTuple):
    """visits, funnel: by group; a funnel is visits and values by the furthest step, "0" to "5". exits,
    landings, forms: by place. paths: by places. hours, weekdays: by number;
    times: by both, 24 for each weekday."""

    visits: Mapping[Group, Both]
    funnel: Mapping[Group, Both]
    paths: Mapping[tuple[Place, ...], Both]
    exits: Mapping[Place, Both]
    landings: Mapping[Place, Both]
    forms: Mapping[Place, Both]
    hours: Mapping[int, Both]
    weekdays: Mapping[int, Both]
    times: Mapping[int, Both]


def counted(site: OpenedSite, asked: Asked) -> Counted:
    """All that is shown of the site."""
    return _Counting(site, asked).counted()


class _Counting:
    def __init__(self, site: OpenedSite, asked: Asked) -> None:
        self._site, self._asked = site, asked
        start, before = _seconds(asked.start), _seconds(asked.before or asked.start)
        only = [f"began >= {before}", f"began < {_seconds(asked.end)}"]
        if asked.device is not None:
            only.append(f"device = {DEVICE_NAMES.index(asked.device)}")
        if asked.visitors is not None:
            only.append(f"is_new = {asked.visitors == VISITORS[0]}")
        self._run(
            f"CREATE OR REPLACE TABLE asked AS SELECT *, began >= {start} AS now FROM visits"
            f" WHERE {' AND '.join(only)}"
        )

    def counted(self) -> Counted:
        wandering = self._all("views > 1")
        entries = self._all("entry > 0")
        paths = self._top(
            f"path[:{self._asked.steps}]",
            f", {_CONVERTED}",
            "visits",
            "asked WHERE views > 1",
            wandering,
            "wandering",
        )
        landings = self._top(
            "entry",
            f", count_if(bounced) AS bounces, {_CONVERTED}",
            "entries",
            "asked WHERE entry > 0",
            entries,
            "all_entries",
        )
        exits = self._top("exit", "", "exits", "asked WHERE exit > 0")
        forms = self._top(
            "place",
            ", count_if(f.furthest >= 2) AS started, count_if(f.furthest >= 3) AS sent",
            "seen",
            "forms f JOIN asked USING (visit)",
        )
        self._add_views(exits)
        named = self._site.places({*exits, *landings, *forms, *(place for path in paths for place in path)})
        return Counted(
            self._visits(),
            self._funnel(),
            {tuple(named[place] for place in path): both for path, both in paths.items()},
            {named[place]: both for place, both in exits.items()},
            {named[place]: both for place, both in landings.items()},
            {named[place]: both for place, both in forms.items()},
            self._by("hour"),
            self._by("weekday"),
            self._by("weekday::INTEGER * 24 + hour"),
        )

    def _run(self, sql: str) -> list[tuple[Any, ...]]:
        return self._site.connection.execute(sql).fetchall()

    def _dicts(self, sql: str) -> Iterable[dict[str, Any]]:
        result = self._site.connection.execute(sql)
        names = [one[0] for one in result.description or ()]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    def _all(self, condition: str) -> Both:
        [[now, before]] = self._run(f"SELECT count_if(now), count_if(NOT now) FROM asked WHERE {condition}")
        return Both(Counter(all=now), Counter(all=before))

    def _visits(self) -> dict[Group, Both]:
        return self._grouped(
            "count(*) AS visits, count(DISTINCT visitor) AS visitors, count_if(is_new) AS new_visits,"
            " sum(views)::BIGINT AS views, sum(seconds)::BIGINT AS seconds, count_if(bounced) AS bounces,"
            f" {_CONVERTED}, sum(orders)::BIGINT AS orders, sum(revenue)::BIGINT AS revenue,"
            " sum(foreign_orders)::BIGINT AS foreign_orders"
        )

    def _funnel(self) -> dict[Group, Both]:
        """Of each group: visits that went as far as a step, "visits 1" and so on, with carts' values."""
        known = f"cart_value <> {UNKNOWN_VALUE}"
        sums = ", ".join(
            f"count_if(furthest = {step}) AS 'visits {step}',"
            f" coalesce(sum(cart_value) FILTER (furthest = {step} AND {known}), 0)::BIGINT AS 'value {step}',"
            f" count_if(furthest = {step} AND {known}) AS 'valued {step}'"
            for step in range(1, len(STEPS) + 1)
        ).replace("'", '"')
        return self._grouped(sums)

    def _grouped(self, sums: str) -> dict[Group, Both]:
        found: dict[Group, Both] = {Group(): Both(Counter(), Counter())}
        for row in self._dicts(
            f"SELECT now, device, is_new, grouping(device, is_new) AS parts, {sums} FROM asked"
            " GROUP BY GROUPING SETS ((now), (now, device), (now, is_new))"
        ):
            now, device, is_new, parts = (row.pop(name) for name in ("now", "device", "is_new", "parts"))
            group = _group(parts, device, is_new)
            both = found.setdefault(group, Both(Counter(), Counter()))
            (both.now if now else both.before).update(row)
        return found

    def _by(self, column: str) -> dict[int, Both]:
        found: dict[int, Both] = {}
        for row in self._dicts(
            f"SELECT {column} AS number, now, count(*) AS visits, {_CONVERTED} FROM asked GROUP BY ALL"
        ):
            both = found.setdefault(row.pop("number"), Both(Counter(), Counter()))
            (both.now if row.pop("now") else both.before).update(row)
        return found

    def _top(
        self,
        key: str,
        sums: str,
        counts: str,
        source: str,
        whole: Both | None = None,
        called: str = "",
    ) -> dict[Any, Both]:
        """The most frequent of the time asked about. counts: what the number of rows is called; sums: SQL of
        what else is counted, each after a comma.

        whole, called: of what shares are taken, and under which name.
        """
        told: dict[Any, Both] = {}
        for row in self._dicts(
            f"WITH found AS (SELECT {key} AS key, now, count(*) AS {counts}{sums} FROM {source}"
            " GROUP BY ALL),"
            f" top AS (SELECT key FROM found WHERE now ORDER BY {counts} DESC, key LIMIT {self._asked.limit})"
            " SELECT * FROM found SEMI JOIN top USING (key)"
        ):
            place = row.pop("key")
            both = told.setdefault(tuple(place) if isinstance(place, list) else place, _both(whole, called))
            (both.now if row.pop("now") else both.before).update(row)
        return told

    def _add_views(self, exits: Mapping[int, Both]) -> None:
        """How often each of these places was seen."""
        named = ", ".join(map(str, exits)) or "NULL"
        for place, now, views in self._run(
            f"SELECT place, now, count(*) FROM seen JOIN asked USING (visit) WHERE place IN ({named})"
            " GROUP BY ALL"
        ):
            (exits[place].now if now else exits[place].before)["views"] = views


_CONVERTED = "count_if(orders > 0) AS converted"
_BY_DEVICE, _BY_VISITORS = 1, 2
"""What grouping(device, is_new) says: a bit for each that is not grouped by."""


def _both(whole: Both | None, called: str) -> Both:
    if whole is None:
        return Both(Counter(), Counter())
    return Both(Counter({called: whole.now["all"]}), Counter({called: whole.before["all"]}))


def _group(parts: int, device: int, is_new: bool) -> Group:
    if parts == _BY_DEVICE:
        return Group(device=DEVICE_NAMES[device])
    return Group(visitors=VISITORS[0 if is_new else 1]) if parts == _BY_VISITORS else Group()


def _seconds(at: datetime) -> int:
    return int(at.timestamp())
