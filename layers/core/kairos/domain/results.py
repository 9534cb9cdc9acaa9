"""How a shop counts what its messages bring: for how long one claims an order, its margin, its prices."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, NamedTuple

from pydantic import Field, StringConstraints

from kairos.domain.criteria.durations import ExactDuration, ExactLastingDuration, exact_seconds
from kairos.domain.uplift import Verdict
from kairos.domain.value import Value

Price = Annotated[str, StringConstraints(pattern=r"^\d{1,6}(\.\d{1,6})?$")]


class Windows(Value):
    """For how long an order is a message's. The last touch before the order claims it, of all scenarios.

    clicked_within, opened_within: after a person clicked in the message, or opened it; P5D each, which is
    what e-mail platforms count by default (Klaviyo, help article 1260804504250). received_within: after the
    arrival of a message whose channel tells of no clicks and opens, all but e-mail; PT12H, the same
    platform's length for a delivered SMS. Of no length: such a touch claims nothing.
    """

    clicked_within: ExactDuration = "P5D"
    opened_within: ExactDuration = "P5D"
    received_within: ExactDuration = "PT12H"


class ResultSettings(Windows):
    """compared_for: how long after entering a scenario customers and the held out are compared.

    margin_percent: what is left of a regular price without tax once the goods are paid, in per cent; None:
    unknown, and so is the profit. sms_price: of one SMS, in the shop's currency; None: unknown, for it
    depends on countries.
    """

    compared_for: ExactLastingDuration = "P30D"
    margin_percent: Annotated[int, Field(ge=0, le=100)] | None = None
    sms_price: Price | None = None

    @property
    def seconds(self) -> "WindowSeconds":
        """The lengths in seconds."""
        return WindowSeconds(
            exact_seconds(self.clicked_within),
            exact_seconds(self.opened_within),
            exact_seconds(self.received_within),
            exact_seconds(self.compared_for),
        )


class WindowSeconds(NamedTuple):
    """As in ResultSettings."""

    clicked: int
    opened: int
    received: int
    compared: int


class Period(NamedTuple):
    """From `start` on, before `end`."""

    start: datetime
    end: datetime


FIGURES = (
    "messages", "under_way", "sent", "refused", "unknown", "delivered", "opened", "clicked", "bounced",
    "complained", "unsubscribed", "codes_issued", "codes_redeemed", "orders", "revenue",
    "foreign_orders", "discount",
)  # fmt: skip
"""Each a whole number; discount and revenue in minor units. docs/results.md defines them."""

MONEY = frozenset({"discount", "revenue"})
"""Those figures that are amounts."""

VERDICTS: Mapping[str, Mapping[Verdict, str]] = {
    "de": {
        "not enough data yet": "noch nicht genug Daten",
        "no difference shown": "kein Unterschied nachgewiesen",
        "brings more": "bringt mehr ein",
        "brings less": "bringt weniger ein",
    },
    "en": {
        "not enough data yet": "not enough data yet",
        "no difference shown": "no difference shown",
        "brings more": "brings more",
        "brings less": "brings less",
    },
    "fr": {
        "not enough data yet": "pas encore assez de données",
        "no difference shown": "aucune différence démontrée",
        "brings more": "rapporte davantage",
        "brings less": "rapporte moins",
    },
    "it": {
        "not enough data yet": "dati non ancora sufficienti",
        "no difference shown": "nessuna differenza dimostrata",
        "brings more": "rende di più",
        "brings less": "rende di meno",
    },
}
"""By language: what is said of a comparison."""

UNKNOWN_MARGIN: Mapping[str, str] = {
    "de": "Marge unbekannt",
    "en": "unknown margin",
    "fr": "marge inconnue",
    "it": "margine sconosciuto",
}
UNKNOWN_COST: Mapping[str, str] = {
    "de": "Kosten unbekannt",
    "en": "unknown cost",
    "fr": "coût inconnu",
    "it": "costo sconosciuto",
}
