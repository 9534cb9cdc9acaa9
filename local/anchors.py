"""The clock of a local stack: where it stood, so that it never runs backwards over a restart."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True)
class Anchors:
    """From the real instant on, the clock runs 1 / wait_scale times as fast, from the shown instant."""

    real: datetime
    shown: datetime
    wait_scale: float

    def reading(self, real_now: datetime) -> datetime:
        """What the clock shows at a real instant that is not before the anchor."""
        return self.shown + (real_now - self.real) / self.wait_scale

    def as_json(self) -> dict[str, str | float]:
        """Real and shown instant as ISO 8601, and the scale."""
        return {"real": self.real.isoformat(), "shown": self.shown.isoformat(), "wait_scale": self.wait_scale}

    @staticmethod
    def from_json(told: dict[str, str | float]) -> Anchors:
        """The inverse of as_json."""
        real, shown = (datetime.fromisoformat(str(told[key])) for key in ("real", "shown"))
        return Anchors(real, shown, float(told["wait_scale"]))


def begin(clock_file: Path, wait_scale: float, real_now: datetime) -> Anchors:
    """Anchors for a stack that starts now: from the last reading, or from real time if that is later."""
    shown = real_now
    if clock_file.exists():
        shown = max(shown, datetime.fromisoformat(json.loads(clock_file.read_text())["shown"]))
    return Anchors(real_now, shown, wait_scale)


def save_reading(clock_file: Path, anchors: Anchors, real_now: datetime) -> None:
    """Keep what the clock shows, for the next begin."""
    clock_file.write_text(json.dumps({"shown": anchors.reading(real_now).isoformat()}) + "\n")
