"""Personas: segments bundled under a name, filled with what their members are like."""

import re
from typing import Any

from kairos.api import read_as
from kairos.console.asked import Answer, Asked
from kairos.console.pages.segments import names_of
from kairos.console.sections import SHOP, Route, Section
from kairos.domain.errors import NotReady, Refused
from kairos.domain.persona import Persona, PersonaWish
from kairos.services.segments import personas

_PERSONA = f"{SHOP}/personas/{{persona}}"


def show_all(asked: Asked) -> Answer:
    """Every persona of the shop."""
    found = personas.list_personas(asked.parts.items, asked.here.id)
    return asked.page("personas.html", found=found, names=names_of(asked))


def show_new(asked: Asked) -> Answer:
    """An empty form."""
    return _form(asked, None, {"segments": [], "match": "all", "name": "", "description": ""})


def create(asked: Asked) -> Answer:
    """The new persona; its id is made of its name, and never takes another's place."""
    taken = {one.id for one in personas.list_personas(asked.parts.items, asked.here.id)}
    plain = re.sub(r"[^a-z0-9]+", "_", asked.one("name").lower()).strip("_")[:40].strip("_") or "persona"
    base = plain if len(plain) > 1 else f"{plain}_1"
    free = next(name for name in (base, *(f"{base}_{n}" for n in range(2, 60))) if name not in taken)
    return _kept(asked, free, None)


def show(asked: Asked) -> Answer:
    """What its members are like, and the form to change it."""
    persona = personas.load_persona(asked.parts.items, asked.here.id, asked.path["persona"])
    parts = asked.parts.segments()
    shelf = parts.populating.shelf(asked.here.id)
    typical = None
    try:
        population = parts.populating.population(shelf)
        typical = personas.with_typical_values(asked.parts.items, shelf, population, persona)["typical"]
    except (NotReady, Refused):
        typical = None
    return asked.page("persona.html", persona=persona, typical=typical, names=names_of(asked))


def show_edit(asked: Asked) -> Answer:
    """Its form."""
    persona = personas.load_persona(asked.parts.items, asked.here.id, asked.path["persona"])
    return _form(asked, persona, persona.model_dump())


def change(asked: Asked) -> Answer:
    """The changed persona."""
    persona = personas.load_persona(asked.parts.items, asked.here.id, asked.path["persona"])
    return _kept(asked, persona.id, persona)


def ask_to_delete(asked: Asked) -> Answer:
    """Asks whether it is to go; its segments stay."""
    persona = personas.load_persona(asked.parts.items, asked.here.id, asked.path["persona"])
    names = names_of(asked)
    return asked.page(
        "sure.html",
        title=asked.say("personas.delete", name=persona.name),
        text=asked.say("personas.delete_text"),
        button=asked.say("personas.delete_button"),
        action=f"{asked.at}/personas/{persona.id}/delete",
        back=f"{asked.at}/personas/{persona.id}",
        named=[names.get(one, one) for one in persona.segments],
        typed="",
    )


def delete(asked: Asked) -> Answer:
    """It is gone."""
    personas.delete_persona(asked.parts.items, asked.here.id, asked.path["persona"])
    return asked.go(f"{asked.at}/personas", "personas.deleted")


def _kept(asked: Asked, persona: str, held: Persona | None) -> Answer:
    told: dict[str, Any] = {
        "name": asked.one("name"),
        "description": asked.one("description"),
        "segments": asked.form.get("segments", []),
        "match": "any" if asked.one("match") == "any" else "all",
    }
    try:
        wish = read_as(PersonaWish, told)
        shelf = asked.parts.segments().populating.shelf(asked.here.id)
        personas.put_persona(asked.parts.items, asked.parts.clock, shelf, persona, wish)
    except Refused as wrong:
        return _form(asked, held, told, wrong.field, f"{wrong.problem} {wrong.remedy}")._replace(status=400)
    return asked.go(f"{asked.at}/personas/{persona}", "personas.kept")


def _form(
    asked: Asked, persona: Persona | None, told: dict[str, Any], field: str = "", wrong: str = ""
) -> Answer:
    shelf = asked.parts.segments().populating.shelf(asked.here.id)
    names = names_of(asked)
    options = sorted(
        (
            (one.id, names.get(one.id, one.name))
            for one in shelf.segments.values()
            if one.origin != "scenario"
        ),
        key=lambda one: one[1].casefold(),
    )
    return asked.page(
        "persona_form.html",
        persona=persona,
        told=told,
        options=options,
        wrong={field.partition("[")[0]: wrong} if field else {},
    )


SECTION = Section(
    "personas",
    (
        Route("GET", f"{SHOP}/personas", "reader", show_all),
        Route("GET", f"{SHOP}/new-persona", "marketer", show_new),
        Route("POST", f"{SHOP}/new-persona", "marketer", create),
        Route("GET", _PERSONA, "reader", show),
        Route("GET", f"{_PERSONA}/edit", "marketer", show_edit),
        Route("POST", f"{_PERSONA}/edit", "marketer", change),
        Route("GET", f"{_PERSONA}/delete", "marketer", ask_to_delete),
        Route("POST", f"{_PERSONA}/delete", "marketer", delete),
    ),
    icon="M16 20v-1.5a4 4 0 0 0-4-4H7a4 4 0 0 0-4 4V20M9.5 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7"
    "M21 20v-1.5a4 4 0 0 0-3-3.9M15.5 4.2a3.5 3.5 0 0 1 0 6.6",
)
