"""A site counted one thing after the other, in plain Python, from what visitors did."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from itertools import zip_longest
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from kairos.domain.activity import Activity

PAUSE = timedelta(minutes=30)
STEPS = ["cart", "contact", "shipping", "payment", "order"]
DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
VIEWS = ["page", "category", "product"]


class CartTold(NamedTuple):
    visitor: str
    at: datetime
    total: int | None  # None: in another currency


class Bought(NamedTuple):
    """visitors: browsers of whoever ordered. net: None in another currency."""

    visitors: tuple[str, ...]
    at: datetime
    net: int | None
    counts: bool = True


class Visit:
    def __init__(self, visitor: str, first: Activity, is_new: bool) -> None:
        self.visitor, self.is_new, self.acts = visitor, is_new, [first]
        self.cart: tuple[datetime, int | None] | None = None
        self.orders: list[int | None] = []

    @property
    def began(self) -> datetime:
        return self.acts[0].at

    def holds(self, at: datetime) -> bool:
        return whole(self.began) <= whole(at) <= whole(self.acts[-1].at) + PAUSE

    @property
    def device(self) -> str:
        return next((one.device for one in self.acts if one.device), "unknown")

    @cached_property
    def places(self) -> list[tuple[str, str]]:
        views = [one for one in self.acts if one.kind in VIEWS]
        found: list[tuple[str, str]] = []
        for one, after in zip_longest(views, views[1:]):
            is_page = one.kind == "page"
            if is_page and after and after.kind != "page" and after.at - one.at <= timedelta(seconds=2):
                continue
            target = (one.target or "").split("?")[0]
            place = (one.kind, target.removeprefix("https://shop.example.com") or "/")
            if one.kind != "page":
                place = (one.kind, one.target or "")
            if not found or found[-1] != place:
                found.append(place)
        return found

    @property
    def furthest(self) -> int:
        """Of STEPS from 1, 0 for none."""
        reached = [0]
        for one in self.acts:
            if one.kind == "cart" and one.stage != "removed":
                reached.append(1)
            if one.kind == "checkout_step":
                reached.append(STEPS.index(one.stage) + 1 if one.stage in STEPS[:4] else 1)
        return 5 if self.orders else max(reached)

    @property
    def bounced(self) -> bool:
        busy = any(
            one.kind in ("cart", "checkout_step") or (one.kind == "form" and one.stage in ("started", "sent"))
            for one in self.acts
        )
        return len(self.places) == 1 and not busy and not self.orders

    @property
    def forms(self) -> dict[str, int]:
        far: dict[str, int] = {}
        for one in self.acts:
            if one.kind == "form":
                went = {"sent": 3, "started": 2}.get(one.stage or "", 1)
                far[one.target or ""] = max(went, far.get(one.target or "", 0))
        return far


def everyone(_: Visit) -> bool:
    return True


def whole(at: datetime) -> datetime:
    return at.replace(microsecond=0)


def visits_of(
    acts: Iterable[tuple[str, Activity]], carts: Iterable[CartTold] = (), bought: Iterable[Bought] = ()
) -> list[Visit]:
    by_visitor: dict[str, list[Activity]] = defaultdict(list)
    for visitor, one in acts:
        by_visitor[visitor].append(one)
    visits: list[Visit] = []
    for visitor, done in by_visitor.items():
        order = sorted(done, key=lambda one: (one.at, (VIEWS.index(one.kind) if one.kind in VIEWS else 3)))
        current = None
        for one in order:
            if current is not None and whole(one.at) - whole(current.acts[-1].at) <= PAUSE:
                current.acts.append(one)
            else:
                current = Visit(visitor, one, is_new=current is None)
                visits.append(current)
    for cart in carts:
        for visit in visits:
            under_way = visit is last_before(visits, cart.visitor, cart.at) and visit.holds(cart.at)
            if under_way and (visit.cart is None or visit.cart[0] <= cart.at):
                visit.cart = (cart.at, cart.total)
    for one in bought:
        lately = [last_before(visits, visitor, one.at) for visitor in one.visitors]
        under_way = [visit for visit in lately if visit and visit.holds(one.at)]
        if under_way and one.counts:
            max(under_way, key=lambda visit: visit.began).orders.append(one.net)
    return visits


def last_before(visits: Sequence[Visit], visitor: str, at: datetime) -> Visit | None:
    theirs = [one for one in visits if one.visitor == visitor and whole(one.began) <= whole(at)]
    return max(theirs, key=lambda one: one.began, default=None)


def share(part: int, of: int) -> float | None:
    return round(part / of, 6) if of else None


def amount(minor: int) -> str:
    return f"{minor / 100:.2f}"


class Site:
    """The answer that is expected of these visits. steps: of a path. before: compared with or not."""

    def __init__(self, visits: Sequence[Visit], zone: str, start: datetime, end: datetime, steps: int = 5):
        self.zone, self.steps = ZoneInfo(zone), steps
        self.now = [one for one in visits if whole(start) <= whole(one.began) < whole(end)]
        self.past = [one for one in visits if whole(start - (end - start)) <= whole(one.began) < whole(start)]

    def only(self, **wanted: Any) -> "Site":
        for name, value in wanted.items():
            self.now = [one for one in self.now if getattr(one, name) == value]
            self.past = [one for one in self.past if getattr(one, name) == value]
        return self

    def answer(self) -> dict[str, Any]:
        return {
            "total": self._row(totals, everyone),
            "by_device": [
                {"device": name, **self._row(totals, lambda one, name=name: one.device == name)}
                for name in ("unknown", "phone", "tablet", "mac", "windows", "linux")
                if any(one.device == name for one in (*self.now, *self.past))
            ],
            "by_visitors": [
                {"visitor": name, **self._row(totals, lambda one, new=new: one.is_new == new)}
                for name, new in (("new", True), ("returning", False))
            ],
            "funnel": {
                "steps": self._funnel(everyone),
                "by_device": [
                    {"device": name, "steps": self._funnel(lambda one, name=name: one.device == name)}
                    for name in ("unknown", "phone", "tablet", "mac", "windows", "linux")
                    if any(one.device == name for one in (*self.now, *self.past))
                ],
                "by_visitors": [
                    {"visitor": name, "steps": self._funnel(lambda one, new=new: one.is_new == new)}
                    for name, new in (("new", True), ("returning", False))
                ],
            },
            "paths": [
                {"path": [{"kind": kind, "target": target} for kind, target in path], **figures}
                for path, figures in self._listed(
                    "visits",
                    lambda one: [tuple(one.places[: self.steps])] if len(one.places) > 1 else [],
                    path_row,
                )
            ],
            "exits": [
                {"kind": kind, "target": target, **figures}
                for (kind, target), figures in self._listed("exits", lambda one: one.places[-1:], exit_row)
            ],
            "landings": [
                {"kind": kind, "target": target, **figures}
                for (kind, target), figures in self._listed(
                    "entries", lambda one: one.places[:1], landing_row
                )
            ],
            "forms": [
                {"form": name, **figures}
                for name, figures in self._listed("seen", lambda one: list(one.forms), form_row)
            ],
            "hours": [
                {"hour": hour, **self._row(time_row, lambda one, hour=hour: self._local(one).hour == hour)}
                for hour in range(24)
            ],
            "weekdays": [
                {"weekday": name, **self._row(time_row, lambda one, at=at: self._local(one).weekday() == at)}
                for at, name in enumerate(DAYS)
            ],
            "times": [
                {
                    "weekday": name,
                    "hour": hour,
                    **self._row(
                        time_row,
                        lambda one, at=at, hour=hour: (
                            self._local(one).weekday() == at and self._local(one).hour == hour
                        ),
                    ),
                }
                for at, name in enumerate(DAYS)
                for hour in range(24)
            ],
        }

    def _local(self, visit: Visit) -> datetime:
        return visit.began.astimezone(self.zone)

    def _row(self, figures: Any, which: Any) -> dict[str, Any]:
        now, past = ([one for one in some if which(one)] for some in (self.now, self.past))
        return {**figures(now), "before": figures(past)}

    def _funnel(self, which: Any) -> list[dict[str, Any]]:
        now, past = ([one for one in some if which(one)] for some in (self.now, self.past))
        return [
            {"step": name, **funnel_row(now, step), "before": funnel_row(past, step)}
            for step, name in enumerate(STEPS, start=1)
        ]

    def _listed(self, by: str, keys: Any, figures: Any) -> list[tuple[Any, dict[str, Any]]]:
        found = Counter(key for one in self.now for key in keys(one))
        rows = [
            (key, {**figures(self.now, key, keys), "before": figures(self.past, key, keys)}) for key in found
        ]
        return sorted(rows, key=lambda row: (-row[1][by], row[0]))


def ordered(visits: Iterable[Visit]) -> int:
    return sum(1 for one in visits if one.orders)


def totals(visits: Sequence[Visit]) -> dict[str, Any]:
    bounces, orders = sum(one.bounced for one in visits), [net for one in visits for net in one.orders]
    return {
        "visits": len(visits),
        "visitors": len({one.visitor for one in visits}),
        "new_visits": sum(one.is_new for one in visits),
        "views": sum(len(one.places) for one in visits),
        "seconds": sum(act.seconds or 0 for one in visits for act in one.acts),
        "bounces": bounces,
        "bounce_share": share(bounces, len(visits)),
        "converted": ordered(visits),
        "conversion": share(ordered(visits), len(visits)),
        "orders": len(orders),
        "revenue": amount(sum(net for net in orders if net is not None)),
        "foreign_orders": sum(net is None for net in orders),
    }


def funnel_row(visits: Sequence[Visit], step: int) -> dict[str, Any]:
    reached = sum(one.furthest >= step for one in visits)
    leavers = [one for one in visits if one.furthest == step and step < 5]
    values = [one.cart[1] for one in leavers if one.cart and one.cart[1] is not None]
    return {
        "reached": reached,
        "share": share(reached, sum(one.furthest >= 1 for one in visits)),
        "left": len(leavers),
        "left_share": share(len(leavers), reached),
        "left_value": amount(sum(values)),
        "left_valued": len(values),
    }


def path_row(visits: Sequence[Visit], path: Any, keys: Any) -> dict[str, Any]:
    these = [one for one in visits if path in keys(one)]
    wandering = sum(len(one.places) > 1 for one in visits)
    return {
        "visits": len(these),
        "share": share(len(these), wandering),
        "converted": ordered(these),
        "conversion": share(ordered(these), len(these)),
    }


def exit_row(visits: Sequence[Visit], place: Any, _keys: Any) -> dict[str, Any]:
    exits = sum(one.places[-1:] == [place] for one in visits)
    views = sum(one.places.count(place) for one in visits)
    return {"exits": exits, "views": views, "share": share(exits, views)}


def landing_row(visits: Sequence[Visit], place: Any, _keys: Any) -> dict[str, Any]:
    these = [one for one in visits if one.places[:1] == [place]]
    bounces = sum(one.bounced for one in these)
    return {
        "entries": len(these),
        "share": share(len(these), sum(bool(one.places) for one in visits)),
        "bounces": bounces,
        "bounce_share": share(bounces, len(these)),
        "converted": ordered(these),
        "conversion": share(ordered(these), len(these)),
    }


def form_row(visits: Sequence[Visit], form: Any, _keys: Any) -> dict[str, Any]:
    far = [one.forms.get(form, 0) for one in visits]
    seen, started, sent = (sum(went >= step for went in far) for step in (1, 2, 3))
    return {
        "seen": seen,
        "started": started,
        "sent": sent,
        "started_share": share(started, seen),
        "sent_share": share(sent, started),
    }


def time_row(visits: Sequence[Visit]) -> dict[str, Any]:
    return {
        "visits": len(visits),
        "converted": ordered(visits),
        "conversion": share(ordered(visits), len(visits)),
    }
