"""Where the runs of a scenario stand now, as the snapshot knows them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from kairos.engine.asking import Partition
from kairos.engine.under_way import under_way


def count_under_way(partitions: Iterable[Partition], scenario: str) -> Counter[frozenset[str]]:
    """Runs under way by the steps that they have behind them."""
    found: Counter[frozenset[str]] = Counter()
    for one in partitions:
        found += under_way(one, scenario)
    return found


def shown(told: Mapping[frozenset[str], int]) -> list[dict[str, Any]]:
    """As the API answers it: [{"behind", "runs"}], the most first."""
    listed = [{"behind": sorted(steps), "runs": runs} for steps, runs in told.items()]
    return sorted(listed, key=lambda one: (-int(str(one["runs"])), one["behind"]))
