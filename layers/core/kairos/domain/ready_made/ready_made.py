"""What a ready-made segment is: a rule, perhaps with places where a shop's own input goes."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, TypeAdapter, ValidationError

from kairos.domain.criteria.rule import nearest, refused
from kairos.domain.errors import Refused
from kairos.domain.segment import Segment, SegmentId
from kairos.domain.value import Value

Json = dict[str, Any]
ParameterKind = Literal["latitude", "longitude", "kilometres", "names"]
_Text = Annotated[str, StringConstraints(min_length=1, max_length=256)]

_READ: Mapping[ParameterKind, TypeAdapter[Any]] = {
    "latitude": TypeAdapter(Annotated[float, Field(ge=-90, le=90)]),
    "longitude": TypeAdapter(Annotated[float, Field(ge=-180, le=180)]),
    "kilometres": TypeAdapter(Annotated[float, Field(gt=0, le=20_000)]),
    "names": TypeAdapter(Annotated[tuple[_Text, ...], Field(min_length=1, max_length=1000)]),
}


class Parameter(Value):
    """What a shop says when it copies a template. about: for the marketer, one sentence."""

    name: str
    kind: ParameterKind
    about: str

    def read(self, told: Any) -> Any:
        """The value as it goes into the rule. Raises Refused naming the parameter."""
        try:
            read = _READ[self.kind].validate_python(told)
        except ValidationError as wrong:
            raise refused(wrong, Value, within=f"parameters.{self.name}") from None
        return list(read) if self.kind == "names" else read


class Titles(Value):
    """One name in each language that the product speaks."""

    en: str
    de: str
    fr: str
    it: str

    def speaking(self, language: str) -> str:
        """The name in this language ("de-CH" too), in English where it is none of these."""
        return str(getattr(self, language[:2].lower(), self.en))


class ReadyMade(Value):
    """A ready-made segment. rule: as parse_rule reads it, but that {"parameter": NAME} stands for a
    parameter's value. With parameters it is a template: it has no members before it is copied.
    """

    id: SegmentId
    names: Titles
    description: str
    rule: Json
    parameters: tuple[Parameter, ...] = ()

    @property
    def is_template(self) -> bool:
        """Whether copying it asks for input."""
        return bool(self.parameters)

    def segment(self, language: str = "en") -> Segment:
        """The segment as every shop has it."""
        return Segment(
            id=self.id,
            name=self.names.speaking(language),
            rule=self.rule,
            description=self.description,
            origin="kairos",
        )

    def filled(self, told: Mapping[str, Any]) -> Json:
        """The rule with the parameters' values in it. Raises Refused naming a wrong or missing one."""
        known = {one.name: one for one in self.parameters}
        for name in told:
            if name not in known:
                remedy = nearest(name, known) if known else "Leave it out."
                raise Refused(f"parameters.{name}", f"{self.id} has no such parameter.", remedy)
        for name, one in known.items():
            if name not in told:
                raise Refused(f"parameters.{name}", "Missing.", f"Send it: {one.about}")
        filled: Json = _filled(self.rule, {name: one.read(told[name]) for name, one in known.items()})
        return filled


def _filled(told: Any, values: Mapping[str, Any]) -> Any:
    if isinstance(told, list):
        return [_filled(one, values) for one in told]
    if not isinstance(told, dict):
        return told
    if set(told) == {"parameter"}:
        return values[told["parameter"]]
    return {name: _filled(one, values) for name, one in told.items()}
