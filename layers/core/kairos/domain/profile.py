"""The profile: a customer as the fold of all that was recorded for them. Derived, never incremented."""

from datetime import datetime
from typing import Literal

from pydantic import Field, ValidationInfo, field_validator

from kairos.domain.activity import OFF_SITE
from kairos.domain.answer import Frequency
from kairos.domain.consent import Channel
from kairos.domain.outreach import Outreach
from kairos.domain.person import Person
from kairos.domain.purchases import CartFact, OrderFact
from kairos.domain.value import Instant, Second, Value
from kairos.domain.visits import ActivityAct, ActivityFact

EngagementKind = Literal["delivered", "opened", "clicked", "bounced", "complained", "unsubscribed"]


class EngagementFact(Value):
    """What became of one message, once per message and kind. opened, clicked: by a person, not a machine.

    at: of the event; sent_at: of the message it concerns, which it never precedes, whatever the provider's
    clock says. message: the scenario's step.
    """

    kind: EngagementKind
    sent_at: Second
    at: Second
    scenario: str
    message: str
    channel: Channel = "email"

    @field_validator("at")
    @classmethod
    def _not_before_it_was_sent(cls, at: datetime, told: ValidationInfo) -> datetime:
        sent_at: datetime = told.data.get("sent_at", at)
        return max(at, sent_at)


class RunFact(Value):
    """One run of a scenario. ended_at: None while it goes on."""

    scenario: str
    started_at: Second
    ended_at: Second | None = None


class SurveyFact(Value):
    """An answer to a survey. score: 0 (worst) to 10 (best)."""

    at: Second
    score: int = Field(ge=0, le=10)


class MembershipFact(Value):
    """A segment that the customer is in, and since when."""

    segment: str
    entered_at: Second


class Profile(Value):
    """One customer of one shop.

    id: the customer's id; nodes: every identity node that is this customer. registered_at: when the
    account was made; first_seen_at: the earliest trace. Orders by time placed, carts by last change.
    subscribed_at: when they agreed to e-mails, filled where a scenario asks for it as it starts. accepts,
    reachable: channels on which messages are consented to, and on which an address is known and not
    suppressed. preferred_hour (0-23), preferred_weekday (0 is Monday): when they tend to act, in the
    shop's time zone. lists: the fixed lists they stand on. points: balance. wanted_frequency: how often they
    asked to hear from the shop, None where they never said. outreach: what reports count.
    All after `wanted_frequency` is only filled where it is asked for, and never stored; events oldest first.
    """

    id: str
    nodes: tuple[str, ...]
    email: str | None = None
    phone: str | None = None
    platform_id: str | None = None
    person: Person = Person()
    registered_at: Second | None = None
    first_seen_at: Instant | None = None
    tags: tuple[str, ...] = ()
    group: str | None = None
    acquisition: str | None = None
    orders: tuple[OrderFact, ...] = ()
    carts: tuple[CartFact, ...] = ()
    activity: tuple[ActivityFact, ...] = ()
    wanted_frequency: Frequency | None = None
    accepts: tuple[Channel, ...] = Field(default=(), exclude=True)
    subscribed_at: Second | None = Field(default=None, exclude=True)
    reachable: tuple[Channel, ...] = Field(default=(), exclude=True)
    preferred_channel: Channel | None = Field(default=None, exclude=True)
    preferred_hour: int | None = Field(default=None, exclude=True, ge=0, le=23)
    preferred_weekday: int | None = Field(default=None, exclude=True, ge=0, le=6)
    lists: tuple[str, ...] = Field(default=(), exclude=True)
    points: int = Field(default=0, exclude=True, ge=0)
    acts: tuple[ActivityAct, ...] = Field(default=(), exclude=True)
    engagement: tuple[EngagementFact, ...] = Field(default=(), exclude=True)
    runs: tuple[RunFact, ...] = Field(default=(), exclude=True)
    surveys: tuple[SurveyFact, ...] = Field(default=(), exclude=True)
    memberships: tuple[MembershipFact, ...] = Field(default=(), exclude=True)
    outreach: Outreach = Field(default=Outreach(), exclude=True)

    @property
    def counting_orders(self) -> tuple[OrderFact, ...]:
        """Orders that count, oldest first."""
        return tuple(order for order in self.orders if order.counts)

    @property
    def last_visit(self) -> datetime | None:
        """When they were last on the site."""
        return next((act.at for act in reversed(self.acts) if act.kind not in OFF_SITE), None)

    @property
    def orders_by_product(self) -> dict[str, list[OrderFact]]:
        """Product id -> the counting orders that hold it, oldest first."""
        holding: dict[str, list[OrderFact]] = {}
        for order in self.counting_orders:
            for product in order.product_ids:
                holding.setdefault(product, []).append(order)
        return holding

    def cart(self, key: str) -> CartFact | None:
        """The cart of that key, if it is this customer's."""
        return next((cart for cart in self.carts if cart.key == key), None)
