"""A full pass that a rule which can't be answered does not keep from answering the others."""

from collections.abc import Sequence

from kairos.domain.criteria.rule import Rule
from kairos.domain.moment import Moment
from kairos.engine.asking import Partition
from kairos.engine.passing import memberships, write_memberships


def write_answerable(
    partition: Partition, rules: Sequence[Rule | None], moment: Moment, path: str
) -> dict[int, str]:
    """engine.passing.write_memberships of the rules that can be answered.

    Answers the positions of the others, with the kind of error: a mistake of ours, which it is not to tell
    by more than its name. Where no rule by itself is to blame, it raises what went wrong.
    """
    try:
        write_memberships(partition, rules, moment, path)
    except Exception:
        failed = {
            place: error
            for place, rule in enumerate(rules)
            if rule is not None and (error := _error_of(partition, rule, moment))
        }
        if not failed:
            raise
        answerable = [None if place in failed else rule for place, rule in enumerate(rules)]
        write_memberships(partition, answerable, moment, path)
        return failed
    return {}


def _error_of(partition: Partition, rule: Rule, moment: Moment) -> str:
    """The kind of error that the rule by itself ends in; "" where it is answered."""
    try:
        found = memberships(partition, [rule], moment)
        partition.connection.execute(f"SELECT sum(w0), min(due) FROM ({found})").fetchall()
    except Exception as error:
        return type(error).__name__
    return ""
