"""A shop's customers as its snapshot keeps them, asked across all partitions."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import islice

from kairos.domain.criteria.rule import Rule
from kairos.domain.moment import Moment
from kairos.domain.value import Instant
from kairos.engine import asking
from kairos.engine.asking import NOBODY, Change, Partition, Typical


@dataclass(frozen=True)
class Population:
    """partitions: all of the shop's, opened. moment: when they are asked; its segments are those of the shop.

    as_of: up to when the memberships are right; None where they never were yet.
    """

    partitions: Sequence[Partition]
    moment: Moment
    as_of: Instant | None

    @property
    def size(self) -> int:
        """How many customers there are."""
        return sum(map(asking.size, self.partitions))

    def count(self, rule: Rule) -> int:
        """How many the rule is true of."""
        return sum(asking.count(one, rule, self.moment) for one in self.partitions)

    def members(self, rule: Rule, after: str, most: int) -> list[str]:
        """Ids of those it is true of, sorted, beginning after that id ("": with the first)."""
        found = (asking.members(one, rule, self.moment, after, most) for one in self.partitions)
        return list(islice(merge(*found), most))

    def change(self, old: Rule | None, new: Rule) -> Change:
        """Who enters and leaves when the new rule takes the old one's place."""
        enter, leave, running = 0, 0, Counter[str]()
        for one in self.partitions:
            more = asking.change(one, old, new, self.moment)
            enter, leave, running = enter + more.enter, leave + more.leave, running + more.running
        return Change(enter, leave, running)

    def typical(self, rule: Rule) -> Typical:
        """What those are like whom it is true of."""
        found = NOBODY
        for one in self.partitions:
            found = found.plus(asking.typical(one, rule, self.moment))
        return found


Populate = Callable[[str], Population]
"""Opens a shop's snapshot, by the shop's id. Raises NotFound for no shop, SnapshotBroken."""
