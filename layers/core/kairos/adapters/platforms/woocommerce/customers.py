"""WooCommerce customers, registered ones only: guests live in their orders."""

from kairos.adapters.platforms.consent_field import by_field
from kairos.adapters.platforms.message import Message
from kairos.adapters.platforms.woocommerce import parts
from kairos.domain.customer import CustomerSnapshot
from kairos.domain.identity import Identities, folded_email
from kairos.domain.snapshot import Snapshot


def read_customer(message: Message) -> list[Snapshot]:
    """customer.created, customer.updated, customer.restored: the whole record."""
    body = message.body
    customer_id = body.needed_id("id")
    updated_at = parts.updated_at(message)
    billing = body.child("billing")
    email = folded_email(body.text("email")) or (folded_email(billing.text("email")) if billing else None)
    return [
        CustomerSnapshot(
            id=customer_id,
            updated_at=updated_at,
            registered_at=parts.when(message, "date_created"),
            identities=Identities(platform_id=customer_id, email=email, phone=parts.phone(body)),
            person=parts.person(body),
            consents=by_field(body, message.shop.consent_field, email, updated_at, "woocommerce customer"),
            group=body.text("role"),
        )
    ]


def read_deleted(message: Message) -> list[Snapshot]:
    """customer.deleted tells the id only."""
    customer_id = message.body.needed_id("id")
    who = Identities(platform_id=customer_id)
    return [CustomerSnapshot(id=customer_id, updated_at=message.told_at, deleted=True, identities=who)]
