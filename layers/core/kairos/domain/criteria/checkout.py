"""The criterion about how far customers came in the checkout."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from kairos.domain.cart import CheckoutStep
from kairos.domain.catalogue import folded
from kairos.domain.codes import STEPS, code_of
from kairos.domain.criteria.acts import kind_sql, over_acts
from kairos.domain.criteria.criterion import Criterion
from kairos.domain.criteria.order_search import PURCHASED
from kairos.domain.criteria.query import Query, every, isin, some
from kairos.domain.criteria.times import TimeTest, window_of
from kairos.domain.moment import Moment
from kairos.domain.profile import Profile


class CheckoutProgress(Criterion):
    """Since the last order, one of the steps was reached in the window and none beyond it.

    What was reached is told by the tag (checkout_step: in its stage, else its target) and by carts that
    hold something and of which no order came (their step, at their last change). The last order: placed,
    paid yet or not; drafts, failed and test orders aside. Who ordered at or after a step went further.
    """

    kind: Literal["checkout_progress"] = "checkout_progress"
    steps: Annotated[tuple[CheckoutStep, ...], Field(min_length=1)]
    window: TimeTest | None = None

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        bought = max((order.placed_at for order in profile.orders if order.is_purchase), default=None)
        reached = [
            STEPS.index(step)
            for step, at in _reached(profile)
            if (bought is None or at > bought) and (self.window is None or self.window.holds(at, moment))
        ]
        return bool(reached) and STEPS[max(reached)] in self.steps

    def sql(self, query: Query) -> str:
        """See Criterion."""
        bought = query.feature("orders", "max(ts)", PURCHASED)
        latest = {step: self._latest(query, step) for step in STEPS[min(map(STEPS.index, self.steps)) :]}
        return some(
            every(
                f"{at} <= {bought}" if STEPS.index(beyond) > STEPS.index(step) else f"{at} > {bought}"
                for beyond, at in latest.items()
                if STEPS.index(beyond) >= STEPS.index(step)
            )
            for step in latest
            if step in self.steps
        )

    def _latest(self, query: Query, step: CheckoutStep) -> str:
        """When the step was last reached in the window, as SQL; 0 for never."""
        acts = over_acts(
            query, "max(ts)", every([kind_sql("checkout_step"), _step_sql(query, step)]), self.window
        )
        window = window_of(self.window, query.moment)
        of_step = f"NOT ordered AND items > 0 AND step = {code_of(STEPS, step)}"
        return f"greatest({acts}, {query.feature('carts', 'max(ts)', of_step, window)})"


def _reached(profile: Profile) -> Iterator[tuple[CheckoutStep, datetime]]:
    """Every step that was reached, and when."""
    for act in profile.acts:
        step = _step_in(act.stage) or _step_in(act.target)
        if act.kind == "checkout_step" and step is not None:
            yield step, act.at
    for cart in profile.carts:
        if cart.items > 0 and not cart.ordered:
            yield cart.step, cart.changed_at


def _step_in(text: str | None) -> CheckoutStep | None:
    """The step that a text names."""
    return next((step for step in STEPS if step == folded(text or "")), None)


def _step_sql(query: Query, step: CheckoutStep) -> str:
    """Whether an act names the step, in its stage, else in its target, as SQL over `acts`."""

    def names(text: str) -> bool:
        return _step_in(text) == step

    by_stage = isin("stage", query.codes("stage", names))
    no_stage = f"NOT {isin('stage', query.codes('stage', lambda text: _step_in(text) is not None))}"
    return some([by_stage, every([no_stage, isin("target", query.codes("target", names))])])
