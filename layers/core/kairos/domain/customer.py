"""A customer as the shop's platform states them, and the requests that privacy law gives them."""

from typing import Literal

from kairos.domain.consent import ConsentStatement
from kairos.domain.identity import Identities
from kairos.domain.person import Person
from kairos.domain.value import Instant, Value, filled


class CustomerSnapshot(Value):
    """One customer record of the platform. id: the platform's id, or the e-mail where it has none.

    acquisition: where they came from ("shop", "newsletter", "in store", …), None where unknown.
    in_part: True where its source tells less of the person than may have been told before (see
    `completed_record`); None otherwise.
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
    in_part: bool | None = None


def completed_record(told: CustomerSnapshot, before: CustomerSnapshot) -> CustomerSnapshot:
    """The telling in part, with what it leaves out as it was told before. Its group may be a mere number."""
    return told.model_copy(
        update={
            "identities": filled(told.identities, before.identities),
            "person": filled(told.person, before.person),
            "group": before.group or told.group,
            "tags": told.tags or before.tags,
        }
    )


class ConsentSnapshot(Value):
    """Consents that came by themselves, for a customer known otherwise.

    record: id of the shop's own record of the consent, where it is told. gone: the shop has deleted that
    record, which withdraws what it said; by it alone is then known whose it was.
    """

    kind: str = "consent"
    updated_at: Instant
    identities: Identities = Identities()
    consents: tuple[ConsentStatement, ...] = ()
    record: str | None = None
    gone: bool = False


class PrivacyRequest(Value):
    """What the platform demands on a person's behalf: their data, its erasure, or the whole shop's."""

    kind: str = "privacy"
    request: Literal["export", "erase_customer", "erase_shop"]
    id: str
    updated_at: Instant
    identities: Identities = Identities()
    order_ids: tuple[str, ...] = ()
