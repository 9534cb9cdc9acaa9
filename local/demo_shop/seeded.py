"""Chance that repeats itself."""

from random import Random


def seeded(seed: int, *what: object) -> Random:
    """A source of its own for each thing, so that adding one thing changes no other."""
    return Random(" ".join(map(str, (seed, *what))))  # noqa: S311 - a demo shop, not a secret
