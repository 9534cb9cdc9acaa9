"""Ready-made segments by what, when and how often customers buy."""

from kairos.domain.ready_made.ready_made import Parameter, ReadyMade, Titles

BUYERS = (
    ReadyMade(
        id="biggest_spenders",
        names=Titles(
            en="Biggest spenders",
            de="Umsatzstärkste Kunden",
            fr="Plus gros dépensiers",
            it="Maggiori acquirenti",
        ),
        description="Among the tenth of the buyers who spent most.",
        rule={"kind": "rank", "by": "revenue", "top": 10},
    ),
    ReadyMade(
        id="loyal_customers",
        names=Titles(en="Loyal customers", de="Treue Kunden", fr="Clients fidèles", it="Clienti fedeli"),
        description="Have placed more orders than the shop's level for loyal buyers says (3).",
        rule={"kind": "order_count", "more_than": {"level": "loyal_buyer_orders"}},
    ),
    ReadyMade(
        id="least_loyal_customers",
        names=Titles(
            en="Least loyal customers",
            de="Am wenigsten treue Kunden",
            fr="Clients les moins fidèles",
            it="Clienti meno fedeli",
        ),
        description="Among the fifth of the buyers who order least often, and not lately.",
        rule={
            "all": [
                {"kind": "rank", "by": "orders", "bottom": 20},
                {"kind": "last_order", "older_than": {"level": "new_within"}},
            ]
        },
    ),
    ReadyMade(
        id="one_time_buyers",
        names=Titles(
            en="One-time buyers",
            de="Einmalkäufer",
            fr="Clients d'une seule commande",
            it="Clienti di un solo ordine",
        ),
        description="Have placed exactly one order.",
        rule={"kind": "order_count", "equals": 1},
    ),
    ReadyMade(
        id="new_customers",
        names=Titles(en="New customers", de="Neukunden", fr="Nouveaux clients", it="Nuovi clienti"),
        description="Placed their first order lately (90 days).",
        rule={"kind": "lifecycle", "any_of": ["new"]},
    ),
    ReadyMade(
        id="dormant_customers",
        names=Titles(
            en="Dormant customers", de="Ruhende Kunden", fr="Clients dormants", it="Clienti dormienti"
        ),
        description="Have ordered, but not for a long time (6 months).",
        rule={"kind": "last_order", "older_than": {"level": "recent_buyer_within"}},
    ),
    ReadyMade(
        id="withdrawing_customers",
        names=Titles(
            en="Withdrawing customers",
            de="Kunden auf dem Rückzug",
            fr="Clients en retrait",
            it="Clienti in allontanamento",
        ),
        description="Silent for much longer than they usually are between two orders.",
        rule={"kind": "lifecycle", "any_of": ["withdrawing"]},
    ),
    ReadyMade(
        id="heavy_users",
        names=Titles(en="Heavy users", de="Vielkäufer", fr="Grands consommateurs", it="Acquirenti assidui"),
        description="Have placed 3 orders or more within 12 months.",
        rule={"kind": "usage_level", "any_of": ["heavy"]},
    ),
    ReadyMade(
        id="average_users",
        names=Titles(
            en="Average users", de="Durchschnittskäufer", fr="Consommateurs moyens", it="Acquirenti medi"
        ),
        description="Have placed 2 orders within 12 months: one every half year.",
        rule={"kind": "usage_level", "any_of": ["average"]},
    ),
    ReadyMade(
        id="light_users",
        names=Titles(en="Light users", de="Wenigkäufer", fr="Petits consommateurs", it="Acquirenti saltuari"),
        description="Have ordered at some time, and at most once within 12 months.",
        rule={"kind": "usage_level", "any_of": ["light"]},
    ),
    ReadyMade(
        id="bulk_buyers",
        names=Titles(
            en="Bulk buyers",
            de="Großmengenkäufer",
            fr="Acheteurs de grandes quantités",
            it="Acquirenti di grandi quantità",
        ),
        description="Order 5 items or more at a time, on average.",
        rule={"kind": "items_per_order", "at_least": "5"},
    ),
    ReadyMade(
        id="replenishment_due",
        names=Titles(
            en="Replenishment due",
            de="Nachschub fällig",
            fr="Réapprovisionnement à prévoir",
            it="Riordino in arrivo",
        ),
        description="A product runs out within a week of now, or ran out within 30 days.",
        rule={"kind": "replenishment_due", "lead": {"level": "replenishment_before"}},
    ),
    ReadyMade(
        id="trend_followers",
        names=Titles(
            en="Trend followers", de="Trendfolger", fr="Amateurs de nouveautés", it="Amanti delle novità"
        ),
        description="Bought at least two products within a fortnight of their launch.",
        rule={"kind": "bought_at_launch", "within": "P14D", "at_least": 2},
    ),
    ReadyMade(
        id="evening_buyers",
        names=Titles(en="Evening buyers", de="Abendkäufer", fr="Acheteurs du soir", it="Acquirenti serali"),
        description="Have ordered, and tend to act between 6 p.m. and midnight.",
        rule={
            "all": [
                {"kind": "order_count", "at_least": 1},
                {"kind": "preferred_time", "hours": {"first": 18, "last": 23}},
            ]
        },
    ),
    ReadyMade(
        id="occasion_buyers",
        names=Titles(
            en="Occasion buyers",
            de="Anlasskäufer",
            fr="Acheteurs des jours de fête",
            it="Acquirenti per le ricorrenze",
        ),
        description="Ordered at least twice in 3 years, and only in the three weeks before an occasion.",
        rule={
            "kind": "ordered_around",
            "occasions": {"parameter": "occasions"},
            "before": 21,
            "after": 0,
            "only": True,
            "times": {"at_least": 2},
        },
        parameters=(
            Parameter(
                name="occasions",
                kind="days",
                about='the holidays and such days on which presents are bought, such as ["02-14", "12-24"].',
            ),
        ),
    ),
    ReadyMade(
        id="silent_after_spending",
        names=Titles(
            en="Spent well, then fell silent",
            de="Gut gekauft, dann still",
            fr="Ont bien dépensé, puis silence",
            it="Hanno speso bene, poi silenzio",
        ),
        description="Last ordered more than 60 days ago and have spent more than 100 in all.",
        rule={"all": [{"kind": "last_order", "older_than": "P60D"}, {"kind": "revenue", "more_than": "100"}]},
    ),
    ReadyMade(
        id="ordered_two_days_ago",
        names=Titles(
            en="Ordered two days ago",
            de="Vor zwei Tagen bestellt",
            fr="Ont commandé il y a deux jours",
            it="Hanno ordinato due giorni fa",
        ),
        description="Placed an order exactly two calendar days ago.",
        rule={"kind": "order_count", "at_least": 1, "window": {"exactly_days_ago": 2}},
    ),
    ReadyMade(
        id="bought_one_not_the_other",
        names=Titles(
            en="Bought X, not Y",
            de="X gekauft, Y nicht",
            fr="Ont acheté X, pas Y",
            it="Hanno comprato X, non Y",
        ),
        description="Have ordered one of the first products and none of the second.",
        rule={
            "kind": "ordered_together",
            "ordered": {"products": {"parameter": "bought"}},
            "without": {"products": {"parameter": "not_bought"}},
        },
        parameters=(
            Parameter(
                name="bought", kind="names", about="ids of the products of which they have ordered one."
            ),
            Parameter(
                name="not_bought", kind="names", about="ids of the products of which they have ordered none."
            ),
        ),
    ),
)
