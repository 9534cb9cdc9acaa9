"""The base of every domain value: immutable, closed, comparable, with one canonical JSON form."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict


def in_utc(moment: datetime) -> datetime:
    """The same instant, told in UTC."""
    return moment.astimezone(UTC)


Instant = Annotated[AwareDatetime, AfterValidator(in_utc)]
"""An aware datetime, always held in UTC; a naive one is refused."""


_FIRST, _LAST = datetime.fromtimestamp(1, UTC), datetime.fromtimestamp(2**32 - 2, UTC)


def to_the_second(moment: datetime) -> datetime:
    """The instant as rules see it: whole seconds, between 1970 and 2106.

    So that the engine, which keeps times as unsigned 32-bit seconds with 0 for never, sees the very same.
    """
    return min(max(moment.astimezone(UTC).replace(microsecond=0), _FIRST), _LAST)


Second = Annotated[AwareDatetime, AfterValidator(to_the_second)]
"""An instant as facts about a customer state it, see to_the_second."""


class Value(BaseModel):
    """Frozen; unknown fields are refused, so that a typo never passes silently."""

    # What is wrong with an input ends in logs and in executions' histories; the input itself must not.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    def as_json(self) -> dict[str, Any]:
        """JSON-ready dict without fields that hold None, so that new optional fields change no hash."""
        return self.model_dump(mode="json", exclude_none=True)


def filled[V: Value](told: V, before: V) -> V:
    """The value as told; where it says nothing (None, or empty), as it was told before."""
    stated = {name: getattr(told, name) for name in type(told).model_fields}
    return before.model_copy(update={name: one for name, one in stated.items() if one not in (None, {}, ())})


def canonical_json(body: Any) -> str:
    """One text for equal bodies: keys sorted, no spaces."""
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(body: Any) -> str:
    """SHA-256 of the canonical JSON, 64 hex digits."""
    return hashlib.sha256(canonical_json(body).encode()).hexdigest()
