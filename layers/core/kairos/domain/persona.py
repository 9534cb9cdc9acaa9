"""Personas: named bundles of segments, whose typical values come from what their customers do."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from kairos.domain.segment import SegmentId
from kairos.domain.value import Instant, Value

MOST_BUNDLED = 20
"""Segments of one persona."""


class PersonaWish(Value):
    """What a shop says of a persona. match: who is in all of the segments, or in any of them."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=120)]
    description: Annotated[str, StringConstraints(max_length=1000)] = ""
    segments: Annotated[tuple[SegmentId, ...], Field(min_length=1, max_length=MOST_BUNDLED)]
    match: Literal["all", "any"] = "all"


class Persona(PersonaWish):
    """A persona as it is kept."""

    id: SegmentId
    updated_at: Instant
