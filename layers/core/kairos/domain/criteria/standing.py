"""Criteria about where customers stand in their time with the shop: lifecycle, usage, the next order."""

from datetime import UTC, datetime
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, model_validator

from kairos.domain.codes import code_of
from kairos.domain.criteria.criterion import Criterion
from kairos.domain.criteria.durations import ExactDuration, exact_seconds
from kairos.domain.criteria.lately import older_than, within
from kairos.domain.criteria.query import Query, Turn, every, isin, some
from kairos.domain.criteria.ranks import above_sql, is_above, standing_of
from kairos.domain.moment import Moment
from kairos.domain.profile import Profile
from kairos.domain.standing import median_interval

Stage = Literal["prospect", "new", "loyal", "active", "withdrawing", "lost"]
UsageLevel = Literal["heavy", "average", "light"]
_STAGES: tuple[Stage, ...] = get_args(Stage)
_LAST_SECOND = 2**32 - 2


class Lifecycle(Criterion):
    """At one of the stages, of which every customer has exactly one: the first that is true of

    prospect: no order counts. new: the first order within `new_within`. lost: none within `lost_after`.
    withdrawing: silent for longer than `withdrawing_intervals` times their own median interval between
    orders, else the shop's. loyal: orders and revenue above the shop's average. active: the last order
    within `active_within`. All others are withdrawing.
    """

    kind: Literal["lifecycle"] = "lifecycle"
    any_of: Annotated[tuple[Stage, ...], Field(min_length=1)]

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        return lifecycle_stage(profile, moment) in self.any_of

    def sql(self, query: Query) -> str:
        """See Criterion."""
        levels = query.moment.shop.levels
        first, last = query.column("first_order"), query.column("last_order")
        loyal = every([above_sql(query, "orders", "average"), above_sql(query, "revenue", "average")])
        cases: tuple[tuple[str, Stage], ...] = (
            (f"{query.column('orders')} = 0", "prospect"),
            (within(levels.new_within).time_sql(query, first), "new"),
            (older_than(levels.lost_after).time_sql(query, last), "lost"),
            (_silent_sql(query), "withdrawing"),
            (loyal, "loyal"),
            (within(levels.active_within).time_sql(query, last), "active"),
        )
        whens = " ".join(f"WHEN {test} THEN {code_of(_STAGES, stage)}" for test, stage in cases)
        stage = f"(CASE {whens} ELSE {code_of(_STAGES, 'withdrawing')} END)"
        return isin(stage, (code_of(_STAGES, one) for one in self.any_of))


def lifecycle_stage(profile: Profile, moment: Moment) -> Stage:
    """The customer's stage, see Lifecycle."""
    orders, levels = profile.counting_orders, moment.shop.levels
    if not orders:
        return "prospect"
    if within(levels.new_within).holds(orders[0].placed_at, moment):
        return "new"
    if older_than(levels.lost_after).holds(orders[-1].placed_at, moment):
        return "lost"
    if _silent(profile, moment):
        return "withdrawing"
    who = standing_of(profile, moment)
    if is_above(who, "orders", "average", moment) and is_above(who, "revenue", "average", moment):
        return "loyal"
    return "active" if within(levels.active_within).holds(orders[-1].placed_at, moment) else "withdrawing"


def _seconds(at: datetime) -> int:
    return int(at.timestamp())


def _note(second: int, moment: Moment) -> None:
    """The answer may change at that second, if it lies within the times that rules know."""
    if second <= _LAST_SECOND:
        moment.note(datetime.fromtimestamp(second, UTC))


def _shops_interval(moment: Moment) -> int:
    """The shop's median interval between a customer's orders in seconds, 0 where nobody has ordered twice."""
    return moment.thresholds.of("interval").percentile(50) or 0


def _silent(profile: Profile, moment: Moment) -> bool:
    """Silent for longer than so many intervals; not where no interval is known."""
    orders = profile.counting_orders
    interval = median_interval(orders) or _shops_interval(moment)
    if not interval:
        return False
    ends = _seconds(orders[-1].placed_at) + moment.shop.levels.withdrawing_intervals * interval
    if ends >= _seconds(moment.now):
        _note(ends + 1, moment)
    return ends < _seconds(moment.now)


def _silent_sql(query: Query) -> str:
    now, own = _seconds(query.moment.now), query.column("order_interval")
    interval = f"(CASE WHEN {own} > 0 THEN {own} ELSE {_shops_interval(query.moment)} END)"
    times = query.moment.shop.levels.withdrawing_intervals
    ends = f"({query.column('last_order')}::BIGINT + {interval}::BIGINT * {times})"
    query.turn(ends, [Turn(now - 1, 1)])
    return every([f"{interval} > 0", f"{ends} < {now}"])


class UsageLevelIs(Criterion):
    """At one of the levels, by the counting orders placed in `usage_window`; who never ordered has none.

    heavy: `heavy_orders` or more. average: `average_orders` or more. light: fewer, or none any more.
    """

    kind: Literal["usage_level"] = "usage_level"
    any_of: Annotated[tuple[UsageLevel, ...], Field(min_length=1)]

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        lately = within(moment.shop.levels.usage_window)
        number = sum(lately.holds(order.placed_at, moment) for order in profile.counting_orders)
        return bool(profile.counting_orders) and _usage(number, moment) in self.any_of

    def sql(self, query: Query) -> str:
        """See Criterion."""
        levels = query.moment.shop.levels
        window = within(levels.usage_window).as_window(query.moment)
        number = query.feature("orders", "count(*)", "counts", window)
        tests: dict[UsageLevel, str] = {
            "heavy": f"{number} >= {levels.heavy_orders}",
            "average": f"{number} BETWEEN {levels.average_orders} AND {levels.heavy_orders - 1}",
            "light": f"{number} < {levels.average_orders}",
        }
        return every([f"{query.column('orders')} > 0", some(tests[one] for one in self.any_of)])


def _usage(orders: int, moment: Moment) -> UsageLevel:
    levels = moment.shop.levels
    if orders >= levels.heavy_orders:
        return "heavy"
    return "average" if orders >= levels.average_orders else "light"


class NextOrderDue(Criterion):
    """The customer's own median interval between orders, counted from the last, runs out.

    due_within: not yet, but within so long. overdue_since: so long ago, or longer. Unknown below two
    counting orders, and where they were all placed in the same second.
    """

    kind: Literal["next_order_due"] = "next_order_due"
    due_within: ExactDuration | None = None
    overdue_since: ExactDuration | None = None

    @model_validator(mode="after")
    def _one_test(self) -> Self:
        if (self.due_within is None) == (self.overdue_since is None):
            raise ValueError("compares with none or both; set exactly one of due_within, overdue_since")
        if self.due_within is not None and not exact_seconds(self.due_within):
            raise ValueError("a due_within of no time is never; use one such as 'P7D', or overdue_since")
        return self

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        orders, now = profile.counting_orders, _seconds(moment.now)
        interval = median_interval(orders)
        if not interval:
            return False
        due = _seconds(orders[-1].placed_at) + interval
        for ahead in self._turns():
            if due - ahead > now:
                _note(due - ahead, moment)
        if self.due_within is None:
            return due <= now - exact_seconds(self.overdue_since or "PT0S")
        return now < due <= now + exact_seconds(self.due_within)

    def sql(self, query: Query) -> str:
        """See Criterion."""
        now, interval = _seconds(query.moment.now), query.column("order_interval")
        due = f"({query.column('last_order')}::BIGINT + {interval})"
        query.turn(due, [Turn(now + ahead, -ahead) for ahead in self._turns()])
        if self.due_within is None:
            test = f"{due} <= {now - exact_seconds(self.overdue_since or 'PT0S')}"
        else:
            test = f"{due} BETWEEN {now + 1} AND {now + exact_seconds(self.due_within)}"
        return every([f"{interval} > 0", test])

    def _turns(self) -> tuple[int, ...]:
        """How many seconds before it is due the answer changes; negative for after."""
        if self.due_within is not None:
            return exact_seconds(self.due_within), 0
        return (-exact_seconds(self.overdue_since or "PT0S"),)
