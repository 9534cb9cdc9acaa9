"""The criterion that picks customers by lot."""

from hashlib import sha256
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from kairos.domain.codes import draw
from kairos.domain.criteria.criterion import AnyText, Criterion
from kairos.domain.criteria.query import Query
from kairos.domain.moment import Moment
from kairos.domain.profile import Profile

_LOTS = 2**32


class Percentage(Criterion):
    """A share of all customers, picked by lot; who is picked stays so.

    percent: how many per cents. skip: per cents passed over first, so that several shares of the same salt
    don't overlap. salt: any text; another text picks others, independently.
    """

    kind: Literal["percentage"] = "percentage"
    percent: Annotated[int, Field(ge=1, le=100)]
    skip: Annotated[int, Field(ge=0, le=99)] = 0
    salt: AnyText | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.skip + self.percent > 100:
            raise ValueError(
                f"skip and percent come to {self.skip + self.percent}; 100 are the most together"
            )
        return self

    def matches(self, profile: Profile, moment: Moment) -> bool:
        """See Criterion."""
        factor, shift = _mixing(self.salt)
        first, beyond = self._bounds()
        return first <= (draw(profile.id) * factor + shift) % _LOTS < beyond

    def sql(self, query: Query) -> str:
        """See Criterion."""
        factor, shift = _mixing(self.salt)
        first, beyond = self._bounds()
        # Below 2 ** 64 before the remainder is taken, so that unsigned 64 bits hold it.
        mixed = f"({query.column('draw')}::UBIGINT * {factor}::UBIGINT + {shift}::UBIGINT)"
        return f"({mixed} & {_LOTS - 1}::UBIGINT BETWEEN {first} AND {beyond - 1})"

    def _bounds(self) -> tuple[int, int]:
        """The first lot that is picked, and the first beyond."""
        return -(-_LOTS * self.skip // 100), -(-_LOTS * (self.skip + self.percent) // 100)


def _mixing(salt: str | None) -> tuple[int, int]:
    """An odd factor and a shift, both below 2 ** 32: lots mixed with them are spread as evenly as before."""
    if salt is None:
        return 1, 0
    drawn = sha256(salt.encode()).digest()
    return int.from_bytes(drawn[:4]) | 1, int.from_bytes(drawn[4:8])
