"""WooCommerce's exports of orders and customers, which plugins write.

The columns are those of "Import Export Suite for WooCommerce" and of "Customer / Order / Coupon Export",
with one row an order or one row a line; where the two differ, both names stand here. WooCommerce's own
report of customers (Analytics, Customers, Download) is read too; its report of orders names nobody's address.
"""

from kairos.adapters.platforms.woocommerce.orders import STATUSES
from kairos.domain.mapping import CustomerColumns, CustomerMapping, OrderColumns, OrderMapping

ORDERS = OrderMapping(
    columns=OrderColumns(
        order_id="order_id",
        placed_at=["order_date", "date"],
        paid_at="paid_date",
        status="status",
        payment_method="payment_method",
        currency="order_currency",
        total="order_total",
        tax="tax_total",
        shipping="shipping_total",
        discount="discount_total",
        refunded="refunded_total",
        customer_id=["customer_user", "customer_id"],
        email=["billing_email", "customer_email"],
        phone="billing_phone",
        first_name="billing_first_name",
        last_name="billing_last_name",
        country=["shipping_country", "billing_country"],
        province=["shipping_state", "billing_state"],
        city=["shipping_city", "billing_city"],
        postcode=["shipping_postcode", "billing_postcode"],
        street=["shipping_address_1", "billing_address_1"],
        product_id="item_product_id",
        sku="item_sku",
        title="item_name",
        quantity="item_quantity",
        line_total="item_total",
        line_items=["line_items", "line_item_*"],
    ),
    statuses=STATUSES,
    other_status="pending",
)
ORDERS_NEEDED = ("order_id", "placed_at", "total", "email")

CUSTOMERS = CustomerMapping(
    columns=CustomerColumns(
        customer_id=["customer_id", "ID"],
        email=["user_email", "email", "billing_email"],
        phone="billing_phone",
        name=["display_name", "name"],
        first_name=["first_name", "billing_first_name"],
        last_name=["last_name", "billing_last_name"],
        language="locale",
        country=["shipping_country", "billing_country", "country"],
        province=["shipping_state", "billing_state", "region"],
        city=["shipping_city", "billing_city", "city"],
        postcode=["shipping_postcode", "billing_postcode", "Postal code"],
        street=["shipping_address_1", "billing_address_1"],
        registered_at=["user_registered", "date_registered", "Sign up"],
        group=["roles", "role"],
    )
)
CUSTOMERS_NEEDED = ("email",)
