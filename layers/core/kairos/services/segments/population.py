"""A shop's customers as its snapshot keeps them, asked across all partitions."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import islice
from typing import NamedTuple

from kairos.domain.criteria.rule import Rule
from kairos.domain.moment import Moment
from kairos.domain.value import Instant
from kairos.engine import asking
from kairos.engine.asking import NOBODY, Change, Partition, Typical
from kairos.engine.valuing import valued
from kairos.engine.worth import NOTHING, Worth


class Glimpse(NamedTuple):
    """How many, of how many, and ids of some."""

    members: int
    of: int
    some: list[str]


@dataclass(frozen=True)
class Population:
    """partitions: all of the shop's, opened when they are come to: each question goes through them once, so
    that also those are asked that do not fit into memory together. moment: when they are asked.

    as_of: up to when the memberships are right; None where they never were yet.
    """

    partitions: Sequence[Partition]
    moment: Moment
    as_of: Instant | None

    def glimpse(self, rule: Rule, most: int) -> Glimpse:
        """How many the rule is true of, of how many, and some of them."""
        count, size, some = 0, 0, list[list[str]]()
        for one in self.partitions:
            more, found = asking.glimpse(one, rule, self.moment, most)
            count, size = count + more, size + asking.size(one)
            some.append(found)
        return Glimpse(count, size, list(islice(merge(*some), most)))

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

    def running(self, scenario: str) -> int:
        """Runs of the scenario that are under way."""
        return sum(asking.running(one, scenario) for one in self.partitions)

    def worth(self, rules: Mapping[str, Rule]) -> tuple[dict[str, Worth], int]:
        """What those are worth of whom each rule is true, and how many customers there are."""
        found, size = dict.fromkeys(rules, NOTHING), 0
        for partition in self.partitions:
            told = valued(partition, list(rules.values()), self.moment)
            found = {name: found[name].plus(more) for name, more in zip(rules, told, strict=True)}
            size += asking.size(partition)
        return found, size

    def typical(self, rule: Rule) -> tuple[Typical, int]:
        """What those are like whom it is true of, and of how many customers they are."""
        found, size = NOBODY, 0
        for one in self.partitions:
            found, size = found.plus(asking.typical(one, rule, self.moment)), size + asking.size(one)
        return found, size


Populate = Callable[[str], Population]
"""Opens a shop's snapshot, by the shop's id. Raises NotFound for no shop, SnapshotBroken."""
