"""The demo shop from a seed: `python -m local.shop_generator` prints its history, one webhook a line.

The same seed and `now` give the same bytes. Nobody in it exists; every address reaches nobody.
"""

import argparse
import json
import sys
from collections import Counter
from datetime import datetime
from typing import Any, NamedTuple

from local.demo_shop.catalogue import Product, make_catalogue
from local.demo_shop.history import tell_history
from local.demo_shop.pictures import draw
from local.demo_shop.seeded import seeded
from local.demo_shop.shopify.telling import CURRENCY, SHOP_URL
from local.demo_shop.webhook import Webhook

SEED = 1
CUSTOMERS = 200
SHOP = "sonnseite"


class DemoShop(NamedTuple):
    """A shop and all that it sent so far, oldest first."""

    catalogue: tuple[Product, ...]
    history: list[Webhook]

    def counts(self) -> dict[str, int]:
        """Webhooks by topic."""
        return dict(sorted(Counter(one.topic for one in self.history).items()))


def catalogue_of(seed: int) -> tuple[Product, ...]:
    """The catalogue alone."""
    return make_catalogue(seeded(seed, "catalogue"))


def make_shop(seed: int, now: datetime, pictures_url: str, customers: int = CUSTOMERS) -> DemoShop:
    """The shop as it stands at `now` (aware). pictures_url: the folder that serves the products' pictures."""
    catalogue = catalogue_of(seed)
    return DemoShop(catalogue, tell_history(seed, now, customers, catalogue, pictures_url))


def pictures(catalogue: tuple[Product, ...]) -> dict[str, bytes]:
    """The products' pictures, PNG by file name."""
    return {one.picture: draw(one.shape, one.hue) for one in catalogue}


def shop_settings(webhook_secret: str) -> dict[str, Any]:
    """What `PUT /v1/shops/{shop}` is given for this shop."""
    return {
        "name": "Sonnseite",
        "platform": "shopify",
        "secrets": {"webhook": webhook_secret},
        "currency": CURRENCY,
        "timezone": "Europe/Zurich",
        "languages": ["de", "fr", "it", "en"],
        "url": SHOP_URL,
        "sender": {"email": "hallo@sonnseite.example.com", "name": "Sonnseite"},
        "postal_address": "Musterweg 1, 8000 Zürich",
    }


def main(arguments: list[str]) -> int:
    """Print the history as JSON lines, with the counts by topic on standard error."""
    parser = argparse.ArgumentParser(prog="python -m local.shop_generator", description=__doc__)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--customers", type=int, default=CUSTOMERS)
    parser.add_argument(
        "--now", type=datetime.fromisoformat, required=True, help="such as 2026-01-31T12:00+01:00"
    )
    told = parser.parse_args(arguments)
    if told.now.tzinfo is None:
        parser.error("--now needs an offset: 2026-01-31T12:00+01:00")
    shop = make_shop(told.seed, told.now, f"{SHOP_URL}/pictures", told.customers)
    for one in shop.history:
        print(
            json.dumps({"topic": one.topic, "at": one.at.isoformat(), "body": one.body}, ensure_ascii=False)
        )
    print(json.dumps(shop.counts()), file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
