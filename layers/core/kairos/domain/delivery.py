"""A webhook as it waits in the queue: untouched, with what is needed to judge it later."""

from kairos.domain.value import Instant, Value


class Delivery(Value):
    """headers: lower-case names, only those that matter (topic, ids, times). body: the raw bytes, base64.

    received_at: real time at receipt; readers show it by our clock. source: "webhook", "activity",
    or from the shop's API: "fetched", "reconciliation".
    """

    shop: str
    platform: str
    source: str = "webhook"
    headers: dict[str, str]
    body: str
    received_at: Instant
