"""Addresses of pages, compared as marketers know them: with or without the site, whatever the case."""

from collections.abc import Callable
from functools import cached_property
from typing import Annotated

from pydantic import AfterValidator

from kairos.domain.criteria.criterion import Comparison, Text


def _says_something(told: str) -> str:
    if not _plain(told):
        raise ValueError("says nothing but what follows a '#', which never matters; name the page")
    return told


Address = Annotated[Text, AfterValidator(_says_something)]


class PageTest(Comparison):
    """A page's address; every field given must hold.

    Case and what follows a "#" don't matter. A text that begins with "/" means the path on whatever site.
    equals: nor do what follows a "?" and a "/" at the end matter, save where the text holds a "?" itself.
    """

    comparing = ("equals", "starts_with", "contains")
    equals: Address | None = None
    starts_with: Address | None = None
    contains: Address | None = None

    def passes(self, address: str) -> bool:
        """Whether the address passes."""
        whole = _plain(address)
        # Nothing passes that does not hold the texts at all: nearly all addresses are done with here.
        return all(text in whole and passes(whole) for text, passes in self._tests)

    @cached_property
    def _tests(self) -> list[tuple[str, Callable[[str], bool]]]:
        """For each field given a text that the address must hold, and the rest of its test."""
        tests: list[tuple[str, Callable[[str], bool]]] = []
        if self.equals is not None:
            wanted = _plain(self.equals)
            exact = wanted if "?" in wanted else _page(wanted)
            form = str if "?" in wanted else _page
            tests.append((exact, lambda whole: exact in map(form, _forms(whole))))
        if self.starts_with is not None:
            start = _plain(self.starts_with)
            tests.append((start, lambda whole: any(one.startswith(start) for one in _forms(whole))))
        if self.contains is not None:
            tests.append((_plain(self.contains), lambda _whole: True))
        return tests


def _plain(address: str) -> str:
    return address.strip().casefold().partition("#")[0]


def _forms(whole: str) -> tuple[str, str]:
    """The address, and what follows the site in it; twice itself where it names none."""
    scheme, _, rest = whole.partition("://")
    if "/" in scheme or not rest:
        return whole, whole
    return whole, rest[rest.find("/") :] if "/" in rest else "/"


def _page(address: str) -> str:
    return address.partition("?")[0].rstrip("/") or "/"
