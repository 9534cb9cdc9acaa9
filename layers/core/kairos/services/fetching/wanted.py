"""A thing to be fetched from a shop's API, as it waits in its queue."""

from datetime import timedelta

from kairos.domain.delivery import Delivery
from kairos.domain.errors import NotFetched
from kairos.domain.value import Instant, Value

FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(minutes=15)
"""After a first failure, doubled each time; SQS holds a message back for 15 minutes at most."""

GIVEN_UP_AFTER = timedelta(days=7)
"""Real time after which a shop that gives no answer is for the operator: dead letters last 14 more days."""


class Wanted(Value):
    """topic, thing: see ports.ShopReader.fetch. told_at: when the webhook says that it was so, real time.

    received_at: when the webhook came, real time. attempts: how often the shop was asked in vain.
    failing_since: when it was first put off, real time.
    """

    shop: str
    topic: str
    thing: str
    told_at: Instant | None = None
    received_at: Instant
    attempts: int = 0
    failing_since: Instant | None = None

    @property
    def what(self) -> tuple[str, str, str]:
        """What it leads to: the same for all webhooks about the same thing."""
        return self.shop, self.topic, self.thing

    @property
    def wait(self) -> timedelta:
        """How long to leave it after another failure, where the shop itself says nothing."""
        return min(FIRST_WAIT * (1 << min(self.attempts, 10)), LONGEST_WAIT)

    @classmethod
    def of(cls, delivery: Delivery, named: NotFetched) -> "Wanted":
        """What a delivery names."""
        return cls(
            shop=delivery.shop,
            topic=named.topic,
            thing=named.thing,
            told_at=named.told_at,
            received_at=delivery.received_at,
        )

    def and_(self, other: "Wanted") -> "Wanted":
        """Both of the same thing in one: one answer serves all that came before it was asked for."""
        told = [one for one in (self.told_at, other.told_at) if one is not None]
        failing = [one for one in (self.failing_since, other.failing_since) if one is not None]
        return self.model_copy(
            update={
                "told_at": max(told, default=None),
                "received_at": min(self.received_at, other.received_at),
                "attempts": min(self.attempts, other.attempts),
                "failing_since": min(failing, default=None),
            }
        )
