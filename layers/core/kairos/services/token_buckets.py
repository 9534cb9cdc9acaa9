"""How often something may happen, remembered by one process alone. Light: receiving imports it."""

from collections.abc import Callable


class TokenBuckets:
    """A bucket for each name: `burst` tokens at most, `rate` more a second. monotonic: seconds that grow.

    Each process has buckets of its own, so that this keeps a runaway from costing much, and is no exact
    limit: with n processes up to n times as much passes. At most `most_held` names are remembered; the one
    that was forgotten begins with a full bucket.
    """

    def __init__(
        self, monotonic: Callable[[], float], rate: float, burst: int, most_held: int = 10_000
    ) -> None:
        self._monotonic = monotonic
        self._rate = rate
        self._burst = burst
        self._most_held = most_held
        self._held: dict[str, tuple[float, float]] = {}

    def take(self, name: str) -> bool:
        """Take a token of this name's bucket; False where there is none left."""
        now = self._monotonic()
        left, at = self._held.pop(name, (float(self._burst), now))
        left = min(self._burst, left + (now - at) * self._rate)
        taken = left >= 1
        if len(self._held) >= self._most_held:
            self._held.pop(next(iter(self._held)))
        self._held[name] = (left - 1 if taken else left, now)
        return taken
