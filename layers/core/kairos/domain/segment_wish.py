"""What a shop may say of a segment when it makes or changes one."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from kairos.domain.segment import SegmentId
from kairos.domain.value import Value

_Name = Annotated[str, StringConstraints(min_length=1, max_length=120, strip_whitespace=True)]
_About = Annotated[str, StringConstraints(max_length=1000)]


class NewSegment(Value):
    """The segment that is wanted: a rule, a fixed list (type "list"), or a copy of a segment.

    id: from the name where left out. copy_of: the segment whose rule, and if left out whose name and
    description, it takes. parameters: what the copied template asks for.
    """

    id: SegmentId | None = None
    name: _Name | None = None
    description: _About | None = None
    type: Literal["rule", "list"] = "rule"
    rule: dict[str, Any] | None = None
    copy_of: SegmentId | None = None
    parameters: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _is_one_of_them(self) -> Self:
        if self.copy_of is None and self.name is None:
            raise ValueError("has no name; send one")
        if self.type == "list" and (self.rule is not None or self.copy_of is not None):
            raise ValueError("a fixed list has no rule; leave out rule and copy_of, or the type")
        if self.type == "rule" and (self.rule is None) == (self.copy_of is None):
            raise ValueError("needs one source of its rule; send either rule or copy_of")
        if self.parameters and self.copy_of is None:
            raise ValueError("parameters go with copy_of; leave them out")
        return self


class SegmentEdit(Value):
    """What is to change; what is left out stays."""

    name: _Name | None = None
    description: _About | None = None
    rule: dict[str, Any] | None = None


class RuleWish(Value):
    """A rule to try out. segment: whose it is to be, if it is to be that of one there is."""

    rule: dict[str, Any]
    segment: SegmentId | None = None
