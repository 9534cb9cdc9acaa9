"""Addresses of pages, compared as marketers know them: with or without the site, whatever the case."""

from kairos.domain.criteria.criterion import Comparison, Text


class PageTest(Comparison):
    """A page's address; every field given must hold.

    Case and what follows a "#" don't matter. A text that begins with "/" means the path on whatever site.
    equals: nor do what follows a "?" and a "/" at the end matter, save where the text holds a "?" itself.
    """

    comparing = ("equals", "starts_with", "contains")
    equals: Text | None = None
    starts_with: Text | None = None
    contains: Text | None = None

    def passes(self, address: str) -> bool:
        """Whether the address passes."""
        whole = _plain(address)
        forms = (whole, _path(whole))
        return (
            (self.equals is None or _equals(forms, _plain(self.equals)))
            and (self.starts_with is None or any(one.startswith(_plain(self.starts_with)) for one in forms))
            and (self.contains is None or _plain(self.contains) in whole)
        )


def _plain(address: str) -> str:
    return address.strip().casefold().partition("#")[0]


def _path(address: str) -> str:
    """What follows the site; the address itself where it names none."""
    scheme, _, rest = address.partition("://")
    if "/" in scheme or not rest:
        return address
    return rest[rest.find("/") :] if "/" in rest else "/"


def _equals(forms: tuple[str, ...], wanted: str) -> bool:
    if "?" in wanted:
        return wanted in forms
    return _page(wanted) in map(_page, forms)


def _page(address: str) -> str:
    return address.partition("?")[0].rstrip("/") or "/"
