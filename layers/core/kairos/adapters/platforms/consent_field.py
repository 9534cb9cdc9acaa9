"""The shop's own field for consent, on platforms that have none."""

from datetime import datetime
from typing import Any

from kairos.adapters.platforms.fields import Fields
from kairos.domain.consent import ConsentState, ConsentStatement

_YES = frozenset({"1", "true", "yes", "on", "y", "granted", "subscribed", "opted-in", "optin"})
_NO = frozenset({"0", "false", "no", "off", "n", "withdrawn", "unsubscribed", "opted-out", "optout"})


def by_field(
    body: Fields, path: str | None, email: str | None, stated_at: datetime, source: str
) -> tuple[ConsentStatement, ...]:
    """What the field at `path` says of e-mail; empty where it is absent, empty or says neither.

    path: "newsletter" or "extra.newsletter" into the body; "meta_data.newsletter" the entry of that key.
    """
    state = _state(_value(body, path.split("."))) if path else None
    if state is None or not email:
        return ()
    return (
        ConsentStatement(channel="email", address=email, state=state, stated_at=stated_at, source=source),
    )


def _value(body: Fields, path: list[str]) -> Any:
    told: Any = body.raw(path[0])
    for place, name in enumerate(path[1:], start=1):
        if isinstance(told, list):
            key = ".".join(path[place:])  # keys of meta data may hold dots themselves
            return next(
                (_entry(one) for one in told if isinstance(one, dict) and one.get("key") == key), None
            )
        told = told.get(name) if isinstance(told, dict) else None
    return told


def _entry(one: dict[str, Any]) -> Any:
    return one.get("value")


def _state(told: Any) -> ConsentState | None:
    if isinstance(told, bool):
        return "granted" if told else "withdrawn"
    word = str(told).strip().lower() if isinstance(told, str | int) else ""
    if word in _YES:
        return "granted"
    return "withdrawn" if word in _NO else None
