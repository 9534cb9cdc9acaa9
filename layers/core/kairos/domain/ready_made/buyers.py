"""Ready-made segments by what and how often customers buy."""

from kairos.domain.ready_made.ready_made import ReadyMade, Titles

BUYERS = (
    ReadyMade(
        id="one_time_buyers",
        names=Titles(
            en="One-time buyers",
            de="Einmalkäufer",
            fr="Acheteurs uniques",
            it="Acquirenti unici",
        ),
        description="Have placed exactly one order.",
        rule={"kind": "order_count", "equals": 1},
    ),
    ReadyMade(
        id="prospects",
        names=Titles(en="Prospects", de="Interessenten", fr="Prospects", it="Potenziali clienti"),
        description="Have never placed an order.",
        rule={"kind": "order_count", "equals": 0},
    ),
)
