"""What a ready-made segment is: a rule, perhaps with places for the shop's levels and its own input."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, TypeAdapter, ValidationError

from kairos.domain.criteria.occasions import Occasion
from kairos.domain.criteria.place import Country
from kairos.domain.errors import Refused
from kairos.domain.levels import Levels
from kairos.domain.refusing import nearest, refused
from kairos.domain.segment import Segment, SegmentId
from kairos.domain.value import Value

Json = dict[str, Any]
ParameterKind = Literal["latitude", "longitude", "kilometres", "names", "countries", "days"]
_Text = Annotated[str, StringConstraints(min_length=1, max_length=256)]

_READ: Mapping[ParameterKind, TypeAdapter[Any]] = {
    "latitude": TypeAdapter(Annotated[float, Field(ge=-90, le=90)]),
    "longitude": TypeAdapter(Annotated[float, Field(ge=-180, le=180)]),
    "kilometres": TypeAdapter(Annotated[float, Field(gt=0, le=20_000)]),
    "names": TypeAdapter(Annotated[tuple[_Text, ...], Field(min_length=1, max_length=1000)]),
    "countries": TypeAdapter(Annotated[tuple[Country, ...], Field(min_length=1, max_length=300)]),
    "days": TypeAdapter(Annotated[tuple[Occasion, ...], Field(min_length=1, max_length=30)]),
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
        return list(read) if isinstance(read, tuple) else read


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
    """A ready-made segment. rule: as parse_rule reads it, but that {"level": NAME} stands for one of the
    shop's levels, and {"parameter": NAME} for what the shop says. With parameters it is a template: it has
    no members before it is copied.
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

    def segment(self, levels: Levels, language: str = "en") -> Segment:
        """The segment as a shop with these levels has it; none of a template."""
        return Segment(
            id=self.id,
            name=self.names.speaking(language),
            rule=_filled(self.rule, _numbered(levels)),
            description=self.description,
            origin="kairos",
        )

    def filled(self, told: Mapping[str, Any], levels: Levels) -> Json:
        """The rule with levels and parameters in it. Raises Refused naming a wrong or missing parameter."""
        known = {one.name: one for one in self.parameters}
        for name in told:
            if name not in known:
                remedy = nearest(name, known) if known else "Leave it out."
                raise Refused(f"parameters.{name}", f"{self.id} has no such parameter.", remedy)
        for name, one in known.items():
            if name not in told:
                raise Refused(f"parameters.{name}", "Missing.", f"Send it: {one.about}")
        values = {("parameter", name): one.read(told[name]) for name, one in known.items()}
        filled: Json = _filled(self.rule, {**_numbered(levels), **values})
        return filled


_Place = tuple[str, str]


def _numbered(levels: Levels) -> dict[_Place, Any]:
    return {("level", name): value for name, value in levels.model_dump(mode="json").items()}


def _filled(told: Any, values: Mapping[_Place, Any]) -> Any:
    if isinstance(told, list):
        return [_filled(one, values) for one in told]
    if not isinstance(told, dict):
        return told
    for place in ("level", "parameter"):
        if set(told) == {place}:
            return values[place, told[place]]
    return {name: _filled(one, values) for name, one in told.items()}
