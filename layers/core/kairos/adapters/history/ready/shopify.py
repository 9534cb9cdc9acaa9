"""Shopify's own exports (admin: Orders, Export; Customers, Export).

Of an order with several lines only the first row states what concerns the whole order; the rows share
`Name`, and `Id` is the id by which webhooks tell it. The customers' export knows no dates.
"""

from kairos.adapters.platforms.shopify.orders import STATUSES
from kairos.domain.mapping import CustomerColumns, CustomerMapping, OrderColumns, OrderMapping

ORDERS = OrderMapping(
    columns=OrderColumns(
        order_id="Id",
        number="Name",
        placed_at="Created at",
        paid_at="Paid at",
        cancelled_at="Cancelled at",
        status="Financial Status",
        payment_method="Payment Method",
        currency="Currency",
        total="Total",
        tax="Taxes",
        shipping="Shipping",
        discount="Discount Amount",
        refunded="Refunded Amount",
        codes="Discount Code",
        email="Email",
        phone=["Phone", "Billing Phone"],
        name=["Billing Name", "Shipping Name"],
        country=["Shipping Country", "Billing Country"],
        province=["Shipping Province Name", "Shipping Province", "Billing Province Name", "Billing Province"],
        city=["Shipping City", "Billing City"],
        postcode=["Shipping Zip", "Billing Zip"],
        street=["Shipping Address1", "Shipping Street", "Billing Address1", "Billing Street"],
        accepts_email="Accepts Marketing",
        sku="Lineitem sku",
        title="Lineitem name",
        quantity="Lineitem quantity",
        unit_price="Lineitem price",
        line_discount="Lineitem discount",
    ),
    statuses=STATUSES,
    other_status="pending",
)
ORDERS_NEEDED = ("number", "placed_at", "total", "email")

CUSTOMERS = CustomerMapping(
    columns=CustomerColumns(
        customer_id="Customer ID",
        email="Email",
        phone=["Phone", "Default Address Phone"],
        first_name="First Name",
        last_name="Last Name",
        country=["Default Address Country Code", "Country Code", "Country"],
        province=["Default Address Province Code", "Province", "Province Code"],
        city=["Default Address City", "City"],
        postcode=["Default Address Zip", "Zip"],
        street=["Default Address Address1", "Address1"],
        accepts_email=["Accepts Email Marketing", "Accepts Marketing"],
        accepts_sms="Accepts SMS Marketing",
        tags="Tags",
    )
)
CUSTOMERS_NEEDED = ("email",)
