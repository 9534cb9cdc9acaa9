"""Personas: kept by name, their typical values computed from what their customers do."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from pydantic import ValidationError

from kairos import keys
from kairos.domain.criteria.rule import All, AnyOf, Rule
from kairos.domain.errors import NotFound, Refused
from kairos.domain.money import amount_text
from kairos.domain.persona import Persona, PersonaWish
from kairos.domain.refusing import refused
from kairos.domain.shelf import ShopSegments
from kairos.engine.asking import Typical
from kairos.ports import Clock, Delete, Item, Items
from kairos.services.recording.storing import agree
from kairos.services.segments.population import Population
from kairos.services.segments.previewing import as_of, rule_of

MOST_PERSONAS = 50
"""Personas of a shop."""

LIKELY = 3
"""Products named as the likely next purchase."""


def put_persona(items: Items, clock: Clock, shelf: ShopSegments, persona: str, wish: PersonaWish) -> Persona:
    """Make or replace a persona. Raises Refused naming the field."""
    for at, segment in enumerate(wish.segments):
        if segment not in shelf.segments:
            problem = f"There is no segment {segment!r}."
            raise Refused(f"segments[{at}]", problem, "Use ids that GET …/segments shows.")
    place = keys.persona(shelf.shop.id, persona)
    others = [one for one in _held(items, shelf.shop.id) if one.key != place]
    if len(others) >= MOST_PERSONAS:
        raise Refused("persona", f"The shop has {len(others)} personas.", "Delete one that nobody needs.")
    made = _made(clock, persona, wish)
    agree(items, place, lambda _held: Item(place, "", made.as_json()))
    return made


def list_personas(items: Items, shop: str) -> list[Persona]:
    """The shop's personas, by id."""
    return [Persona.model_validate(one.body) for one in _held(items, shop)]


def load_persona(items: Items, shop: str, persona: str) -> Persona:
    """The persona of that id. Raises NotFound."""
    held = items.get(keys.persona(shop, persona))
    if held is None:
        raise NotFound("persona", persona)
    return Persona.model_validate(held.body)


def delete_persona(items: Items, shop: str, persona: str) -> None:
    """Delete it; its segments stay. Raises NotFound."""
    load_persona(items, shop, persona)
    items.write(Delete(keys.persona(shop, persona)))


def with_typical_values(
    items: Items, shelf: ShopSegments, population: Population, persona: Persona
) -> dict[str, Any]:
    """The persona with "typical": how many of how many, average age and basket, and what they buy next.

    Raises Refused where one of its segments can't be evaluated, NotFound where one is gone.
    """
    found, size = population.typical(_rule(shelf, persona))
    return {**persona.as_json(), "typical": _shown(items, shelf, population, found, size)}


def _made(clock: Clock, persona: str, wish: PersonaWish) -> Persona:
    told = {**wish.model_dump(), "id": persona, "updated_at": clock.now()}
    try:
        return Persona.model_validate(told)
    except ValidationError as wrong:
        raise refused(wrong, Persona) from None


def _rule(shelf: ShopSegments, persona: Persona) -> Rule:
    parts = tuple(rule_of(shelf, one) for one in persona.segments)
    return All(parts) if persona.match == "all" else AnyOf(parts)


def _shown(
    items: Items, shelf: ShopSegments, population: Population, found: Typical, size: int
) -> dict[str, Any]:
    """Money in the shop's currency. share: of all customers, in per cent with one decimal place."""
    interval, wait = _median(found.intervals), _median(found.waits)
    today = population.moment.now.astimezone(shelf.shop.zone).date()
    return {
        "members": found.members,
        "of": size,
        "share": round(found.members * 100 / size, 1) if size else None,
        "average_age": round(found.ages / found.aged) if found.aged else None,
        "average_basket": _basket(found, shelf.shop.currency),
        "days_between_orders": interval,
        "next_order": (today + timedelta(days=wait)).isoformat() if wait is not None else None,
        "next_products": _products(items, shelf.shop.id, found.bought),
        "as_of": as_of(population),
    }


def _basket(found: Typical, currency: str) -> str | None:
    if not found.orders:
        return None
    return amount_text((2 * found.revenue + found.orders) // (2 * found.orders), currency)


def _median(days: Mapping[int, int]) -> int | None:
    """The least number that half of the customers do not exceed; None of nobody."""
    half, reached = sum(days.values()) / 2, 0
    for number in sorted(days):
        reached += days[number]
        if reached >= half:
            return number
    return None


def _products(items: Items, shop: str, bought: Counter[str]) -> list[dict[str, Any]]:
    """What most of them bought within a year; who buys next most likely buys that."""
    likely = sorted(bought.items(), key=lambda one: (-one[1], one[0]))[:LIKELY]
    held = items.get_many(keys.product(shop, product) for product, _ in likely)
    titles = {key: str(item.body.get("title", "")) for key, item in held.items()}
    return [
        {"id": product, "title": titles.get(keys.product(shop, product)) or None, "buyers": buyers}
        for product, buyers in likely
    ]


def _held(items: Items, shop: str) -> Sequence[Item]:
    return items.query(keys.shop(shop).pk, keys.persona(shop, "").sk)
