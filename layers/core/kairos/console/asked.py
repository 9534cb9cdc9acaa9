"""One request to the console with all that its page needs to know, and what the page answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from kairos.adapters.api_gateway import Request
from kairos.console.formats import Formats
from kairos.console.parts import Parts
from kairos.console.rendering import render
from kairos.console.said import AFTER
from kairos.console.words import say
from kairos.domain.access import Caller, Person, Role, at_least
from kairos.domain.errors import Forbidden
from kairos.domain.shop import Shop


class Answer(NamedTuple):
    """status, body as text, and further headers. cookie: one to set, as its header says it."""

    status: int
    body: str
    headers: Mapping[str, str] = {}
    cookie: str = ""


Form = Mapping[str, list[str]]
"""What was posted: every value of every field, in their order."""


@dataclass(frozen=True)
class Asked:
    """request: as API Gateway tells it. where: its path below the console's; route: as registered; path:
    what stands in its places.

    root: path of the console, without a final slash. csrf: what its forms carry. person: who is signed in.
    email: theirs. shop, role: where the route names a shop that they may see.
    """

    request: Request
    parts: Parts
    where: str
    route: str
    section: str
    root: str
    language: str
    csrf: str
    path: Mapping[str, str] = field(default_factory=dict)
    form: Form = field(default_factory=dict)
    person: Person | None = None
    email: str = ""
    shop: Shop | None = None
    role: Role | None = None

    @property
    def here(self) -> Shop:
        """The shop that the address names."""
        assert self.shop is not None, self.route  # noqa: S101 - the registry gives every such route its shop
        return self.shop

    @property
    def query(self) -> Mapping[str, str]:
        """The address's parameters."""
        return self.request.query

    @property
    def is_live(self) -> bool:
        """Whether htmx asks for a part of a page."""
        return self.request.headers.get("hx-request") == "true"

    @property
    def at(self) -> str:
        """Path of the shop's pages, without a final slash."""
        return f"{self.root}/shops/{self.here.id}"

    @cached_property
    def formats(self) -> Formats:
        """Numbers and times for the reader, at the shop."""
        return Formats(self.language, self.here.zone, self.here.currency)

    def may(self, needed: Role) -> bool:
        """Whether the person's role in this shop reaches so far."""
        return at_least(self.role, needed)

    def say(self, name: str, /, **values: object) -> str:
        """The sentence of that name in the reader's language, see words.say."""
        return say(self.language, name, **values)

    def one(self, name: str, otherwise: str = "") -> str:
        """The first value of a posted field, without blanks around it."""
        return self.form.get(name, [otherwise])[0].strip()

    def page(self, template: str, status: int = 200, **told: Any) -> Answer:
        """A whole page, or a part of one; the template says which."""
        return Answer(status, render(self, template, told))

    def go(self, path: str, done: str = "") -> Answer:
        """On to another page of the console after a POST. done: name of the sentence shown there, one of
        said.AFTER."""
        if done and done not in AFTER:
            raise KeyError(done)
        said = f"{'&' if '?' in path else '?'}done={done}" if done else ""
        return Answer(303, "", {"location": f"{path}{said}"})


def caller_of(asked: Asked) -> Caller:
    """The person as services see who calls. Raises Forbidden."""
    caller = asked.person.as_caller(asked.here.id) if asked.person else None
    if caller is None:
        raise Forbidden("Nobody is signed in.")
    return caller
