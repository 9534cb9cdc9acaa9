"""Ready mappings read what the systems write, and stand in the documents."""

import csv
import io
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kairos.adapters.history.ready import READY
from kairos.domain.errors import Refused
from kairos.domain.mapping import CustomerColumns, OrderColumns
from tests.adapters.history.files import rows, snapshots, tellings, told

DOCUMENT = (Path(__file__).resolve().parents[3] / "docs/imports.md").read_text()

SHOPIFY_ORDERS = (
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,"
    "Shipping,Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,"
    "Lineitem name,Lineitem price,Lineitem compare at price,Lineitem sku,Lineitem requires shipping,"
    "Lineitem taxable,Lineitem fulfillment status,Billing Name,Billing Street,Billing Address1,"
    "Billing Address2,Billing Company,Billing City,Billing Zip,Billing Province,Billing Country,"
    "Billing Phone,Shipping Name,Shipping Street,Shipping Address1,Shipping Address2,Shipping Company,"
    "Shipping City,Shipping Zip,Shipping Province,Shipping Country,Shipping Phone,Notes,Note Attributes,"
    "Cancelled at,Payment Method,Payment Reference,Refunded Amount,Vendor,Outstanding Balance,Employee,"
    "Location,Device ID,Id,Tags,Risk Level,Source,Lineitem discount,Phone"
)
SHOPIFY_CUSTOMERS = (
    "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,"
    "Default Address Address1,Default Address Address2,Default Address City,Default Address Province Code,"
    "Default Address Country Code,Default Address Zip,Default Address Phone,Phone,Accepts SMS Marketing,"
    "Total Spent,Total Orders,Note,Tax Exempt,Tags"
)
WOOCOMMERCE_ORDERS = (
    "order_id,order_number,order_date,paid_date,status,shipping_total,shipping_tax_total,fee_total,"
    "fee_tax_total,tax_total,cart_discount,order_discount,discount_total,order_total,order_subtotal,"
    "order_currency,payment_method,payment_method_title,transaction_id,customer_ip_address,"
    "customer_user_agent,shipping_method,customer_id,customer_user,customer_email,billing_first_name,"
    "billing_last_name,billing_company,billing_email,billing_phone,billing_address_1,billing_address_2,"
    "billing_postcode,billing_city,billing_state,billing_country,shipping_first_name,shipping_last_name"
)


def table(header, *told_rows):
    """A CSV with that header, whose rows tell some of the columns."""
    text = io.StringIO()
    writer = csv.DictWriter(text, header.split(","), restval="")
    writer.writeheader()
    writer.writerows(told_rows)
    return text.getvalue()


def test_an_export_of_orders_from_shopify_is_read():
    first = {
        "Name": "#1001", "Email": "ada@example.com", "Financial Status": "partially_refunded",
        "Paid at": "2026-03-01 10:00:05 +0100", "Accepts Marketing": "yes", "Currency": "CHF",
        "Shipping": "7.00", "Taxes": "3.10", "Total": "46.90", "Discount Code": "SPRING",
        "Discount Amount": "5.00", "Created at": "2026-03-01 10:00:00 +0100", "Lineitem quantity": "2",
        "Lineitem name": "Mug", "Lineitem price": "12.45", "Lineitem sku": "MUG", "Lineitem discount": "5.00",
        "Billing Name": "Ada Lovelace", "Shipping City": "Bern", "Shipping Zip": "'3011",
        "Shipping Country": "CH", "Billing Phone": "079 123 45 67", "Refunded Amount": "10.00",
        "Id": "5550000001",
    }  # fmt: skip
    second = {
        "Name": "#1001", "Email": "ada@example.com", "Created at": "2026-03-01 10:00:00 +0100",
        "Lineitem quantity": "1", "Lineitem name": "Bell", "Lineitem price": "20.00", "Lineitem sku": "BELL",
    }  # fmt: skip
    [order] = snapshots(table(SHOPIFY_ORDERS, first, second), told(mapping="shopify"))

    assert (order.id, order.number) == ("5550000001", "#1001")
    assert order.placed_at == datetime(2026, 3, 1, 9, tzinfo=UTC)
    assert (order.status, order.amounts.total, order.amounts.currency) == ("paid", 4690, "CHF")
    assert (order.amounts.tax, order.amounts.shipping, order.amounts.discount) == (310, 700, 500)
    assert [(line.sku, line.quantity, line.total) for line in order.lines] == [
        ("MUG", 2, 1990),
        ("BELL", 1, 2000),
    ]
    assert [refund.amount for refund in order.refunds] == [1000]
    assert (order.identities.email, order.identities.phone) == ("ada@example.com", "+41791234567")
    assert (order.person.first_name, order.person.address.postcode) == ("Ada", "3011")
    assert [(said.channel, said.state) for said in order.consents] == [("email", "granted")]
    assert order.codes == ("SPRING",)


@pytest.mark.parametrize(
    ("told_by_shopify", "status"),
    [
        ({"Financial Status": "pending", "Payment Method": "Bank Deposit"}, "awaiting_transfer"),
        ({"Financial Status": "pending", "Payment Method": "card"}, "pending"),
        ({"Financial Status": "voided"}, "cancelled"),
        ({"Financial Status": "refunded", "Paid at": "2026-03-01 10:00:05 +0100"}, "refunded"),
        ({"Financial Status": "paid", "Cancelled at": "2026-03-02 10:00:00 +0100"}, "cancelled"),
    ],
)
def test_what_shopify_says_of_payment_means_the_same_as_in_its_webhooks(told_by_shopify, status):
    row = {"Name": "#1", "Email": "a@example.com", "Total": "9", "Created at": "2026-03-01 10:00:00 +0100"}
    [order] = snapshots(table(SHOPIFY_ORDERS, row | told_by_shopify), told(mapping="shopify"))
    assert (order.id, order.status) == ("#1", status)


def test_an_export_of_customers_from_shopify_is_read():
    row = {
        "Customer ID": "'7410991464714", "First Name": "Ada", "Last Name": "Lovelace",
        "Email": "ada@example.com", "Accepts Email Marketing": "yes", "Default Address City": "Bern",
        "Default Address Country Code": "CH", "Default Address Zip": "'3011", "Tags": "vip, wholesale",
    }  # fmt: skip
    asked = told(mapping="shopify", kind="customers", exported_at="2026-10-01T00:00:00Z")
    [record] = snapshots(table(SHOPIFY_CUSTOMERS, row), asked)
    assert (record.id, record.identities.email) == ("7410991464714", "ada@example.com")
    assert record.person.address.city == "Bern"
    assert record.tags == ("vip", "wholesale")
    assert [said.state for said in record.consents] == ["granted"]


def test_the_former_export_of_customers_from_shopify_is_read_too():
    text = (
        "First Name,Last Name,Email,Accepts Email Marketing,Company,Address1,Address2,City,Province,"
        "Province Code,Country,Country Code,Zip,Phone,Accepts SMS Marketing,Total Spent,Total Orders,Tags\n"
        "Ada,Lovelace,ada@example.com,no,,Main 1,,Bern,Bern,BE,Switzerland,CH,3011,,no,0.00,0,\n"
    )
    [record] = snapshots(text, told(mapping="shopify", kind="customers"))
    assert (record.person.address.country, record.person.address.street) == ("CH", "Main 1")


def woocommerce(**more):
    return {
        "order_id": "17", "order_date": "2026-03-01 10:00:00", "status": "completed", "order_total": "46.90",
        "order_currency": "EUR", "customer_id": "0", "billing_email": "ada@example.com",
        "billing_first_name": "Ada", "billing_country": "DE", "billing_phone": "030 901820",
    } | more  # fmt: skip


def test_an_export_of_orders_with_one_row_an_order_is_read():
    header = WOOCOMMERCE_ORDERS + ",line_item_1,line_item_2"
    lines = {
        "line_item_1": "name:Mug|product_id:7|sku:MUG|quantity:2|total:26.90|sub_total:31.90",
        "line_item_2": "name:Bell: small|product_id:8|sku:|quantity:1|total:20.00|sub_total:20.00",
    }
    row = woocommerce(customer_user="42", status="wc-processing", tax_total="3.10", **lines)
    [order] = snapshots(table(header, row), told(mapping="woocommerce"))
    assert (order.id, order.status, order.amounts.total) == ("17", "paid", 4690)
    assert order.placed_at == datetime(2026, 3, 1, 9, tzinfo=UTC)
    assert (order.identities.platform_id, order.identities.phone) == ("42", "+4930901820")
    assert [(line.title, line.product_id, line.quantity, line.total) for line in order.lines] == [
        ("Mug", "7", 2, 2690),
        ("Bell: small", "8", 1, 2000),
    ]


def test_all_lines_in_one_cell_are_read_with_their_escaped_signs_or_as_json():
    header = WOOCOMMERCE_ORDERS + ",line_items"
    cell = (
        "id:1|name:Mug\\; red\\|blue|product_id:7|quantity:2|total:26.90;id:2|name:Bell|quantity:1|total:20"
    )
    for written in (
        cell,
        '[{"name": "Mug; red|blue", "quantity": 2, "total": "26.90"}, {"name": "Bell", "total": 20}]',
    ):
        [order] = snapshots(table(header, woocommerce(line_items=written)), told(mapping="woocommerce"))
        assert [(line.title, line.total) for line in order.lines] == [("Mug; red|blue", 2690), ("Bell", 2000)]


def test_an_export_of_orders_with_one_row_a_line_is_read_with_refunds():
    header = (
        "order_id,order_number,order_number_formatted,date,status,shipping_total,tax_total,discount_total,"
        "order_total,refunded_total,order_currency,payment_method,customer_id,billing_first_name,"
        "billing_last_name,billing_email,billing_phone,billing_country,item_id,item_product_id,item_name,"
        "item_sku,item_quantity,item_total,item_total_tax"
    )
    order = woocommerce(date="2026-03-01 10:00:00", refunded_total="20")
    order.pop("order_date")
    one = order | {"item_product_id": "7", "item_name": "Mug", "item_quantity": "2", "item_total": "26.90"}
    other = order | {"item_product_id": "8", "item_name": "Bell", "item_quantity": "1", "item_total": "20.00"}
    [found] = snapshots(table(header, one, other), told(mapping="woocommerce"))
    assert [(line.product_id, line.total) for line in found.lines] == [("7", 2690), ("8", 2000)]
    assert (found.amounts.total, found.refunds[0].amount) == (4690, 2000)
    assert found.identities.platform_id is None


def test_a_status_of_the_shops_own_counts_as_paid_where_a_payment_is_told():
    text = table(
        WOOCOMMERCE_ORDERS,
        woocommerce(status="packed", paid_date="2026-03-02"),
        woocommerce(order_id="18", status="packed"),
    )
    assert [one.status for one in snapshots(text, told(mapping="woocommerce"))] == ["paid", "pending"]


@pytest.mark.parametrize(
    "text",
    [
        "ID,user_login,user_email,display_name,first_name,last_name,user_registered,roles,billing_country,locale\n"
        "7,ada,ada@example.com,Ada L,Ada,Lovelace,2020-05-06 08:00:00,customer,DE,de_DE\n",
        "Name,Username,Last Active,Sign Up,Email,Orders,Total Spend,AOV,Country,City,Region,Postal Code\n"
        "Ada Lovelace,ada,2026-01-01,2020-05-06 08:00:00,ada@example.com,3,99.00,33.00,DE,Berlin,BE,10115\n",
    ],
)
def test_exports_of_customers_from_woocommerce_are_read(text):
    [record] = snapshots(text, told(mapping="woocommerce", kind="customers"))
    assert record.identities.email == "ada@example.com"
    assert (record.person.first_name, record.person.last_name) == ("Ada", "Lovelace")
    assert record.registered_at == datetime(2020, 5, 6, 6, tzinfo=UTC)
    assert record.person.address.country == "DE"


@pytest.mark.parametrize("system", READY)
@pytest.mark.parametrize("kind", ["orders", "customers"])
def test_a_file_of_something_else_is_told_apart_by_what_it_lacks(system, kind):
    with pytest.raises(Refused) as caught:
        rows("a,b\n1,2\n", told(mapping=system, kind=kind))
    assert caught.value.field.startswith("mapping.columns.")


@pytest.mark.parametrize("kind", ["orders", "customers"])
def test_our_own_columns_are_called_as_the_fields(kind):
    columns = OrderColumns if kind == "orders" else CustomerColumns
    header = ",".join(columns.model_fields)
    row = {
        "order_id": "1",
        "placed_at": "2026-01-02",
        "email": "ada@example.com",
        "total": "5",
        "tags": "vip",
    }
    known = {name: value for name, value in row.items() if name in columns.model_fields}
    [telling] = tellings(table(header, known), told(mapping="kairos", kind=kind))
    assert telling.good == 1


def test_each_ready_mapping_stands_in_the_document_once():
    section = DOCUMENT.split("\n## Ready mappings\n", 1)[1].split("\n## ", 1)[0]
    assert re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE) == list(READY)


@pytest.mark.parametrize("field", sorted({*OrderColumns.model_fields, *CustomerColumns.model_fields}))
def test_each_column_stands_in_the_document(field):
    section = DOCUMENT.split("\n## Columns\n", 1)[1].split("\n## ", 1)[0]
    assert f"`{field}`" in section
