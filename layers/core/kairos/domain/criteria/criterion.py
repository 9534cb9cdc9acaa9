"""The base of every criterion, and of the comparisons that they are made of."""

from abc import ABC, abstractmethod
from typing import Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from kairos.domain.criteria.query import Query
from kairos.domain.moment import Moment
from kairos.domain.profile import Profile
from kairos.domain.value import Value


def _not_blank(told: str) -> str:
    if not told.strip():
        raise ValueError("is blank, so that nothing could match it; send a text, or leave the field out")
    return told


AnyText = Annotated[str, StringConstraints(min_length=1, max_length=256)]
"""A text, be it a mere blank."""

Text = Annotated[AnyText, AfterValidator(_not_blank)]
Names = Annotated[tuple[Text, ...], Field(min_length=1, max_length=1000)]
Tax = Literal["included", "excluded"]


class Criterion(Value, ABC):
    """One question about a customer, in two readings that never differ. kind: its name in the registry."""

    kind: str

    @abstractmethod
    def matches(self, profile: Profile, moment: Moment) -> bool:
        """Whether it is true of the customer at that moment. An unknown value never matches."""

    @abstractmethod
    def sql(self, query: Query) -> str:
        """The same, as a two-valued SQL expression over the customer's columns and features."""


class Comparison(Value):
    """A value of which at least one of the fields named in `comparing` must be set."""

    comparing: ClassVar[tuple[str, ...]] = ()

    @model_validator(mode="after")
    def _compares(self) -> Self:
        if all(getattr(self, name) is None for name in self.comparing):
            raise ValueError(f"compares with nothing; set at least one of {', '.join(self.comparing)}")
        return self
