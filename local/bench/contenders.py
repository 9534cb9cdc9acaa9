"""One contender, run once in this process: python -m local.bench.contenders NAME ARGUMENT …

Prints its cost as a line of JSON, or a text that says why it cannot run here.
"""

import json
import sys
from collections.abc import Callable, Mapping
from typing import Any

from local.bench import engine_runs, few_customers, raw_facts, rivals_frames, rivals_postgres
from local.bench.measuring import once

CONTENDERS: Mapping[str, Callable[..., Any]] = {
    **engine_runs.CONTENDERS,
    **few_customers.CONTENDERS,
    **raw_facts.CONTENDERS,
    **rivals_frames.CONTENDERS,
    **rivals_postgres.CONTENDERS,
}
"""Each opens what is needed, and answers what is then measured (Run), or why nothing can be (str)."""


def main(name: str, *arguments: str) -> int:
    """Measure it."""
    run = CONTENDERS[name](*arguments)
    print(json.dumps(run if isinstance(run, str) else once(run)))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
