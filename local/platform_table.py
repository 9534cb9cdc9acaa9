"""What Kairos learns from which platform, as the registry of platforms says it.

`python -m local.platform_table docs/platforms/README.md` puts the tables between their marks.
"""

import sys
from pathlib import Path

from kairos.adapters.platforms.generic import TYPES
from kairos.adapters.platforms.message import Reader
from kairos.adapters.platforms.platform import PLATFORMS

NAMES = {
    "shopify": "Shopify",
    "woocommerce": "WooCommerce",
    "prestashop": "PrestaShop",
    "bigcommerce": "BigCommerce",
    "magento": "Magento",
    "cloudcart": "CloudCart",
    "generic": "generic JSON",
}
"""By the name in a webhook's address. The script tag is no platform: it goes with each of them."""

SUBJECTS = (
    "orders",
    "refunds",
    "carts",
    "customers",
    "consents",
    "products",
    "categories",
    "deletions",
    "privacy requests",
)
_BY_WORD = {
    "redact": "privacy requests",
    "erasure": "privacy requests",
    "data_request": "privacy requests",
    "deleted": "deletions",
    "refund": "refunds",
    "creditmemo": "refunds",
    "consent": "consents",
    "subscriber": "consents",
    "collection": "categories",
    "category": "categories",
}
"""What a word in a reader's name says; where none does, its module is named after its subject."""

_BY_TYPE = {"deletion": "deletions", "category": "categories"}
BEGIN, END = "<!-- tables: python -m local.platform_table -->", "<!-- end of tables -->"


def subject(reader: Reader) -> str:
    """What a reader tells of. Raises ValueError for one that cannot be placed."""
    found = next((told for word, told in _BY_WORD.items() if word in reader.__name__), None)
    found = found or reader.__module__.rsplit(".", 1)[-1]
    if found not in SUBJECTS:
        raise ValueError(f"{reader.__module__}.{reader.__name__} is of no known subject")
    return found


def topics(platform: str) -> dict[str, list[str]]:
    """The platform's topics by subject, in the registry's order."""
    if platform == "generic":
        return {_BY_TYPE.get(name, f"{name}s"): [name] for name in TYPES}
    found: dict[str, list[str]] = {}
    for topic, reader in PLATFORMS[platform].topics.items():
        found.setdefault(subject(reader), []).append(topic)
    return found


def tables() -> str:
    """Both tables, Markdown: which subjects have topics of their own, and which topics these are."""
    known = {name: topics(name) for name in NAMES}
    lines = ["| | " + " | ".join(NAMES.values()) + " |", "|---" * (len(NAMES) + 1) + "|"]
    for one in SUBJECTS:
        cells = [str(len(told[one])) if one in told else "-" for told in known.values()]
        lines.append(f"| {one} | " + " | ".join(cells) + " |")
    lines += ["", "| platform | of | topics |", "|---|---|---|"]
    for name, told in known.items():
        for one in SUBJECTS:
            if one in told:
                listed = ", ".join(f"`{topic}`" for topic in told[one])
                lines.append(f"| {NAMES[name]} | {one} | {listed} |")
    return "\n".join(lines)


def written(text: str) -> str:
    """The document with the tables between their marks."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{tables()}\n\n{END}{after}"


if __name__ == "__main__":
    for document in map(Path, sys.argv[1:]):
        document.write_text(written(document.read_text()))
    print(tables())
