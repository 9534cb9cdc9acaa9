"""What the snapshot is told between two compactions: customers as they were read, a line of JSON for each."""

import gzip
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from pydantic import ValidationError
from pydantic_core import to_jsonable_python

from kairos.domain.profile import Profile
from kairos.engine.manifest import NEVER, PartitionManifest, SnapshotBroken

_UNSTORED = {name: field.default for name, field in Profile.model_fields.items() if field.exclude}


class Line(NamedTuple):
    """One customer. profile: with all that rules ask of it; None: there is no such customer (any more).

    version: of the stored profile. words: the membership, 64 segments a word; positions, thresholds: the
    layout's length and the version of the thresholds it was found by. due: when time alone may change it,
    seconds since 1970.
    """

    customer: str
    profile: Profile | None
    version: str = ""
    words: tuple[int, ...] = ()
    positions: int = 0
    thresholds: int = 0
    due: int = NEVER

    @property
    def replaced(self) -> frozenset[str]:
        """The customers whose place it takes: who merged into this one is none any more.

        Visitors are left out: nobody who is but a visitor has a profile.
        """
        nodes = self.profile.nodes if self.profile else ()
        return frozenset({self.customer, *(node for node in nodes if node[0] != "v")})

    def due_by(self, manifest: PartitionManifest) -> int:
        """When to look at the customer again, seconds since 1970.

        At once, where the membership was found by rules or thresholds older than the last full pass's.
        """
        if self.profile is None:
            return NEVER
        is_stale = self.positions < manifest.positions or self.thresholds < manifest.thresholds
        return 0 if is_stale else self.due


def merge(changes: Iterable[Sequence[Line]]) -> list[Line]:
    """The one change that many add up to, oldest first; within one, what is told of a customer goes before
    what is told of whom they merged into."""
    alive: dict[str, Line] = {}
    gone: set[str] = set()
    for lines in changes:
        replaced = {one for line in lines for one in line.replaced}
        gone |= replaced
        for customer in replaced:
            alive.pop(customer, None)
        alive.update({line.customer: line for line in lines if line.profile is not None})
    vanished = [Line(customer, None) for customer in sorted(gone - alive.keys())]
    return [*vanished, *(alive[customer] for customer in sorted(alive))]


def pack(lines: Iterable[Line]) -> bytes:
    """The lines as the bytes of a file, the same for equal lines."""
    return gzip.compress("".join(_text(line) for line in lines).encode(), 6, mtime=0)


def unpack(name: str, file: Path | BinaryIO) -> Iterator[Line]:
    """The lines of a file; name: for the error. Raises SnapshotBroken where it is damaged or of another
    schema."""
    try:
        with gzip.open(file, "rt", encoding="utf-8") as text:
            for line in text:
                yield _line(json.loads(line))
    except (OSError, EOFError, ValueError, KeyError, TypeError) as wrong:
        # ValidationError is a ValueError.
        problem = "It does not validate." if isinstance(wrong, ValidationError) else "It is damaged."
        raise SnapshotBroken(name, problem) from wrong


def _text(line: Line) -> str:
    told = line._asdict() | {"profile": _body(line.profile) if line.profile else None}
    return json.dumps(told, separators=(",", ":")) + "\n"


def _body(profile: Profile) -> dict[str, Any]:
    """All of the profile, also what is never stored with it."""
    unstored = {name: getattr(profile, name) for name in _UNSTORED}
    told = {name: value for name, value in unstored.items() if value != _UNSTORED[name]}
    return profile.as_json() | {
        name: to_jsonable_python(value, exclude_none=True) for name, value in told.items()
    }


def _line(told: dict[str, Any]) -> Line:
    body = told["profile"]
    profile = None if body is None else Profile.model_validate(body)
    return Line(**told | {"profile": profile, "words": tuple(told["words"])})
