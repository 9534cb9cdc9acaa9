"""Consent as Shopify tells it: per customer and channel with a time of its own, or a box at checkout."""

from datetime import datetime

from kairos.adapters.platforms import people
from kairos.adapters.platforms.fields import Fields
from kairos.adapters.platforms.shopify import buyers
from kairos.domain.consent import Channel, ConsentState, ConsentStatement

# shopify.dev, CustomerEmailMarketingState. "pending" waits for a confirmation: nothing is said yet.
_STATES: dict[str, ConsentState] = {
    "subscribed": "granted",
    "unsubscribed": "withdrawn",
    "not_subscribed": "withdrawn",
    "redacted": "withdrawn",
    "invalid": "withdrawn",
}


def statement(
    told: Fields | None, channel: Channel, address: str | None, otherwise_at: datetime
) -> tuple[ConsentStatement, ...]:
    """What an email_marketing_consent or sms_marketing_consent says; empty where it says nothing.

    otherwise_at: when a subscription is dated that has no time of its own. A "not_subscribed" without
    one is the state of a customer who was never asked: no statement.
    """
    state = _STATES.get((told.text("state") or "").lower()) if told else None
    if told is None or state is None or not address:
        return ()
    stated_at = told.version_time("consent_updated_at")  # it decides against other statements
    if stated_at is None and (told.text("state") or "").lower() == "not_subscribed":
        return ()
    return (
        ConsentStatement(
            channel=channel,
            address=address,
            state=state,
            stated_at=stated_at or otherwise_at,
            source="shopify customer",
        ),
    )


def of_customer(customer: Fields | None, otherwise_at: datetime) -> tuple[ConsentStatement, ...]:
    """All that a customer object states for the customer's own addresses, by e-mail and SMS."""
    if customer is None:
        return ()
    email = buyers.first_email(customer)
    phone = buyers.first_phone(customer, country_of=customer.child("default_address"))
    by_email = statement(customer.child("email_marketing_consent"), "email", email, otherwise_at)
    if not by_email and not customer.has("email_marketing_consent"):
        by_email = _accepts_marketing(customer, email, otherwise_at)
    return by_email + statement(customer.child("sms_marketing_consent"), "sms", phone, otherwise_at)


def _accepts_marketing(
    customer: Fields, email: str | None, otherwise_at: datetime
) -> tuple[ConsentStatement, ...]:
    """The older field: false without a time is a customer who was never asked."""
    stated_at = customer.version_time("accepts_marketing_updated_at")
    accepts = customer.flag("accepts_marketing")
    if not email or not customer.has("accepts_marketing") or not (accepts or stated_at):
        return ()
    return (
        ConsentStatement(
            channel="email",
            address=email,
            state="granted" if accepts else "withdrawn",
            stated_at=stated_at or otherwise_at,
            source="shopify customer",
        ),
    )


def at_checkout(body: Fields, email: str | None, stated_at: datetime) -> tuple[ConsentStatement, ...]:
    """The boxes of the checkout. An empty box is no withdrawal: subscribers rarely tick it again.

    Nor is a ticked one a consent while the customer in the same body has still to confirm it.

    stated_at: when the order was placed or the checkout begun. Every update repeats the boxes, so that its
    own time would undo a withdrawal made since they were ticked.
    """
    ticked: list[tuple[Channel, str]] = []
    customer = body.child("customer")
    if email and body.flag("buyer_accepts_marketing") and not _unconfirmed(customer, "email"):
        ticked.append(("email", email))
    by_sms = body.flag("buyer_accepts_sms_marketing") and not _unconfirmed(customer, "sms")
    if by_sms and (number := _sms_number(body)):
        ticked.append(("sms", number))
    return tuple(
        ConsentStatement(
            channel=channel, address=address, state="granted", stated_at=stated_at, source="shopify checkout"
        )
        for channel, address in ticked
    )


def _unconfirmed(customer: Fields | None, channel: Channel) -> bool:
    told = customer.child(f"{channel}_marketing_consent") if customer else None
    return told is not None and (told.text("state") or "").lower() == "pending"


def _sms_number(body: Fields) -> str | None:
    billing = body.child("billing_address")
    country = people.country(billing.text("country_code")) if billing else None
    return people.phone(body.text("sms_marketing_phone", "phone"), country)
