"""The same check with fresh chance, or over some kinds alone.

PYTHONPATH=layers/core:. .venvs/dev/bin/python -m tests.agreement.fuzz --pairs 40000 --kinds last_order
"""

import argparse
import sys
from secrets import randbelow

from tests.agreement.check import CUSTOMERS, RULES_PER_WORLD, check
from tests.agreement.world import kinds_of_rules

_SEEDS = 10**9


def main() -> int:
    """Compare both readings; the seed printed repeats the run."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--pairs", type=int, default=1_000_000)
    asked.add_argument("--seed", type=int, default=randbelow(_SEEDS))
    asked.add_argument("--kinds", default="", help="only these, separated by commas")
    told = asked.parse_args()
    worlds = -(-told.pairs // (RULES_PER_WORLD * CUSTOMERS))
    kinds = [kind for kind in told.kinds.split(",") if kind]
    print(
        f"seed {told.seed}: {worlds} worlds of {RULES_PER_WORLD} rules and {CUSTOMERS} customers", flush=True
    )
    try:
        pairs, seen = check(range(told.seed, told.seed + worlds), kinds)
    except AssertionError as differing:
        print(differing)
        return 1
    rarest = min(kinds or kinds_of_rules(), key=lambda kind: seen[kind])
    print(f"{pairs:,} pairs agree; the rarest kind, {rarest}, stood in {seen[rarest]:,} rules")
    return 0


if __name__ == "__main__":
    sys.exit(main())
