"""Everything that is measured, one section after the other: python -m local.bench [section …]."""

import sys

from local.bench import webhooks

SECTIONS = {"webhooks": webhooks.main}


def main(asked: list[str]) -> int:
    """Run the sections asked for, or all."""
    for name in asked or SECTIONS:
        print(f"\n== {name}", flush=True)
        SECTIONS[name]()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
