"""From what was typed to the services that make and change segments; refusals come back in words."""

from collections.abc import Mapping
from typing import Any

from kairos.api import read_as
from kairos.console.asked import Asked
from kairos.domain.errors import Refused
from kairos.domain.segment import Segment
from kairos.domain.segment_wish import NewSegment, SegmentEdit
from kairos.services.segments import editing


def create(asked: Asked, told: Mapping[str, Any]) -> Segment | str:
    """The new segment, or why there is none."""
    try:
        return made(asked, told)
    except Refused as wrong:
        return f"{wrong.problem} {wrong.remedy}"


def made(asked: Asked, told: Mapping[str, Any]) -> Segment:
    """The new segment, evaluated at once. Raises Refused naming the field."""
    wish = read_as(NewSegment, told)
    return editing.create_segment(asked.parts.segments().editing, asked.here, wish, asked.language)


def changed(asked: Asked, segment: str, told: Mapping[str, Any]) -> Segment:
    """The changed segment. Raises NotFound, Refused naming the field."""
    edit = read_as(SegmentEdit, told)
    return editing.change_segment(asked.parts.segments().editing, asked.here, segment, edit)
