"""The criterion about fields of the profile by their name, and what they hold."""

from collections.abc import Callable
from typing import Literal, Self

from pydantic import model_validator

from kairos.domain.criteria.criterion import Criterion, Text
from kairos.domain.criteria.query import Query, isin
from kairos.domain.criteria.texts import TextTest
from kairos.domain.fields import CONTACTS, field_of
from kairos.domain.moment import Moment
from kairos.domain.profile import Profile


def fields_sql(query: Query, name: str, passes: Callable[[str], bool]) -> str:
    """How many fields of that name (one or none) have such a value, as SQL."""
    kept = "contact" if name in CONTACTS else "attribute"
    codes = query.codes(kept, lambda pair: pair[0] == name and passes(pair[1]))
    return query.feature(f"{kept}s", "count(*)", isin(kept, codes))


class Attribute(TextTest, Criterion):
    """Any field of the profile. exists: whether it is there at all."""

    comparing = (*TextTest.comparing, "exists")
    kind: Literal["attribute"] = "attribute"
    name: Text
    exists: bool | None = None

    @model_validator(mode="after")
    def _can_hold(self) -> Self:
        others = [name for name in TextTest.comparing if getattr(self, name) is not None]
        if self.exists is False and others:
            raise ValueError(f"nothing that is missing compares; leave out exists or {', '.join(others)}")
        return self

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        value = field_of(profile, self.name)
        if self.exists is False:
            return value is None
        return value is not None and self.passes(value)

    def sql(self, query: Query) -> str:
        """See Criterion."""
        found = fields_sql(query, self.name, self.passes)
        return f"({found} = 0)" if self.exists is False else f"({found} > 0)"
