"""Products and collections."""

from datetime import datetime

from local.demo_shop.catalogue import Category, Product
from local.demo_shop.shopify.telling import VENDOR, Body, gid, money_text, number_of, told


def collection(category: Category, at: datetime) -> Body:
    """collections/create."""
    number = number_of("collection", category.handle)
    return {
        "id": number,
        "handle": category.handle,
        "title": category.title,
        "updated_at": told(at),
        "body_html": "",
        "published_at": told(at),
        "sort_order": "best-selling",
        "template_suffix": None,
        "published_scope": "web",
        "admin_graphql_api_id": gid("Collection", number),
    }


def product_number(product: Product) -> int:
    """The platform's id of this product."""
    return number_of("product", product.handle)


def variant_number(product: Product) -> int:
    return number_of("variant", product.handle)


def sku(product: Product) -> str:
    return f"SON-{product.number:03d}"


def product_body(one: Product, pictures_url: str, at: datetime) -> Body:
    """products/create. pictures_url: the folder that the pictures are served from."""
    number, variant = product_number(one), variant_number(one)
    image = {
        "id": number_of("image", one.handle),
        "alt": one.title,
        "position": 1,
        "product_id": number,
        "created_at": told(at),
        "updated_at": told(at),
        "admin_graphql_api_id": gid("ProductImage", number_of("image", one.handle)),
        "width": 320,
        "height": 320,
        "src": f"{pictures_url}/{one.picture}",
        "variant_ids": [],
    }
    option = {"id": number_of("option", one.handle), "product_id": number, "name": "Title", "position": 1}
    return {
        "id": number,
        "admin_graphql_api_id": gid("Product", number),
        "title": one.title,
        "body_html": f"<p>{one.title}, aus kleinen Werkstätten.</p>",
        "vendor": VENDOR,
        "product_type": one.category.title,
        "handle": one.handle,
        "created_at": told(at),
        "updated_at": told(at),
        "published_at": told(at),
        "template_suffix": None,
        "published_scope": "web",
        "tags": one.category.handle,
        "status": "active",
        "variants": [
            {
                "id": variant,
                "admin_graphql_api_id": gid("ProductVariant", variant),
                "product_id": number,
                "title": "Default Title",
                "price": money_text(one.price),
                "compare_at_price": None,
                "sku": sku(one),
                "position": 1,
                "inventory_policy": "deny",
                "fulfillment_service": "manual",
                "inventory_management": "shopify",
                "inventory_item_id": number_of("inventory", one.handle),
                "inventory_quantity": one.stock,
                "old_inventory_quantity": one.stock,
                "option1": "Default Title",
                "option2": None,
                "option3": None,
                "created_at": told(at),
                "updated_at": told(at),
                "taxable": True,
                "barcode": None,
                "grams": one.grams,
                "weight": one.grams / 1000,
                "weight_unit": "kg",
                "requires_shipping": True,
                "image_id": None,
            }
        ],
        "options": [option | {"values": ["Default Title"]}],
        "images": [image],
        "image": image,
    }
