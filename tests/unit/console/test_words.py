"""Every language says everything, and no template says anything by itself."""

import ast
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from kairos.console.rendering import environment
from kairos.console.rules.inputs import Input, inputs_of
from kairos.console.sections import sections
from kairos.console.words import LANGUAGES, has, say, spoken
from kairos.domain.criteria.registry import CRITERIA
from kairos.domain.ready_made.registry import READY_MADE
from kairos.domain.scenarios.registry import SCENARIOS

CONSOLE = Path(__file__).resolve().parents[3] / "layers/core/kairos/console"
TEMPLATES = sorted(CONSOLE.glob("templates/*.html"))
CODE = sorted(CONSOLE.rglob("*.py"))
SPOKEN_ATTRIBUTES = re.compile(r'\s(?:title|alt|placeholder|aria-label|aria-description|data-done)="([^"]*)"')
SENTENCE = re.compile(r'\b(?:t|say)\(\s*"([a-z_]+(?:\.[a-zA-Z_]+)+)"')


def flat(told: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    for name, value in told.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{path}{name}.")
        else:
            yield f"{path}{name}", value


def words(language: str) -> dict[str, str]:
    return {
        f"{path.stem}.{name}": text
        for path in sorted((CONSOLE / "words" / language).glob("*.toml"))
        for name, text in flat(tomllib.loads(path.read_text()))
    }


def untranslated(source: str) -> list[str]:
    """Letters that the template itself puts on the page: between tags, or in attributes that are read out."""
    tokens = environment().lex(source)
    data = "".join(text if kind == "data" else "\x00" for _, kind, text in tokens)
    data = re.sub(r"<(script|style)\b.*?</\1>", "", data, flags=re.S)
    spoken_by_attributes = SPOKEN_ATTRIBUTES.findall(data)
    between = re.sub(r"<[^>]*>", " ", data)
    between = re.sub(r"&\w+;", "", between)
    found = re.findall(r"[^\W\d_]{2,}", " ".join([between, *spoken_by_attributes]))
    return [word for word in found if word.lower() != "doctype"]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_says_anything_by_itself(path: Path) -> None:
    assert untranslated(path.read_text()) == []


@pytest.mark.parametrize(
    "source",
    ["<p>Hello</p>", '<input placeholder="Name">', "<b>{{ t('a.b') }}</b> members", '<a title="See">'],
)
def test_the_test_itself_sees_a_text_left_untranslated(source: str) -> None:
    assert untranslated(source)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_sentences(language: str) -> None:
    assert set(words(language)) == set(words("en"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_fills_the_same_values_in(language: str) -> None:
    def places(text: str) -> set[str]:
        return set(re.findall(r"\{(\w+)\}", text))

    english = words("en")
    assert {name for name, text in words(language).items() if places(text) != places(english[name])} == set()


@pytest.mark.parametrize("language", ["de", "fr", "it"])
def test_whole_sentences_are_translated_and_not_copied(language: str) -> None:
    english = words("en")
    same = [name for name, text in words(language).items() if text == english[name] and text.count(" ") > 2]
    assert same == []


def test_every_sentence_that_a_page_asks_for_is_there() -> None:
    asked = {name for path in (*TEMPLATES, *CODE) for name in SENTENCE.findall(path.read_text())}
    assert len(asked) > 150
    assert {name for name in asked if not has("en", name)} == set()


def test_every_page_that_says_done_has_the_sentence() -> None:
    told = set()
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "go" and len(node.args) > 1:
                told |= {one.value for one in ast.walk(node.args[1]) if isinstance(one, ast.Constant)}
    assert told
    assert {name for name in told if "." in str(name) and not has("en", str(name))} == set()


def inputs(told: tuple[Input, ...]) -> Iterator[Input]:
    for one in told:
        yield one
        yield from inputs(one.parts)


@pytest.mark.parametrize("kind", CRITERIA)
def test_every_criterion_its_inputs_and_their_values_are_called_something(kind: str) -> None:
    asked = {f"criteria.names.{kind}", f"criteria.about.{kind}"}
    for one in inputs(inputs_of(kind)):
        asked |= {f"criteria.fields.{one.name}"} if one.name else set()
        asked |= {f"criteria.values.{value}" for value in one.values}
    assert {name for name in asked if not has("en", name)} == set()


def test_all_that_comes_with_the_product_is_called_something() -> None:
    asked = {f"ready_made.{name}" for name in READY_MADE} | {f"scenario_names.{name}" for name in SCENARIOS}
    asked |= {f"{one.name}.title" for one in sections() if one.icon}
    assert {name for name in asked if not has("en", name)} == set()


@pytest.mark.parametrize(
    ("language", "number", "said"),
    [("en", 0, "0 segments"), ("en", 1, "1 segment"), ("fr", 0, "0 segment"), ("fr", 2, "2 segments")],
)
def test_a_number_chooses_the_form(language: str, number: int, said: str) -> None:
    assert say(language, "segments.found", n=number) == said


@pytest.mark.parametrize(
    ("asked", "code"), [("de-CH", "de"), ("es,it;q=0.5", "it"), ("", "en"), ("ES", "en")]
)
def test_the_first_language_that_the_console_speaks_is_taken(asked: str, code: str) -> None:
    assert spoken(asked) == code
