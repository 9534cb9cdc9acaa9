"""Ready-made segments of those who have not bought."""

from kairos.domain.ready_made.ready_made import Parameter, ReadyMade, Titles

PROSPECTS = (
    ReadyMade(
        id="prospects",
        names=Titles(en="Prospects", de="Interessenten", fr="Prospects", it="Potenziali clienti"),
        description="Have never placed an order.",
        rule={"kind": "lifecycle", "any_of": ["prospect"]},
    ),
    ReadyMade(
        id="curious_prospects",
        names=Titles(
            en="Curious prospects",
            de="Neugierige Interessenten",
            fr="Prospects curieux",
            it="Potenziali clienti curiosi",
        ),
        description="Visited the shop within 30 days and have never bought.",
        rule={"all": [{"kind": "order_count", "equals": 0}, {"kind": "last_visit", "within": "P30D"}]},
    ),
    ReadyMade(
        id="undecided_prospects",
        names=Titles(
            en="Undecided prospects",
            de="Unentschlossene Interessenten",
            fr="Prospects indécis",
            it="Potenziali clienti indecisi",
        ),
        description="Filled carts (3 times) or chatted (twice) within 30 days, and have never bought.",
        rule={
            "all": [
                {"kind": "order_count", "equals": 0},
                {
                    "any": [
                        {"kind": "cart_adds_without_order", "at_least": 3, "within": "P30D"},
                        {"kind": "chatted", "times": {"at_least": 2}, "window": {"within": "P30D"}},
                    ]
                },
            ]
        },
    ),
    ReadyMade(
        id="abandoned_carts",
        names=Titles(
            en="Abandoned carts",
            de="Abgebrochene Warenkörbe",
            fr="Paniers abandonnés",
            it="Carrelli abbandonati",
        ),
        description="Left a cart 4 hours to 30 days ago; no order came of it.",
        rule={"kind": "abandoned_cart", "when": {"older_than": "PT4H", "within": "P30D"}},
    ),
    ReadyMade(
        id="abandoned_carts_by_category",
        names=Titles(
            en="Abandoned carts by category",
            de="Abgebrochene Warenkörbe nach Kategorie",
            fr="Paniers abandonnés par catégorie",
            it="Carrelli abbandonati per categoria",
        ),
        description="Left a cart with one of these categories 4 hours to 30 days ago; no order came of it.",
        rule={
            "kind": "abandoned_cart",
            "when": {"older_than": "PT4H", "within": "P30D"},
            "categories": {"parameter": "categories"},
        },
        parameters=(Parameter(name="categories", kind="names", about="ids or names of the categories."),),
    ),
)
