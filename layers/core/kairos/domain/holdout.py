"""Who is held out of a scenario: drawn once by lot, and kept to ever after."""

from collections.abc import Iterable

from kairos.domain.run import Run

HOLDOUT = "holdout"
"""The reason with which a run ends that was drawn into the holdout: it never had an execution."""


def is_held_out(run: Run) -> bool:
    """Whether this run stands for somebody who was held out."""
    return run.state == "ended" and run.reason == HOLDOUT


def holdout_of(earlier_runs: Iterable[Run], drawn: bool) -> bool:
    """Whether a new run of the customer in a scenario is held out.

    earlier_runs: the customer's of the same scenario, in any order; the first of them decides, also where
    the percentage was changed since, or where two customers turned out to be one. drawn: what the lot says
    (kairos.domain.scenario.in_holdout), which holds for who never had a run.

    So whoever was once mailed is never compared as one who was not, and the other way round: a comparison
    of two groups is worth something only if nobody changes sides.
    """
    first = min(earlier_runs, key=lambda run: (run.registered_at, run.id), default=None)
    return drawn if first is None else is_held_out(first)
