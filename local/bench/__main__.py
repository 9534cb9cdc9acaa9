"""Everything that is measured, one section after the other: python -m local.bench [section …].

A section is named by its first letters; the engine's figures end in bench/results.json.
"""

import json
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

from local.bench import engine, webhooks

RESULTS = Path("bench/results.json")


def main(asked: list[str]) -> int:
    """Run the sections asked for, or all."""
    chosen = [name for name in engine.SECTIONS if not asked or name.startswith(tuple(asked))]
    for name in chosen:
        print(f"\n== {name}: {(engine.SECTIONS[name].__doc__ or '').strip()}", flush=True)
        _keep(name, engine.SECTIONS[name]())
    if not asked or "webhooks".startswith(tuple(asked)):
        print("\n== webhooks", flush=True)
        webhooks.main()
    return 0


def _keep(section: str, figures: engine.Figures) -> None:
    """Put the section's figures in the place of its earlier ones."""
    known = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    known[section] = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "customers": engine.CUSTOMERS,
        **figures,
    }
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(known, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
