"""How satisfied a customer seems: survey answers, returns, complaints and repeat orders as one score.

    score = 50 + surveys + returns + complaints + repeat orders, at least 0 and at most 100

surveys: 8 points for each point of the mean answer above 5 (of 10), as many less below it: -40 to 40.
returns: the share of the orders of which some or all was given back, times -30. complaints to support: -15
each, -30 at most. repeat orders: 5 for each after the first, 20 at most. Whole points; fractions are cut
off. All of what happened in `levels.satisfaction_window`; where nothing did, there is no score. The weights
are our own choice: one bad answer outweighs a year of orders, one good answer alone satisfies.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from kairos.domain.codes import STATUSES, code_of
from kairos.domain.criteria.acts import over_acts
from kairos.domain.criteria.behaviour import SupportContact
from kairos.domain.criteria.criterion import Comparison, Criterion
from kairos.domain.criteria.lately import within
from kairos.domain.criteria.numbers import CountTest
from kairos.domain.criteria.query import Query, every, isin, some
from kairos.domain.levels import Levels
from kairos.domain.moment import Moment
from kairos.domain.profile import Profile
from kairos.domain.purchases import OrderFact
from kairos.domain.value import Value

SatisfactionLevel = Literal["unhappy", "neutral", "very_satisfied"]

_START, _BEST = 50, 100
_PER_ANSWERED_POINT, _MEAN_ANSWER = 8, 5
_ALL_RETURNED = 30
_PER_COMPLAINT, _MOST_COMPLAINTS = 15, 30
_PER_REPEAT, _MOST_REPEATS = 5, 20

_COMPLAINT = SupportContact(complaint=True)


class SatisfactionParts(Value):
    """What a score is made of: how many of each, and the points that they give.

    surveys: answers; orders: that count or were wholly refunded, returned: of these, wholly or partly;
    repeat_orders: counting orders after the first.
    """

    surveys: int
    survey_points: int
    orders: int
    returned: int
    return_points: int
    complaints: int
    complaint_points: int
    repeat_orders: int
    repeat_points: int

    @property
    def score(self) -> int | None:
        """0 (worst) to 100 (best); None where nothing is known."""
        if not self.surveys and not self.orders and not self.complaints:
            return None
        points = self.survey_points + self.return_points + self.complaint_points + self.repeat_points
        return min(max(_START + points, 0), _BEST)


def satisfaction_parts(profile: Profile, moment: Moment) -> SatisfactionParts:
    """The parts of the customer's score at that moment."""
    lately = within(moment.shop.levels.satisfaction_window)
    answers = [one.score for one in profile.surveys if lately.holds(one.at, moment)]
    orders = [one for one in profile.orders if _bought(one) and lately.holds(one.placed_at, moment)]
    complains = _COMPLAINT.counted(moment)
    complaints = sum(complains(act) and lately.holds(act.at, moment) for act in profile.acts)
    returned = sum(order.returned for order in orders)
    repeats = max(sum(order.counts for order in orders) - 1, 0)
    mean = _PER_ANSWERED_POINT * sum(answers) // len(answers) if answers else None
    return SatisfactionParts(
        surveys=len(answers),
        survey_points=0 if mean is None else mean - _PER_ANSWERED_POINT * _MEAN_ANSWER,
        orders=len(orders),
        returned=returned,
        return_points=-(_ALL_RETURNED * returned // len(orders)) if orders else 0,
        complaints=complaints,
        complaint_points=-min(_PER_COMPLAINT * complaints, _MOST_COMPLAINTS),
        repeat_orders=repeats,
        repeat_points=min(_PER_REPEAT * repeats, _MOST_REPEATS),
    )


def satisfaction_level(score: int, levels: Levels) -> SatisfactionLevel:
    """The level that a score means."""
    if score < levels.unhappy_below:
        return "unhappy"
    return "very_satisfied" if score >= levels.very_satisfied_from else "neutral"


class SatisfactionIs(Comparison, Criterion):
    """The score is at one of the levels (any_of), or passes; of both given, both must hold."""

    comparing = ("any_of", "score")
    kind: Literal["satisfaction"] = "satisfaction"
    any_of: Annotated[tuple[SatisfactionLevel, ...], Field(min_length=1)] | None = None
    score: CountTest | None = None

    @model_validator(mode="after")
    def _has_a_score(self) -> Self:
        if self.score is not None and not any(map(self.score.holds, range(_BEST + 1))):
            raise ValueError("no score passes; scores are whole numbers from 0 to 100")
        return self

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        score = satisfaction_parts(profile, moment).score
        return score is not None and score in self._wanted(moment.shop.levels)

    def sql(self, query: Query) -> str:
        """See Criterion."""
        known, score = _score_sql(query)
        wanted = sorted(self._wanted(query.moment.shop.levels))
        return every([known, isin(score, wanted)])

    def _wanted(self, levels: Levels) -> frozenset[int]:
        """The scores that pass."""
        return frozenset(
            score
            for score in range(_BEST + 1)
            if (self.any_of is None or satisfaction_level(score, levels) in self.any_of)
            and (self.score is None or self.score.holds(score))
        )


def _bought(order: OrderFact) -> bool:
    """It counts, or did before all of it was given back."""
    return order.counts or (not order.test and order.standing == "refunded")


def _score_sql(query: Query) -> tuple[str, str]:
    """Whether there is a score, and the score, as SQL."""
    lately = within(query.moment.shop.levels.satisfaction_window)
    window = lately.as_window(query.moment)
    answers = query.feature("surveys", "count(*)", "", window)
    answered = query.feature("surveys", "sum(score)", "", window)
    bought = f"(counts OR status = {code_of(STATUSES, 'refunded')})"
    orders = query.feature("orders", "count(*)", bought, window)
    returned = query.feature("orders", "count(*)", f"({bought} AND returned)", window)
    counting = query.feature("orders", "count(*)", "counts", window)
    complaints = over_acts(query, "count(*)", _COMPLAINT.counted_sql(query), lately)
    points = [
        str(_START),
        f"CASE WHEN {answers} > 0 THEN {_PER_ANSWERED_POINT} * {answered} // {answers}"
        f" - {_PER_ANSWERED_POINT * _MEAN_ANSWER} ELSE 0 END",
        f"-CASE WHEN {orders} > 0 THEN {_ALL_RETURNED} * {returned} // {orders} ELSE 0 END",
        f"-least({_PER_COMPLAINT} * {complaints}, {_MOST_COMPLAINTS})",
        f"least({_PER_REPEAT} * greatest({counting} - 1, 0), {_MOST_REPEATS})",
    ]
    score = f"least(greatest({' + '.join(f'({one})' for one in points)}, 0), {_BEST})"
    return some(f"{number} > 0" for number in (answers, orders, complaints)), score
