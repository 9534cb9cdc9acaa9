"""What is known of the person behind a customer."""

from datetime import date
from typing import Literal

from pydantic import Field

from kairos.domain.value import Value

Gender = Literal["female", "male", "other"]


class Address(Value):
    """country: ISO 3166-1 alpha-2; coordinates in degrees."""

    country: str | None = None
    region: str | None = None
    province: str | None = None
    city: str | None = None
    postcode: str | None = None
    street: str | None = None
    latitude: float | None = None
    longitude: float | None = None


class Person(Value):
    """language: BCP 47 tag as the platform says it ("de", "fr-CH"); attributes: extra profile fields."""

    first_name: str | None = None
    last_name: str | None = None
    language: str | None = None
    birthday: date | None = None
    gender: Gender | None = None
    address: Address | None = None
    attributes: dict[str, str] = Field(default_factory=dict)
