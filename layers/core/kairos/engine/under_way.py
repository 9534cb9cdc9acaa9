"""Where the runs of a scenario stand that are under way, in one partition of the snapshot."""

from collections import Counter

from kairos.engine.asking import Partition
from kairos.engine.sources import relation


def under_way(partition: Partition, scenario: str) -> Counter[frozenset[str]]:
    """Runs by the steps that they have behind them: sent, or left out.

    Of a customer with several runs at once, a step counts for each that began before it.
    """
    words = partition.words["scenario"]
    if scenario not in words:
        return Counter()
    here = f"scenario = {list(words).index(scenario)}"
    courses, messages, passed = (
        relation(partition.sources[name]) for name in ("courses", "messages", "passed_over")
    )
    rows = partition.connection.execute(
        f"WITH live AS (SELECT customer, ts FROM {courses}"
        f" WHERE {here} AND ended_at = 0 AND NOT held_out),"
        f" done AS (SELECT customer, ts, message FROM {messages} WHERE {here}"
        f" UNION ALL SELECT customer, ts, message FROM {passed} WHERE {here} AND NOT deferred)"
        " SELECT steps, count(*) FROM (SELECT live.customer, live.ts, list_sort(list_distinct("
        "list(message) FILTER (WHERE message IS NOT NULL))) AS steps FROM live LEFT JOIN done"
        " ON done.customer = live.customer AND done.ts >= live.ts GROUP BY ALL) GROUP BY steps"
    ).fetchall()
    named = partition.words["message"]
    found: Counter[frozenset[str]] = Counter()
    for steps, runs in rows:
        found[frozenset(str(named[one]) for one in steps or ())] += int(runs)
    return found
