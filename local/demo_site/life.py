"""The demo shop's customers go on: they fill carts and buy, told by webhooks as a shop tells them.

A process beside the stack, for an hour at most: the stack's clock runs so fast that without it the shop would
fall silent within a minute.
"""

import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from local.demo_past.playing import CUSTOMERS_OF_THE_PAST
from local.demo_shop.history import customer_of
from local.demo_shop.people import Person
from local.demo_shop.seeded import seeded
from local.demo_shop.shopify.cart import Checkout, Item, cart, checkout
from local.demo_shop.shopify.order import Purchase, order
from local.demo_shop.shopify.telling import token_of
from local.demo_shop.webhook import Webhook
from local.demo_site.process import life_of
from local.place import ROOT, Place, default_place
from local.running_stack import RunningStack
from local.shop_generator import SEED, SHOP, catalogue_of
from local.traffic import Sender

LASTS = timedelta(hours=1)
PAUSE_SECONDS = 6.0
"""Between two customers: some eight hours of the stack's clock."""
BUYS, BUYS_FROM_CART = 0.45, 0.3
_FIRST_ORDER = 8_000_000


def start(place: Place, webhook_secret: str) -> None:
    """Let the shop live on in the background."""
    secret = life_of(place).with_suffix(".secret")
    secret.touch(mode=0o600)
    secret.write_text(webhook_secret)
    with place.log("life").open("w") as out:
        process = subprocess.Popen(
            [ROOT / ".venvs/dev/bin/python", "-m", "local.demo_site.life", secret],
            cwd=ROOT,
            env=dict(os.environ),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    life_of(place).write_text(json.dumps({"pid": process.pid}) + "\n")


class Life:
    """What happens in it, one customer after the other."""

    def __init__(self, sender: Sender, begun: datetime) -> None:
        self._sender, self._chance = sender, seeded(SEED, "life", begun.isoformat())
        self._catalogue = [one for one in catalogue_of(SEED) if one.stock]
        self._number = int(begun.timestamp()) % 1_000_000
        drawn = (
            customer_of(seeded(SEED, "customer", one), one) for one in range(1, CUSTOMERS_OF_THE_PAST + 1)
        )
        self._customers = [(person, subscribed) for kind, person, subscribed in drawn if kind.account]

    def go_on(self, at: datetime) -> list[int]:
        """The next customer does something now. Answers with which statuses it was taken."""
        person, subscribed = self._chance.choice(self._customers)
        items = tuple(Item(one) for one in self._chance.sample(self._catalogue, self._chance.randint(1, 3)))
        self._number += 1
        if self._chance.random() < BUYS:
            return self._post(self._ordered(person, subscribed, items, at, None))
        token = token_of("cart of a live shop", person.email, self._number)
        left = Checkout(token, person, items, subscribed, at, at, at - timedelta(days=400))
        told = [
            Webhook("carts/create", cart(token, items, at, at), at),
            Webhook("checkouts/create", checkout(left), at),
        ]
        if self._chance.random() < BUYS_FROM_CART:
            told.append(self._ordered(person, subscribed, items, at, token))
        return self._post(*told)

    def _ordered(
        self, person: Person, subscribed: bool, items: tuple[Item, ...], at: datetime, token: str | None
    ) -> Webhook:
        bought = Purchase(
            _FIRST_ORDER + self._number, person, items, placed_at=at, told_at=at, cart_token=token,
            checkout_token=token_of("checkout", token) if token else None,
            customer_since=at - timedelta(days=400),
        )  # fmt: skip
        return Webhook("orders/create", order(bought, subscribed), at)

    def _post(self, *told: Webhook) -> list[int]:
        return [self._sender.post(one).status for one in told]


def main(arguments: list[str]) -> int:
    """arguments: the file of the secret that the shop signs with."""
    place, begun = default_place(), datetime.now(UTC)
    stack = RunningStack(json.loads(place.stack_file.read_text()))
    life = Life(Sender(stack.client, SHOP, Path(arguments[0]).read_text()), begun)
    while (at := datetime.now(UTC)) < begun + LASTS:
        print(at.isoformat(timespec="seconds"), life.go_on(at), flush=True)
        time.sleep(PAUSE_SECONDS)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
