"""Reports that name a message by the provider's own id, or a phone by its endpoint."""

from datetime import datetime
from typing import Literal, NamedTuple

from kairos.services.endpoints import forget_value
from kairos.services.feedback import Feedback, Feedbacks, Kind, message_of, record
from kairos.services.segments.touching import Touched, tell_snapshot


class Report(NamedTuple):
    """What became of a message. at: real time as the provider tells it. permanent: the address will never
    work. detail: the provider's words, never who it was."""

    provider_id: str
    kind: Kind
    at: datetime
    permanent: bool
    detail: str | None


class PushEvent(NamedTuple):
    """What became of a phone's endpoint. gone: nothing reaches it any more. failed: one message did not.

    provider_id: of the message that it happened to, where it did.
    """

    kind: Literal["gone", "failed"]
    endpoint: str
    provider_id: str | None
    at: datetime
    detail: str | None


def record_report(given: Feedbacks, told: Report) -> None:
    """Take it in; repeated and out of order it leaves the same. Other senders' messages are counted."""
    found = message_of(given.items, told.provider_id)
    if found is None:
        given.counts.add("FeedbackWithoutMessage", kind=told.kind)
        return
    shop, message_id = found
    record(
        given,
        Feedback(
            shop=shop,
            message_id=message_id,
            provider_id=told.provider_id,
            kind=told.kind,
            at=told.at,
            permanent=told.permanent,
            detail=told.detail,
        ),
    )


def record_push_event(given: Feedbacks, told: PushEvent) -> None:
    """Keep what became of the message, and forget a phone that is gone."""
    if told.provider_id is not None:
        record_report(given, Report(told.provider_id, "bounce", told.at, False, told.detail))
    if told.kind == "gone":
        for shop, owner in forget_value(given.items, given.clock, told.endpoint):
            given.counts.add("EndpointsGone", channel="push")
            tell_snapshot(given.snapshot, shop, Touched(frozenset({owner})))
