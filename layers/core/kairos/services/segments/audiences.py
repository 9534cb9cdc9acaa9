"""Audiences: hashed lists for advertising networks, whole or as what changed since a reader last had them.

A reader walks through the customers by id, page by page. What it was given of each stretch lies in the
bucket. What one read gave out becomes what the next is compared with only once the reader says that it has
it: an answer that was lost is given again.
"""

import gzip
import json
import re
import secrets
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, NamedTuple

from kairos import keys
from kairos.domain.audience import FORMS, NETWORKS, Identifiers, Network, as_network_takes, hashed
from kairos.domain.audience_state import (
    Given,
    ReaderState,
    Reading,
    Step,
    Stretch,
    Wanted,
    bring_up_to_date,
    objects_of,
)
from kairos.domain.criteria.rule import All, Rule, parse_rule
from kairos.domain.cursor import cursor_after, read_cursor
from kairos.domain.errors import Refused
from kairos.ports import Clock, Item, Items, Objects, Put, Unchanged
from kairos.services.segments.contacts import Contacts
from kairos.services.segments.population import Population

PAGE = 1_000
"""Members looked at for one page, some hundred reads of the table."""

KEPT = timedelta(days=80)
"""How long it is kept what a reader was given; the bucket keeps its objects for 90 days."""

_READER = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_AGREED = parse_rule({"kind": "accepts_marketing", "channel": "advertising"})
"""What the snapshot knows of it rules out most; what is true now is read for each page."""


class Asked(NamedTuple):
    """A wish for an audience. reader: None for the whole list, without keeping what was given.

    since: the read that the reader says it has; None: it has nothing. drop_buyers: see bring_up_to_date.
    """

    segment: str
    network: Network
    reader: str | None = None
    since: str | None = None
    cursor: str | None = None
    drop_buyers: bool = True


class Audiences(NamedTuple):
    """What giving out audiences needs."""

    items: Items
    objects: Objects
    clock: Clock
    contacts: Contacts

    @property
    def shop(self) -> str:
        """The shop's id."""
        return self.contacts.shop


def read_network(told: str | None) -> Network:
    """The network of that name. Raises Refused."""
    for one in NETWORKS:
        if one == told:
            return one
    raise Refused("network", f"{told!r} is none that we know.", f"Use one of {', '.join(NETWORKS)}.")


def read_page(parts: Audiences, population: Population, rule: Rule, asked: Asked) -> dict[str, Any]:
    """One page: {"network", …, "add", "remove", "cursor", "since"}; members in the network's own form.

    cursor: where to go on, None on the last page. since: on the last page, what to send next time.
    Raises Refused naming the parameter, Conflict where another reads in the same name.
    """
    if asked.reader is None:
        of = f"audience/{asked.segment}/{asked.network}"
        after = read_cursor(asked.cursor, of)
        wanted, upto = _wanted(parts, population, rule, asked.network, after, "")
        return _answer(asked.network, _told([one.identifiers for one in wanted], []), of, upto, None)
    if not _READER.fullmatch(asked.reader):
        raise Refused("reader", "It is no reader's name.", "Use small letters, digits, - and _, 40 at most.")
    return _changes(parts, population, rule, asked, asked.reader)


def _changes(
    parts: Audiences, population: Population, rule: Rule, asked: Asked, reader: str
) -> dict[str, Any]:
    place = keys.audience_reader(parts.shop, asked.segment, asked.network, reader)
    held, now = parts.items.get(place), parts.clock.now()
    is_fresh = held is not None and (held.expires_at or 0) > now.timestamp()
    known = ReaderState.model_validate(held.body) if held and is_fresh else ReaderState()
    state = _going_on(known, asked) if asked.cursor else _begun(known, asked)
    of = f"audience/{asked.segment}/{asked.network}/{reader}/{state.next.id}"
    after = read_cursor(asked.cursor, of)
    wanted, upto = _wanted(parts, population, rule, asked.network, after, state.base.next_end(after))
    given = [
        one
        for stretch in state.base.overlapping(after, upto)
        for one in _kept(parts.objects, stretch)
        if one.customer > after and (upto == "" or one.customer <= upto)
    ]
    step = bring_up_to_date(given, wanted, now, asked.drop_buyers)
    name = f"audiences/{parts.shop}/{asked.segment}/{asked.network}/{reader}/{secrets.token_hex(12)}.jsonl.gz"
    parts.objects.put(name, _packed(step.after), "application/gzip")
    before = tuple(one for one in state.next.stretches if one.upto and one.upto <= after)
    done = Reading(id=state.next.id, stretches=(*before, Stretch(upto=upto, object=name)))
    kept = ReaderState(base=state.base, next=done)
    version = str(int(held.version) + 1) if held else "1"
    item = Item(place, version, kept.as_json(), int((now + KEPT).timestamp()))
    parts.items.write(Put(item, Unchanged(held.version if held else None)))
    for gone in objects_of(known.base, known.next) - objects_of(kept.base, kept.next):
        parts.objects.delete(gone)
    return _answer(asked.network, step, of, upto, done.id)


def _begun(known: ReaderState, asked: Asked) -> ReaderState:
    """A new read, compared with the one that the reader says it has."""
    fresh = Reading(id=secrets.token_hex(8))
    if asked.since is None:
        return ReaderState(next=fresh)
    for one in (known.next, known.base):
        if one.id == asked.since and one.is_done:
            return ReaderState(base=one, next=fresh)
    raise Refused(
        "since", "It is no finished read of this reader.", "Leave it out, and replace the list by the answer."
    )


def _going_on(known: ReaderState, asked: Asked) -> ReaderState:
    if asked.since is not None and asked.since != known.base.id:
        raise Refused("since", "Not the one that this read began with.", "Leave it out beside a cursor.")
    return known


def _wanted(
    parts: Audiences, population: Population, rule: Rule, network: Network, after: str, end: str
) -> tuple[list[Wanted], str]:
    """Who is in the audience behind `after`, and up to which id: at most to `end`, or "" for the end."""
    found = population.members(All((rule, _AGREED)), after, PAGE)
    upto = found[-1] if len(found) == PAGE else ""
    if end and (upto == "" or end < upto):
        upto = end
    contacts = parts.contacts.advertisable([one for one in found if upto == "" or one <= upto])
    wanted = [Wanted(one.customer, hashed(network, one.email, one.phone), one.last_order) for one in contacts]
    return wanted, upto


def _told(add: list[Identifiers], remove: list[Identifiers]) -> Step:
    return Step(add, remove, [])


def _answer(network: Network, step: Step, of: str, upto: str, read: str | None) -> dict[str, Any]:
    return {
        "network": network,
        **FORMS[network],
        "add": [as_network_takes(network, one) for one in step.add],
        "remove": [as_network_takes(network, one) for one in step.remove],
        "cursor": cursor_after(of, upto) if upto else None,
        "since": None if upto else read,
    }


def _packed(given: Iterable[Given]) -> bytes:
    text = "".join(f"{json.dumps(one.as_json())}\n" for one in given)
    return gzip.compress(text.encode(), mtime=0)


def _kept(objects: Objects, stretch: Stretch) -> list[Given]:
    text = gzip.decompress(objects.get(stretch.object)).decode()
    return [Given.model_validate_json(line) for line in text.splitlines()]
