"""A customer as the shop's platform states them, and the requests that privacy law gives them."""

from typing import Literal

from kairos.domain.consent import ConsentStatement
from kairos.domain.identity import Identities
from kairos.domain.person import Person
from kairos.domain.value import Instant, Value


class CustomerSnapshot(Value):
    """One customer record of the platform. id: the platform's id, or the e-mail where it has none.

    acquisition: where they came from ("shop", "newsletter", "in store", …), None where unknown.
    """

    kind: str = "customer"
    id: str
    updated_at: Instant
    deleted: bool = False
    registered_at: Instant | None = None
    identities: Identities = Identities()
    person: Person = Person()
    consents: tuple[ConsentStatement, ...] = ()
    tags: tuple[str, ...] = ()
    group: str | None = None
    acquisition: str | None = None


class ConsentSnapshot(Value):
    """Consents that came by themselves, for a customer known otherwise."""

    kind: str = "consent"
    updated_at: Instant
    identities: Identities = Identities()
    consents: tuple[ConsentStatement, ...] = ()


class PrivacyRequest(Value):
    """What the platform demands on a person's behalf: their data, its erasure, or the whole shop's."""

    kind: str = "privacy"
    request: Literal["export", "erase_customer", "erase_shop"]
    id: str
    updated_at: Instant
    identities: Identities = Identities()
    order_ids: tuple[str, ...] = ()
