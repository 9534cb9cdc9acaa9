"""What was done on the site, counted: the base of the criteria about behaviour."""

from abc import abstractmethod
from collections.abc import Callable, Iterable

from kairos.domain.activity import ActivityKind
from kairos.domain.catalogue import folded
from kairos.domain.codes import ACTIVITY_KINDS, code_of
from kairos.domain.criteria.criterion import Criterion
from kairos.domain.criteria.numbers import CountTest
from kairos.domain.criteria.query import Query, every, isin
from kairos.domain.criteria.times import TimeTest, window_of
from kairos.domain.moment import Moment
from kairos.domain.profile import Profile
from kairos.domain.visits import ActivityAct

AT_LEAST_ONCE = CountTest(at_least=1)
"""How often something must have happened where a rule does not say."""


def done_within(acts: Iterable[ActivityAct], window: TimeTest | None, moment: Moment) -> list[ActivityAct]:
    """Those of the acts that were done in the window."""
    return [act for act in acts if window is None or window.holds(act.at, moment)]


def over_acts(query: Query, aggregate: str, where: str, window: TimeTest | None) -> str:
    """A number over the acts for which `where` holds and that were done in the window, as SQL."""
    if where == "false":
        return "0"
    return query.feature("acts", aggregate, where, window_of(window, query.moment))


def kind_sql(kind: ActivityKind) -> str:
    """SQL over `acts`: it is of that kind."""
    return f"kind = {code_of(ACTIVITY_KINDS, kind)}"


def is_word(wanted: str) -> Callable[[str], bool]:
    """Whether a text is that word, whatever its case and the blanks around."""
    word = folded(wanted)
    return lambda text: folded(text) == word


class Done(Criterion):
    """Something was done so often. times: at least once if left out. window: done then."""

    times: CountTest | None = None
    window: TimeTest | None = None

    @abstractmethod
    def counted(self, moment: Moment) -> Callable[[ActivityAct], bool]:
        """Which acts count."""

    @abstractmethod
    def counted_sql(self, query: Query) -> str:
        """The same, as SQL over `acts`."""

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        done = done_within(filter(self.counted(moment), profile.acts), self.window, moment)
        return (self.times or AT_LEAST_ONCE).holds(len(done))

    def sql(self, query: Query) -> str:
        """See Criterion."""
        number = over_acts(query, "count(*)", self.counted_sql(query), self.window)
        return (self.times or AT_LEAST_ONCE).count_sql(number)


class DoneOfKind(Done):
    """Something of one kind of act was done, as far as a name and a stage choose among them."""

    @abstractmethod
    def of_kind(self) -> tuple[ActivityKind, str | None, str | None]:
        """The kind, the name (target) and the stage wanted, None for any."""

    def counted(self, moment: Moment) -> Callable[[ActivityAct], bool]:
        """See Done."""
        kind, name, stage = self.of_kind()
        named, staged = is_word(name or ""), is_word(stage or "")

        def counts(act: ActivityAct) -> bool:
            return (
                act.kind == kind
                and (name is None or (act.target is not None and named(act.target)))
                and (stage is None or (act.stage is not None and staged(act.stage)))
            )

        return counts

    def counted_sql(self, query: Query) -> str:
        """See Done."""
        kind, name, stage = self.of_kind()
        tests = [kind_sql(kind)]
        tests += [isin("target", query.codes("target", is_word(name)))] if name is not None else []
        tests += [isin("stage", query.codes("stage", is_word(stage)))] if stage is not None else []
        return every(tests)
