"""What a delivery can tell, and how two tellings of the same thing are ordered."""

from datetime import UTC, datetime

from kairos.domain.activity import ActivityBatch
from kairos.domain.cart import CartSnapshot
from kairos.domain.customer import ConsentSnapshot, CustomerSnapshot, PrivacyRequest
from kairos.domain.order import OrderSnapshot, RefundSnapshot
from kairos.domain.product import CategorySnapshot, ProductSnapshot
from kairos.domain.value import Value, digest

Snapshot = (
    OrderSnapshot
    | RefundSnapshot
    | CartSnapshot
    | CustomerSnapshot
    | ConsentSnapshot
    | ProductSnapshot
    | CategorySnapshot
    | ActivityBatch
    | PrivacyRequest
)


def version_of(updated_at: datetime, body: Value) -> str:
    """A text that sorts as snapshots do: by the source's update time, then by hash of the canonical body.

    So an older snapshot never replaces a newer one, and of two with equal times the same one always wins.
    """
    return f"{sortable(updated_at)}#{digest(body.as_json())}"


def sortable(moment: datetime) -> str:
    """The instant as a text that sorts as instants do; what stands before "#" in a version."""
    # Not by strftime: its years before 1000 have fewer digits, and would sort after all others.
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"
