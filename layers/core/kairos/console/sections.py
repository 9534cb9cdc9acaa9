"""The console's route table. A new page: a module with a SECTION, its template and words, and a line here."""

import re
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from kairos.domain.access import Role

if TYPE_CHECKING:
    from kairos.console.asked import Answer, Asked

SHOP = "/shops/{shop}"
"""How the path of every route within a shop begins."""


class Route(NamedTuple):
    """method: GET changes nothing. path: below the console's address; {shop} is judged before `answers` is
    asked. needs: the least role in that shop; of a route without a shop any sign-in does; None: no sign-in.
    """

    method: str
    path: str
    needs: Role | None
    answers: "Callable[[Asked], Answer]"

    def match(self, path: str) -> dict[str, str] | None:
        """What stands in the places of the path; None where it is another's."""
        found = _pattern(self.path).fullmatch(path)
        return found.groupdict() if found else None


class Section(NamedTuple):
    """name: of its file of words, which has its `title`. icon: path data of 24 by 24, for the navigation;
    "" for what does not stand there. start: the route that the navigation leads to."""

    name: str
    routes: tuple[Route, ...]
    icon: str = ""

    @property
    def start(self) -> str:
        """Path of the first route, below the shop's."""
        return self.routes[0].path.removeprefix(SHOP)


@cache
def sections() -> tuple[Section, ...]:
    """All of them, in the order of the navigation."""
    from kairos.console.pages import (
        api_keys,
        campaigns,
        codes,
        customer,
        customers,
        dead_letters,
        home,
        imports,
        personas,
        scenarios,
        segment,
        segment_builder,
        segments,
        settings,
        shops,
        signing_in,
        site,
        team,
        templates,
    )

    return (
        signing_in.SECTION,
        shops.SECTION,
        home.SECTION,
        segments.SECTION,
        segment_builder.SECTION,
        segment.SECTION,
        personas.SECTION,
        scenarios.SECTION,
        campaigns.SECTION,
        templates.SECTION,
        customers.SECTION,
        customer.SECTION,
        site.SECTION,
        codes.SECTION,
        imports.SECTION,
        dead_letters.SECTION,
        settings.SECTION,
        team.SECTION,
        api_keys.SECTION,
    )


@cache
def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[A-Za-z0-9_.~-]+)", re.escape(path)))


def find(method: str, path: str) -> tuple[Section, Route, dict[str, str]] | None:
    """The route of this method and path. Plain words go before places: /segments/new is no segment's."""
    found = [
        (section, route, places)
        for section in sections()
        for route in section.routes
        if route.method == method and (places := route.match(path)) is not None
    ]
    return min(found, key=lambda one: len(one[2]), default=None)
