"""Fields of forms as HTML: each with its label, what is wrong tied to it, and as large as a thumb."""

from collections.abc import Callable, Mapping, Sequence
from html import escape

from kairos.domain.pages import LEFT_BECAUSE
from kairos.services.forms.asking import Field
from kairos.services.forms.reading import Posted, Wrong

_AUTOCOMPLETE = {"email": "email", "first_name": "given-name", "last_name": "family-name"}
_DATE_PARTS = (("day", "bday-day", 2), ("month", "bday-month", 2), ("year", "bday-year", 4))
LANGUAGE_NAMES = {"de": "Deutsch", "en": "English", "fr": "Français", "it": "Italiano"}

Words = Mapping[str, str]


class Filled:
    """A field with what was posted in it, and what is wrong with that."""

    def __init__(
        self, field: Field, words: Words, language: str, posted: Posted, wrong: Wrong | None
    ) -> None:
        self.field, self.words, self.language, self.wrong = field, words, language, wrong
        self._posted = posted

    @property
    def label(self) -> str:
        """What the field is called, HTML."""
        own = self.field.label
        told = own.get(self.language) or next(iter(own.values())) if own else self.words[self.field.name]
        optional = not self.field.required and self.field.kind in {"text", "words", "date"}
        return escape(told) + (
            f' <span class="hint">({escape(self.words["optional"])})</span>' if optional else ""
        )

    def chosen(self) -> Sequence[str]:
        """The values that are chosen now."""
        return self._posted.get(self.field.name, ()) if self._posted else self.field.value

    def text(self, name: str) -> str:
        """What stands in an input of that name, HTML."""
        return escape(next(iter(self._posted.get(name, ())), "") if self._posted else "")

    def choice(self, value: str) -> str:
        """What a value is called, HTML."""
        if self.field.own_choices:
            return escape(value)
        if self.field.name == "language":
            return escape(LANGUAGE_NAMES.get(value.split("-")[0], value))
        of = {"channels": "channel", LEFT_BECAUSE: LEFT_BECAUSE}.get(self.field.name)
        return escape(self.words.get(f"{of}_{value}" if of else value, value))

    @property
    def error(self) -> str:
        """What is wrong, with an id that the inputs are described by."""
        if self.wrong is None:
            return ""
        told = escape(self.words[f"error_{self.wrong}"])
        return f'<span class="error" id="{self.field.name}-error">{told}</span>'

    @property
    def state(self) -> str:
        """The attributes that tie the error to an input."""
        name = self.field.name
        tied = f' aria-invalid="true" aria-describedby="{name}-error"' if self.wrong else ""
        return tied + (" required" if self.field.required else "")


def html_of(filled: Filled) -> str:
    """The field."""
    return _KINDS[filled.field.kind](filled)


def anchor(field: Field) -> str:
    """The id of the field's first input, to which the list of errors leads."""
    if field.kind == "date":
        return f"{field.name}-day"
    return f"{field.name}-0" if field.kind in {"one_of", "some_of", "score"} else field.name


def _line(filled: Filled) -> str:
    name = filled.field.name
    kind = "email" if filled.field.kind == "email" else "text"
    complete = f' autocomplete="{_AUTOCOMPLETE[name]}"' if name in _AUTOCOMPLETE else ""
    return (
        f'<div class="field"><label for="{name}">{filled.label}</label>{filled.error}'
        f'<input type="{kind}" id="{name}" name="{name}" value="{filled.text(name)}" maxlength="254"'
        f"{complete}{filled.state}></div>"
    )


def _words(filled: Filled) -> str:
    name = filled.field.name
    area = (
        f'<textarea id="{name}" name="{name}" maxlength="2000"{filled.state}>{filled.text(name)}</textarea>'
    )
    return f'<div class="field"><label for="{name}">{filled.label}</label>{filled.error}{area}</div>'


def _date(filled: Filled) -> str:
    name = filled.field.name
    inputs = "".join(
        f'<div class="{part}"><label for="{name}-{part}">{escape(filled.words[part])}</label>'
        f'<input type="text" inputmode="numeric" id="{name}-{part}" name="{name}_{part}" maxlength="{most}" '
        f'autocomplete="{complete}" value="{filled.text(f"{name}_{part}")}"{filled.state}></div>'
        for part, complete, most in _DATE_PARTS
    )
    return _group(filled, f'<div class="date">{inputs}</div>')


def _one_of(filled: Filled) -> str:
    return _group(filled, _choices(filled, "radio"))


def _some_of(filled: Filled) -> str:
    return _group(filled, _choices(filled, "checkbox"))


def _choices(filled: Filled, kind: str) -> str:
    field, chosen = filled.field, filled.chosen()
    return "".join(
        f'<label class="choice"><input type="{kind}" id="{field.name}-{at}" name="{field.name}" '
        f'value="{escape(value)}"{" checked" if value in chosen else ""}{filled.state}>'
        f"<span>{filled.choice(value)}</span></label>"
        for at, value in enumerate(field.choices)
    )


def _score(filled: Filled) -> str:
    words, chosen = filled.words, filled.chosen()
    boxes = "".join(
        f'<label><input type="radio" id="score-{score}" name="score" value="{score}"'
        f"{' checked' if str(score) in chosen else ''}{filled.state}><span>{score}</span></label>"
        for score in range(11)
    )
    ends = f"<span>{escape(words['score_low'])}</span><span>{escape(words['score_high'])}</span>"
    return _group(filled, f'<div class="scores">{boxes}</div><div class="ends">{ends}</div>')


def _consent(filled: Filled) -> str:
    ticked = " checked" if "yes" in filled.chosen() else ""
    told = escape(filled.words["consent"])
    return (
        f'<div class="field">{filled.error}<label class="choice"><input type="checkbox" id="consent" '
        f'name="consent" value="yes"{ticked}{filled.state}><span>{told}</span></label></div>'
    )


def _group(filled: Filled, inputs: str) -> str:
    return f'<fieldset class="field"><legend>{filled.label}</legend>{filled.error}{inputs}</fieldset>'


_KINDS: dict[str, Callable[[Filled], str]] = {
    "email": _line,
    "text": _line,
    "words": _words,
    "date": _date,
    "one_of": _one_of,
    "some_of": _some_of,
    "score": _score,
    "consent": _consent,
}
