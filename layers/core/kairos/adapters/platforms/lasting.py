"""How long one unit of a product lasts its buyer, where a shop writes it down with the product."""

DAYS_PER_UNIT = "kairos_days_per_unit"
"""What such a note is called: WooCommerce's meta data, or a Shopify tag with the number behind a colon."""

MOST_DAYS = 3_650


def whole_days(told: str | None) -> int | None:
    """The days that the text states, 1 to MOST_DAYS. Anything else says nothing and costs no product."""
    text = (told or "").strip()
    days = int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(MOST_DAYS)) else 0
    return days if 1 <= days <= MOST_DAYS else None
