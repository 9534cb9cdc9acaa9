"""Sessions of the console: begun with a password, kept under a hash, ended by hand or by time.

Times are real ones, whatever the stack's clock shows: they are a person's, not a customer's.
"""

import hashlib
import hmac
import secrets
from contextlib import suppress
from datetime import datetime, timedelta

from kairos import keys
from kairos.domain.access import Person, read_groups
from kairos.domain.errors import Conflict
from kairos.domain.value import Instant, Value
from kairos.ports import Clock, Delete, Item, Items, People, Put, SignedIn, Unchanged

LASTS = timedelta(hours=12)
"""A session ends so long after the password was given: a working day."""

RESTS = timedelta(hours=2)
"""It ends so long after it was last used."""

ASKED_AGAIN = timedelta(minutes=5)
"""Roles that were taken away, and people who were shut out, are noticed within this time."""


class Session(Value):
    """As it is kept. checked_at: when the directory last said the groups; it counts as use."""

    person: str
    email: str
    groups: tuple[str, ...]
    began_at: Instant
    checked_at: Instant

    def as_person(self) -> Person:
        """Who is signed in."""
        return Person(id=self.person, roles=read_groups(self.groups))


def hash_of(secret: str) -> str:
    """What a session is found by: 256 random bits need no salt and no slow hash."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def csrf_of(secret: str) -> str:
    """What forms carry, so that nobody else's page can send them: it follows from the browser's secret
    alone, and the secret does not follow from it."""
    return hashlib.sha256(b"form:" + secret.encode("utf-8", "replace")).hexdigest()


def is_same(told: str, expected: str) -> bool:
    """Compared in constant time."""
    return hmac.compare_digest(told.encode("utf-8", "replace"), expected.encode())


def new_secret() -> str:
    """What a browser is to hold."""
    return secrets.token_urlsafe(32)


def begin(items: Items, real: Clock, who: SignedIn) -> str:
    """Begin a session; answers its secret, which is kept nowhere. real: the real clock."""
    secret, now = new_secret(), real.now()
    session = Session(person=who.person, email=who.email, groups=who.groups, began_at=now, checked_at=now)
    items.write(Put(_item(secret, session, "1"), Unchanged(None)))
    return secret


def find(items: Items, real: Clock, people: People, secret: str) -> Session | None:
    """The session of this secret; None where there is none, or no longer.

    Every few minutes the directory is asked again, so that who is shut out there is out here as well.
    """
    held = items.get(keys.session(hash_of(secret))) if secret else None
    if held is None:
        return None
    session, now = Session.model_validate(held.body), real.now()
    if now >= session.began_at + LASTS or now >= session.checked_at + RESTS:
        return None
    if now < session.checked_at + ASKED_AGAIN:
        return session
    groups = people.groups(session.person)
    if groups is None:
        items.write(Delete(held.key))
        return None
    fresh = session.model_copy(update={"groups": groups, "checked_at": now})
    # Refused where another page of the same person asked at the same moment, or signed out.
    with suppress(Conflict):
        items.write(Put(_item(secret, fresh, str(int(held.version) + 1)), Unchanged(held.version)))
    return fresh


def end(items: Items, secret: str) -> None:
    """The session is over, now. Repeating it changes nothing."""
    if secret:
        items.write(Delete(keys.session(hash_of(secret))))


def _item(secret: str, session: Session, version: str) -> Item:
    over: datetime = session.began_at + LASTS
    return Item(keys.session(hash_of(secret)), version, session.as_json(), int(over.timestamp()))
