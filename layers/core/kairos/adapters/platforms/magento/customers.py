"""Magento customers, and the subscribers of its newsletter."""

from kairos.adapters.platforms.fields import Fields
from kairos.adapters.platforms.magento import parts
from kairos.adapters.platforms.message import Message
from kairos.domain.consent import ConsentState, ConsentStatement
from kairos.domain.customer import ConsentSnapshot, CustomerSnapshot
from kairos.domain.identity import Identities, folded_email
from kairos.domain.snapshot import Snapshot

# Magento\Newsletter\Model\Subscriber, STATUS_*; 2 (not active) and 4 (unconfirmed) say nothing yet.
_SUBSCRIBED: dict[str, ConsentState] = {"1": "granted", "3": "withdrawn"}


def read_customer(message: Message) -> list[Snapshot]:
    """All events that carry a customer, and REST's customer."""
    body = parts.within(message, "customer_data_object", "customer")
    customer_id = body.needed_id("id", "entity_id")
    at = parts.updated_at(message, body)
    home = _home(body)
    who = parts.identities(body, customer_id, body.text("email"), home)
    return [
        CustomerSnapshot(
            id=customer_id,
            updated_at=at,
            registered_at=body.time("created_at"),
            identities=who,
            person=parts.person(body, "", home),
            consents=_subscribed(body, who.email, message),
            group=body.text("group_id"),
        )
    ]


def read_deleted(message: Message) -> list[Snapshot]:
    """customer_delete_*: the record as it was; its id counts."""
    body = parts.within(message, "customer")
    customer_id = body.needed_id("id", "entity_id")
    who = Identities(platform_id=customer_id)
    return [CustomerSnapshot(id=customer_id, updated_at=message.told_at, deleted=True, identities=who)]


def read_subscriber_consent(message: Message) -> list[Snapshot]:
    """newsletter_subscriber_save_*: also of people without an account."""
    body = parts.within(message, "subscriber")
    email = folded_email(body.text("subscriber_email"))
    if email is None:
        raise body.missing("subscriber_email")
    at = body.version_time("change_status_at") or message.told_at
    state = _SUBSCRIBED.get(body.text("subscriber_status") or "")
    said = (_statement(email, state, at, "newsletter"),) if state else ()
    return [
        ConsentSnapshot(
            updated_at=at,
            identities=Identities(platform_id=body.id("customer_id"), email=email),
            consents=tuple(one for one in said if one),
        )
    ]


def _subscribed(body: Fields, email: str | None, message: Message) -> tuple[ConsentStatement, ...]:
    """is_subscribed says that it is so, but not since when. False may be somebody who was never asked: a
    withdrawal comes as the subscriber's own event."""
    more = body.child("extension_attributes")
    if not email or more is None or not more.flag("is_subscribed"):
        return ()
    at = parts.updated_at(message, body)
    return (_statement(email, "granted", at, "customer"),)


def _statement(email: str, state: ConsentState, at: object, source: str) -> ConsentStatement:
    told = {"channel": "email", "address": email, "state": state, "stated_at": at}
    return ConsentStatement.model_validate({**told, "source": f"magento {source}"})


def _home(body: Fields) -> Fields | None:
    """The address that is the default for bills, else the first."""
    told = body.children("addresses") if isinstance(body.raw("addresses"), list) else []
    return next((one for one in told if one.flag("default_billing")), next(iter(told), None))
