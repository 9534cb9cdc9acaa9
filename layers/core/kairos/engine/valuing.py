"""What the members of rules are worth right now, in one pass for all of them."""

from collections.abc import Sequence

from kairos.domain.criteria.rule import Rule
from kairos.domain.moment import Moment
from kairos.engine.asking import Partition
from kairos.engine.plan import Plan, words_of
from kairos.engine.worth import Worth, worth

_TABLE = "valued"


def valued(partition: Partition, rules: Sequence[Rule], moment: Moment) -> list[Worth]:
    """Of each rule, in their order."""
    if not rules:
        return []
    plan = Plan(moment, partition.words)
    found = plan.select(words_of([rule.sql(plan) for rule in rules]), partition.sources)
    # A table, since worth reads it twice.
    partition.connection.execute(f"CREATE OR REPLACE TEMP TABLE {_TABLE} AS {found}")
    told = worth(partition, _TABLE, range(len(rules)))
    partition.connection.execute(f"DROP TABLE {_TABLE}")
    return [told[at] for at in range(len(rules))]
