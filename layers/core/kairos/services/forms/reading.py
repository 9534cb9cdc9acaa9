"""What was posted, read against what was asked: values by field, or what is wrong with which of them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Literal, NamedTuple

from kairos.domain.answer import LONGEST_COMMENT
from kairos.domain.identity import folded_email
from kairos.services.forms.asking import Field

Wrong = Literal["email", "consent", "birthday", "choice", "score", "long"]
"""Each has words of its own in every language."""

Posted = Mapping[str, Sequence[str]]

_LONGEST_LINE = 200
_OLDEST_YEARS = 120


class Read(NamedTuple):
    """values: texts by field, several where several may be chosen; empty ones are left out.

    wrong: by field. Where anything is wrong nothing is kept.
    """

    values: dict[str, tuple[str, ...]]
    wrong: dict[str, Wrong]

    def one(self, name: str) -> str | None:
        """The only value of a field."""
        return next(iter(self.values.get(name, ())), None)

    @property
    def birthday(self) -> date | None:
        """The date that was given."""
        told = self.one("birthday")
        return date.fromisoformat(told) if told else None


def read(fields: Sequence[Field], posted: Posted, today: date) -> Read:
    """Every field that was asked, and no other: what else was posted is nobody's question."""
    values: dict[str, tuple[str, ...]] = {}
    wrong: dict[str, Wrong] = {}
    for field in fields:
        try:
            found = _READERS[field.kind](field, posted, today)
        except _Wrong as what:
            wrong[field.name] = what.wrong
            continue
        if found or field.kind == "some_of":
            values[field.name] = found
    return Read(values, wrong)


class _Wrong(Exception):
    def __init__(self, wrong: Wrong) -> None:
        super().__init__(wrong)
        self.wrong = wrong


def _text(posted: Posted, name: str) -> str:
    """One line without controls, trimmed."""
    told = next(iter(posted.get(name, ())), "")
    return " ".join("".join(char if char.isprintable() else " " for char in told).split())


def _line(field: Field, posted: Posted, _today: date) -> tuple[str, ...]:
    told = _text(posted, field.name)
    if len(told) > _LONGEST_LINE:
        raise _Wrong("long")
    return (told,) if told else ()


def _words(field: Field, posted: Posted, _today: date) -> tuple[str, ...]:
    told = next(iter(posted.get(field.name, ())), "").replace("\r\n", "\n")
    kept = "".join(char for char in told if char.isprintable() or char == "\n").strip()
    if len(kept) > LONGEST_COMMENT:
        raise _Wrong("long")
    return (kept,) if kept else ()


def _email(field: Field, posted: Posted, _today: date) -> tuple[str, ...]:
    address = folded_email(_text(posted, field.name))
    if address is None:
        raise _Wrong("email")
    return (address,)


def _consent(field: Field, posted: Posted, _today: date) -> tuple[str, ...]:
    if _text(posted, field.name) != "yes":
        raise _Wrong("consent")
    return ("yes",)


def _date(field: Field, posted: Posted, today: date) -> tuple[str, ...]:
    parts = [_text(posted, f"{field.name}_{part}") for part in ("year", "month", "day")]
    if not any(parts):
        return ()
    try:
        told = date(*(int(part) for part in parts))
    except (ValueError, OverflowError):
        raise _Wrong("birthday") from None
    if told > today or told.year < today.year - _OLDEST_YEARS:
        raise _Wrong("birthday")
    return (told.isoformat(),)


def _one_of(field: Field, posted: Posted, _today: date) -> tuple[str, ...]:
    told = _text(posted, field.name)
    if told and told not in field.choices:
        raise _Wrong("choice")
    return (told,) if told else ()


def _some_of(field: Field, posted: Posted, _today: date) -> tuple[str, ...]:
    told = {" ".join(one.split()) for one in posted.get(field.name, ())}
    if not told <= set(field.choices):
        raise _Wrong("choice")
    return tuple(one for one in field.choices if one in told)


def _score(field: Field, posted: Posted, _today: date) -> tuple[str, ...]:
    told = _text(posted, field.name)
    if told not in {str(score) for score in range(11)}:
        raise _Wrong("score")
    return (told,)


_READERS: dict[str, Callable[[Field, Posted, date], tuple[str, ...]]] = {
    "email": _email,
    "text": _line,
    "words": _words,
    "date": _date,
    "one_of": _one_of,
    "some_of": _some_of,
    "score": _score,
    "consent": _consent,
}
