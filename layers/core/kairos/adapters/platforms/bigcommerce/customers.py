"""BigCommerce customers and newsletter subscribers: version 3 of the API ("Customers", "Subscribers").

Consent to mail is the subscriber's: `consents` names the newsletter, or is empty for who has unsubscribed.
A customer's own `accepts_product_review_abandoned_cart_emails` is about two of the shop's mails, no more.
"""

from kairos.adapters.platforms import people
from kairos.adapters.platforms.bigcommerce import parts
from kairos.adapters.platforms.fields import Fields
from kairos.adapters.platforms.message import Message
from kairos.domain.consent import ConsentState, ConsentStatement
from kairos.domain.customer import ConsentSnapshot, CustomerSnapshot
from kairos.domain.errors import Unreadable
from kairos.domain.identity import Identities, folded_email
from kairos.domain.person import Person
from kairos.domain.snapshot import Snapshot

NEWSLETTER = "marketing_newsletter"


def read_customer(message: Message) -> list[Snapshot]:
    """Every topic about a customer or an address of theirs: the whole record, as it is now."""
    told = parts.document(message, parts.CUSTOMER)
    customer = told.needed_id("id")
    email = folded_email(told.text("email"))
    addresses = told.children("addresses")
    home = next(iter(addresses), None)
    subscribers = told.children("subscribers")
    at = parts.updated_at(message, told)
    return [
        CustomerSnapshot(
            id=customer,
            updated_at=at,
            registered_at=parts.when(told, "date_created"),
            identities=Identities(platform_id=customer, email=email, phone=_phone(told, home)),
            person=Person(
                first_name=told.text("first_name"),
                last_name=told.text("last_name"),
                address=parts.of_customer(home),
            ),
            consents=tuple(said for one in subscribers for said in _consents(message, one, email)),
            group=told.id("customer_group_id"),
        ),
        *(
            ConsentSnapshot(updated_at=at, identities=Identities(email=email), record=record)
            for one in subscribers
            if (record := one.id("id")) and folded_email(one.text("email")) == email
        ),
    ]


def read_deleted(message: Message) -> list[Snapshot]:
    """store/customer/deleted, or a customer that the shop has no more."""
    customer, at = parts.named_id(message), message.body.times.received_at
    who = Identities(platform_id=customer)
    return [CustomerSnapshot(id=customer, updated_at=at, deleted=True, identities=who)]


def read_subscriber(message: Message) -> list[Snapshot]:
    """store/subscriber/created and updated: somebody's consent, whether they are a customer or not."""
    told = parts.document(message, parts.SUBSCRIBER)
    email = folded_email(told.text("email"))
    if email is None:
        raise Unreadable(told.at("email"), "is no e-mail address.", "Send the subscriber as the API told it.")
    consents = _consents(message, told, email)
    at = parts.updated_at(message, told)
    who = Identities(email=email)
    return [ConsentSnapshot(updated_at=at, identities=who, consents=consents, record=told.id("id"))]


def read_subscriber_deleted(message: Message) -> list[Snapshot]:
    """store/subscriber/deleted, or a record that the shop has no more: the consent went with it.

    It names the record alone; the recorder knows whose it was. Dated as the webhook says, since who
    subscribes again after it has a new record, and means it.
    """
    return [ConsentSnapshot(updated_at=message.told_at, record=parts.named_id(message), gone=True)]


def _consents(message: Message, told: Fields, email: str | None) -> tuple[ConsentStatement, ...]:
    """A shop of several storefronts has a record for each: the newest says what holds."""
    address = folded_email(told.text("email")) or email
    if address is None or address != email:
        return ()
    given = told.raw("consents")
    if given is not None and not isinstance(given, list):
        raise Unreadable(told.at("consents"), "is not a list.", "Send the subscriber as the API told it.")
    # Stores that do not tell consents have subscribers to the newsletter alone.
    state: ConsentState = "granted" if given is None or NEWSLETTER in given else "withdrawn"
    return (
        ConsentStatement(
            channel="email",
            address=address,
            state=state,
            stated_at=parts.when(told, "date_modified") or parts.updated_at(message, told),
            source="bigcommerce subscriber",
        ),
    )


def _phone(told: Fields, home: Fields | None) -> str | None:
    country = people.country(home.text("country_code")) if home else None
    own = people.phone(told.text("phone"), country)
    return own or (people.phone(home.text("phone"), country) if home else None)
