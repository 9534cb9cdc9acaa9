"""Who the invented customers are: names, dates, addresses."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from kairos.domain.codes import GENDERS
from kairos.domain.person import Address, Person
from tests.agreement import vocabulary as words
from tests.agreement.chance import Chance


class Persons:
    """Draws persons as of one moment."""

    def __init__(self, chance: Chance, now: datetime, zone: ZoneInfo) -> None:
        self.chance, self.now, self.zone = chance, now, zone

    def person(self) -> Person:
        """Who it is."""
        chance = self.chance
        names = chance.some(tuple(words.ATTRIBUTES), 4, least=0)
        return Person(
            first_name=chance.maybe(0.8, lambda: chance.one(words.FIRST_NAMES)),
            last_name=chance.maybe(0.8, lambda: chance.one(words.LAST_NAMES)),
            language=chance.maybe(0.8, lambda: chance.one(words.LANGUAGES)),
            birthday=chance.maybe(0.7, self.birthday),
            gender=chance.maybe(0.7, lambda: chance.one(GENDERS)),
            address=chance.maybe(0.8, self.address),
            attributes={name: self.attribute(name) for name in names},
        )

    def attribute(self, name: str) -> str:
        """An extra field; sometimes a date near today."""
        if name in words.DATES and self.chance.likely(0.6):
            return self.birthday().isoformat() + self.chance.one(("", "", "T10:00:00Z", " "))
        return self.chance.one(words.ATTRIBUTES[name])

    def birthday(self) -> date:
        """Today or about a week beside it in some year, a leap day, any day, or one ahead."""
        chance, today = self.chance, self.now.astimezone(self.zone).date()
        day = today + timedelta(
            days=chance.one((-366, -8, -7, -6, -1, 0, 0, 1, 6, 7, 8, chance.number(-200, 200)))
        )
        if chance.likely(0.1):
            return date(chance.one((1944, 1988, 2000, 2004)), 2, 29)
        years = chance.one((0, 1, 18, 20, 25, 35, 50, 51, 90, chance.number(0, 99)))
        return day.replace(year=day.year - years, day=min(day.day, 28) if day.month == 2 else day.day)

    def address(self) -> Address:
        """Where they live: a known city or not, in any spelling, with coordinates, half of them or none."""
        chance = self.chance
        place = chance.one(words.PLACES)
        spell = chance.one((str, str, str.upper, str.lower, lambda text: f" {text} "))
        known = chance.rng.random()
        near = chance.one((0.0, 0.0, 0.001, 0.05, 0.5))
        return Address(
            country=chance.maybe(0.9, lambda: spell(place.country)),
            region=chance.maybe(0.6, lambda: spell(place.region)),
            province=chance.maybe(0.4, lambda: spell(place.province)),
            city=chance.maybe(0.9, lambda: spell(place.city)),
            postcode=chance.maybe(0.5, lambda: str(chance.number(1000, 9999))),
            latitude=place.latitude + chance.rng.uniform(-near, near) if known < 0.45 else None,
            longitude=place.longitude + chance.rng.uniform(-near, near) if known < 0.4 else None,
        )
