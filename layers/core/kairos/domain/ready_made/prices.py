"""Ready-made segments by what customers are ready to pay."""

from kairos.domain.ready_made.ready_made import ReadyMade, Titles

PRICES = (
    ReadyMade(
        id="coupon_customers",
        names=Titles(
            en="Coupon customers", de="Gutscheinkunden", fr="Clients à coupons", it="Clienti con coupon"
        ),
        description="Used a discount code for half of their orders or more.",
        rule={"kind": "coupon_share", "at_least": "50"},
    ),
    ReadyMade(
        id="full_price_customers",
        names=Titles(
            en="Full-price customers",
            de="Vollpreiskunden",
            fr="Clients au plein tarif",
            it="Clienti a prezzo pieno",
        ),
        description="Have placed 3 orders or more, none with a discount code.",
        rule={
            "all": [
                {"kind": "order_count", "at_least": {"level": "full_price_orders"}},
                {"kind": "used_code", "never": True},
            ]
        },
    ),
    ReadyMade(
        id="price_waiters",
        names=Titles(
            en="Buyers who wait for the price",
            de="Käufer, die auf den Preis warten",
            fr="Acheteurs qui attendent le bon prix",
            it="Acquirenti che aspettano il prezzo",
        ),
        description="Have ordered at least twice, and never without a discount code.",
        rule={"all": [{"kind": "order_count", "at_least": 2}, {"kind": "coupon_share", "equals": "100"}]},
    ),
)
