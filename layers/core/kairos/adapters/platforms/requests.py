"""The base of JSON bodies that we define ourselves, so that a mistake is named by its path."""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, ValidationInfo

from kairos.adapters.platforms.fields import clean
from kairos.adapters.platforms.times import Times
from kairos.domain.errors import Unreadable
from kairos.domain.money import minor_units


class Request(BaseModel):
    """Frozen; unknown fields are refused, so that a typo never passes silently."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


def _field(info: ValidationInfo) -> str:
    return info.field_name or "body"


def _times(info: ValidationInfo) -> Times:
    times = (info.context or {}).get("times")
    if not isinstance(times, Times):
        raise TypeError("requests are validated with their Times as context")
    return times


def _time(told: Any, info: ValidationInfo) -> datetime | None:
    return _in_words(lambda: _times(info).read(told, _field(info)))


def _version(told: Any, info: ValidationInfo) -> datetime | None:
    return _in_words(lambda: _times(info).version(told, _field(info)))


def _in_words[T](read: Callable[[], T]) -> T:
    # As a ValueError the complaint is told with the whole path of the field.
    try:
        return read()
    except Unreadable as wrong:
        raise ValueError(f"{wrong.problem} {wrong.remedy}") from wrong


def _text(told: Any) -> Any:
    if isinstance(told, str):
        return clean(told)
    return str(told) if isinstance(told, int) and not isinstance(told, bool) else told


Time = Annotated[datetime, BeforeValidator(_time)]
"""ISO 8601; without offset UTC is meant."""

VersionTime = Annotated[datetime, BeforeValidator(_version)]
"""Like Time, but at most a day ahead of our clock: it decides which of two tellings is the newer."""

Text = Annotated[str, BeforeValidator(_text), Field(max_length=2000)]
Id = Annotated[str, BeforeValidator(_text), Field(min_length=1, max_length=200)]
"""Text, or a whole number, which is taken as text."""

CurrencyCode = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Amount = Annotated[Decimal, Field(ge=-(10**12), le=10**12, allow_inf_nan=False)]
"""Money in major units, as decimal text ("12.50") or number."""

CountryCode = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
Count = Annotated[int, Field(ge=0, le=10**9)]
Step = Literal["cart", "contact", "shipping", "payment"]


def validated[R: Request](model: type[R], told: Mapping[str, Any], times: Times) -> R:
    """The body as that request. Raises Unreadable with the path of the first wrong field."""
    try:
        return model.model_validate(told, context={"times": times})
    except ValidationError as wrong:
        raise unreadable(wrong) from wrong


def unreadable(wrong: ValidationError) -> Unreadable:
    """The first complaint, with the field's path as "lines[2].price"."""
    first = wrong.errors(include_url=False, include_input=False, include_context=False)[0]
    path = ""
    for part in first["loc"]:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else str(part)
    problem = first["msg"].removeprefix("Value error, ").rstrip(".") + "."
    return Unreadable(
        clean(path)[:200] or "body", problem, "Send the field as the documentation describes it."
    )


def minor(told: Decimal | None, currency: str, field: str) -> int | None:
    """The amount in minor units, None where none is told."""
    return None if told is None else minor_units(told, currency, field)
