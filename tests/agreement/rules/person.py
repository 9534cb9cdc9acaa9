"""Random criteria about the person and the fields of the profile."""

from collections.abc import Callable
from datetime import date, timedelta

from kairos.domain.codes import GENDERS
from kairos.domain.criteria.dates import DateField
from kairos.domain.criteria.fields import Attribute
from tests.agreement import vocabulary as words
from tests.agreement.world import Json, World

_OWN_FIELDS = ("first_name", "last_name", "email", "phone", "gender", "language", "birthday", "postcode")
_BOUNDS = (
    "42",
    "43",
    "43.0",
    "43.5",
    "100",
    "1e2",
    "-1",
    "2001-12-31",
    "2024-03-31",
    "20240331",
    "1999-01-01",
)
_MOST_DAYS = 365


def today(world: World) -> date:
    """The shop's calendar day."""
    return world.now.astimezone(world.shop.zone).date()


def birthdays(world: World) -> list[date]:
    """Those that customers have; at least one."""
    return [one.person.birthday for one in world.profiles if one.person.birthday] or [date(1990, 2, 28)]


def age(world: World) -> Json:
    years = [today(world).year - born.year for born in birthdays(world)]
    return {"kind": "age", **world.count_test(years)}


def gender(world: World) -> Json:
    return {"kind": "gender", "any_of": list(world.some(GENDERS, 2))}


def language(world: World) -> Json:
    return {"kind": "language", "any_of": world.texts((*words.LANGUAGES, "it", "zh", "zh-hant"))}


def values(world: World, name: str) -> list[str]:
    """What customers have in the field; at least one text that is not empty."""
    held = {
        "first_name": (one.person.first_name for one in world.profiles),
        "last_name": (one.person.last_name for one in world.profiles),
        "email": (one.email for one in world.profiles),
        "phone": (one.phone for one in world.profiles),
        "gender": (one.person.gender for one in world.profiles),
        "language": (one.person.language for one in world.profiles),
        "birthday": (one.isoformat() for one in birthdays(world)),
        "postcode": (one.person.address.postcode for one in world.profiles if one.person.address),
    }.get(name, (one.person.attributes.get(name) for one in world.profiles))
    return [text for text in held if text and text.strip()] or ["anything"]


def attribute(world: World) -> Json:
    name = world.one((*words.ATTRIBUTES, *words.ATTRIBUTES, *_OWN_FIELDS, "unheard_of"))
    told = values(world, name)
    drawn: dict[str, Callable[[], object]] = {
        "equals": lambda: world.spelt(world.one(told)),
        "any_of": lambda: world.texts((*told, "anything else")),
        "contains": lambda: world.part_of(world.spelt(world.one(told))),
        "greater": lambda: world.one(_BOUNDS),
        "less": lambda: world.one(_BOUNDS),
        "exists": lambda: world.likely(0.5),
    }
    if world.likely(0.2):
        return {"kind": "attribute", "name": name, "exists": world.likely(0.5)}
    chosen = world.some(tuple(drawn)[:-1], 1 if world.likely(0.7) else 2)
    return world.possible(
        Attribute, lambda: {"kind": "attribute", "name": name, **{one: drawn[one]() for one in chosen}}
    )


def dates(world: World, name: str) -> list[date]:
    """Days that customers have in the field; at least one."""
    if name == "birthday":
        return birthdays(world)
    found = []
    for text in values(world, name):
        try:
            found.append(date.fromisoformat(text.strip()[:10]))
        except ValueError:
            continue
    return found or [date(2020, 2, 29)]


def _returning(day: date, year: int) -> date:
    leap_day_is_missing = (day.month, day.day) == (2, 29) and (date(year, 3, 1) - timedelta(days=1)).day == 28
    return date(year, 3, 1) if leap_day_is_missing else day.replace(year=year)


def date_field(world: World) -> Json:
    name = world.one(("birthday", "birthday", *words.DATES, "shoe_size", "unheard_of"))
    told: Json = {"kind": "date_field", "name": name}
    day = world.one(dates(world, name)) + timedelta(days=world.off())
    if world.likely(0.25):
        return world.possible(DateField, lambda: told | {"recurring": False} | _ends(world, name))
    if recurring := world.likely(0.7):
        near = [_returning(day, today(world).year + turn) for turn in (-1, 0, 1)]
        day = min(near, key=lambda one: abs((one - today(world)).days))
    told |= world.one(({"recurring": recurring}, {} if recurring else {"recurring": False}))
    if world.likely(0.2):
        return told | {"today": True}
    ahead = (day - today(world)).days
    days = world.one((min(abs(ahead), _MOST_DAYS), 0, 7, _MOST_DAYS, world.number(0, _MOST_DAYS)))
    return told | {world.one(("next_days", "last_days")) if ahead == 0 else _side(ahead): days}


def _ends(world: World, name: str) -> Json:
    ends = world.some(("before", "after"), 1 if world.likely(0.7) else 2)
    days = {end: world.one(dates(world, name)) + timedelta(days=world.off()) for end in ends}
    return {end: day.isoformat() for end, day in days.items()}


def _side(ahead: int) -> str:
    return "next_days" if ahead > 0 else "last_days"


KINDS = {
    "age": age,
    "gender": gender,
    "language": language,
    "attribute": attribute,
    "date_field": date_field,
}
