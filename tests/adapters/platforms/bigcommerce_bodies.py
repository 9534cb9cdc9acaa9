"""BigCommerce's bodies, written by hand after developer.bigcommerce.com, with people of our own.

"Webhook events" (the webhooks), "Orders V2" (order, products, coupons, addresses), "Order refunds", "Carts",
"Customers", "Subscribers", "Products", "Category trees".
"""

from typing import Any

CREATED_AT = 1772366400
"""1 March 2026, 12:00 UTC."""


def webhook(scope: str, data: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """What a webhook posts."""
    told = {
        "scope": scope,
        "store_id": "1025646",
        "data": data,
        "hash": "dd70c0976e06b67aaf671e73f49dcb79230ebf9d",
        "created_at": CREATED_AT,
        "producer": "stores/abc123",
    }
    return told | changes


def order(**changes: Any) -> dict[str, Any]:
    """An order as version 2 tells it, without its parts."""
    told: dict[str, Any] = {
        "id": 118,
        "customer_id": 11,
        "date_created": "Sun, 01 Mar 2026 10:15:00 +0000",
        "date_modified": "Sun, 01 Mar 2026 11:59:30 +0000",
        "date_shipped": "",
        "status_id": 11,
        "status": "Awaiting Fulfillment",
        "custom_status": "Awaiting Fulfillment",
        "subtotal_ex_tax": "80.0000",
        "subtotal_inc_tax": "86.4800",
        "shipping_cost_ex_tax": "8.0000",
        "shipping_cost_inc_tax": "8.6500",
        "handling_cost_inc_tax": "1.0000",
        "total_ex_tax": "84.0000",
        "total_inc_tax": "88.1300",
        "total_tax": "6.1300",
        "items_total": 3,
        "items_shipped": 0,
        "payment_method": "Credit Card",
        "payment_status": "captured",
        "refunded_amount": "0.0000",
        "order_is_digital": False,
        "currency_code": "EUR",
        "default_currency_code": "EUR",
        "discount_amount": "0.0000",
        "coupon_discount": "8.0000",
        "shipping_address_count": 1,
        "is_deleted": False,
        "is_email_opt_in": True,
        "cart_id": "09346904-4175-44fd-be53-f7e598531b6c",
        "billing_address": {
            "first_name": "Kim",
            "last_name": "Example",
            "company": "",
            "street_1": "Beispielweg 1",
            "street_2": "",
            "city": "Zürich",
            "state": "Zürich",
            "zip": "8001",
            "country": "Switzerland",
            "country_iso2": "CH",
            "phone": "044 668 18 00",
            "email": "Kim@example.com",
        },
        "order_source": "www",
        "channel_id": 1,
        "customer_locale": "de",
        "external_source": None,
    }
    return told | changes


def order_product(**changes: Any) -> dict[str, Any]:
    """One of an order's products."""
    told: dict[str, Any] = {
        "id": 8,
        "order_id": 118,
        "product_id": 77,
        "variant_id": 192,
        "name": "Linen towel",
        "sku": "TOWEL-1",
        "type": "physical",
        "base_price": "26.6667",
        "price_ex_tax": "26.6667",
        "price_inc_tax": "28.8300",
        "total_ex_tax": "80.0000",
        "total_inc_tax": "86.4900",
        "quantity": 3,
        "applied_discounts": [
            {"id": "coupon", "amount": "8.0000", "name": "Spring", "code": "SPRING8", "target": "order"}
        ],
    }
    return told | changes


COUPON = {
    "id": 1,
    "coupon_id": 4,
    "order_id": 118,
    "code": "SPRING8",
    "amount": "8.0000",
    "type": 2,
    "discount": 8.0,
}
ADDRESS = {
    "id": 16,
    "order_id": 118,
    "first_name": "Kim",
    "last_name": "Example",
    "street_1": "Packstation 7",
    "city": "Basel",
    "zip": "4001",
    "state": "Basel-Stadt",
    "country": "Switzerland",
    "country_iso2": "CH",
}


def refund(**changes: Any) -> dict[str, Any]:
    """One of an order's refunds, as version 3 tells it."""
    told: dict[str, Any] = {
        "id": 3,
        "order_id": 118,
        "created": "2026-03-01T11:30:00Z",
        "reason": "",
        "total_amount": 20.83,
        "total_tax": 0.83,
        "items": [{"item_type": "PRODUCT", "item_id": 8, "quantity": 1, "requested_amount": "20.00"}],
        "payments": [
            {"id": 1, "provider_id": "custom", "amount": 20.83, "offline": True, "is_declined": False}
        ],
    }
    return told | changes


def cart(**changes: Any) -> dict[str, Any]:
    """A cart, of a guest who has typed in an e-mail."""
    told: dict[str, Any] = {
        "id": "09346904-4175-44fd-be53-f7e598531b6c",
        "customer_id": 0,
        "channel_id": 1,
        "email": "kim@example.com",
        "currency": {"code": "EUR"},
        "tax_included": True,
        "base_amount": 57.66,
        "discount_amount": 0,
        "cart_amount": 53.66,
        "coupons": [],
        "line_items": {
            "physical_items": [
                {
                    "id": "743bfd94-d5dd-47c5-9c19-6eec32ca6119",
                    "parent_id": None,
                    "variant_id": 192,
                    "product_id": 77,
                    "sku": "TOWEL-1",
                    "name": "Linen towel",
                    "url": "https://shop.example.com/linen-towel/",
                    "quantity": 2,
                    "image_url": "https://cdn.example.com/towel.jpg",
                    "discount_amount": 0,
                    "coupon_amount": 4,
                    "list_price": 30.5,
                    "sale_price": 28.83,
                    "extended_list_price": 61,
                    "extended_sale_price": 57.66,
                }
            ],
            "digital_items": [],
            "gift_certificates": [],
            "custom_items": [],
        },
        "created_time": "2026-03-01T11:00:00+00:00",
        "updated_time": "2026-03-01T11:40:00+00:00",
        "locale": "de",
    }
    return told | changes


def customer(**changes: Any) -> dict[str, Any]:
    """A customer with an address."""
    told: dict[str, Any] = {
        "id": 11,
        "email": "kim@example.com",
        "first_name": "Kim",
        "last_name": "Example",
        "company": "",
        "phone": "",
        "customer_group_id": 3,
        "date_created": "2025-11-14T19:21:54Z",
        "date_modified": "2026-03-01T11:50:00Z",
        "accepts_product_review_abandoned_cart_emails": True,
        "addresses": [
            {
                "id": 5,
                "customer_id": 11,
                "first_name": "Kim",
                "last_name": "Example",
                "address1": "Beispielweg 1",
                "city": "Zürich",
                "state_or_province": "Zürich",
                "postal_code": "8001",
                "country_code": "CH",
                "phone": "044 668 18 00",
            }
        ],
    }
    return told | changes


def subscriber(**changes: Any) -> dict[str, Any]:
    """Who has subscribed to the newsletter."""
    told: dict[str, Any] = {
        "id": 5,
        "email": "kim@example.com",
        "first_name": "Kim",
        "last_name": "Example",
        "source": "storefront",
        "order_id": None,
        "channel_id": 1,
        "consents": ["marketing_newsletter"],
        "date_created": "2026-02-01T08:00:00+00:00",
        "date_modified": "2026-02-01T08:00:00+00:00",
    }
    return told | changes


def product(**changes: Any) -> dict[str, Any]:
    """A product of the catalogue."""
    told: dict[str, Any] = {
        "id": 77,
        "name": "Linen towel",
        "type": "physical",
        "sku": "TOWEL-1",
        "price": 30.5,
        "sale_price": 28.83,
        "calculated_price": 28.83,
        "categories": [23, 24],
        "brand_id": 35,
        "inventory_level": 12,
        "inventory_tracking": "product",
        "is_visible": True,
        "availability": "available",
        "custom_url": {"url": "/linen-towel/", "is_customized": False},
        "date_created": "2025-10-01T09:00:00+00:00",
        "date_modified": "2026-02-27T16:00:00+00:00",
        "primary_image": {"id": 1, "url_standard": "https://cdn.example.com/towel.jpg"},
        "custom_fields": [{"id": 9, "name": "kairos_days_per_unit", "value": "90"}],
    }
    return told | changes


CATEGORIES = [
    {"category_id": 23, "tree_id": 1, "name": "Bath", "url": {"path": "/bath/", "is_customized": False}},
    {"category_id": 24, "tree_id": 1, "name": "Linen", "url": {"path": "/linen/", "is_customized": False}},
]
BRAND = {"id": 35, "name": "Example Mills"}


def document(scope: str, whole: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """What a webhook has led to, once it was fetched."""
    return webhook(scope, {"id": whole.get("id")}, document=whole, **changes)


def whole_order(**changes: Any) -> dict[str, Any]:
    """An order with its parts."""
    parts = {
        "products": [order_product()],
        "coupons": [COUPON],
        "shipping_addresses": [ADDRESS],
        "refunds": [],
    }
    return order() | parts | changes
