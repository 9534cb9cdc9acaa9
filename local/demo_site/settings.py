"""What the site needs to know of its shop, and what it sells."""

import json
from functools import cached_property
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

from local.demo_shop.catalogue import CATEGORIES, Category, Product
from local.demo_shop.pictures import draw
from local.demo_shop.shopify.product import product_number, variant_number
from local.shop_generator import SEED, catalogue_of


class Settings(NamedTuple):
    """api_url, shop: where the script tag comes from. webhook_secret signs orders.

    tag_secret: signs who is logged in. port: 0 for any that is free.
    """

    api_url: str
    shop: str
    webhook_secret: str
    tag_secret: str
    port: int = 0

    @classmethod
    def read(cls, path: Path) -> "Settings":
        """Those that `write` left in the file."""
        return cls(**json.loads(path.read_text()))

    def write(self, path: Path) -> None:
        """Keep them where only their owner reads."""
        path.touch(mode=0o600)
        path.write_text(json.dumps(self._asdict(), indent=2) + "\n")


class Shelf:
    """The catalogue, by the ids that the shop's platform would tell."""

    @cached_property
    def products(self) -> dict[str, Product]:
        """By the platform's id."""
        return {str(product_number(one)): one for one in catalogue_of(SEED)}

    @cached_property
    def by_handle(self) -> dict[str, str]:
        """The ids by the handles in addresses."""
        return {one.handle: number for number, one in self.products.items()}

    @property
    def categories(self) -> tuple[Category, ...]:
        """In the order of the menu."""
        return CATEGORIES

    def of(self, category: Category) -> list[str]:
        """The ids of what stands in the category."""
        return [number for number, one in self.products.items() if one.category == category]

    def found(self, words: str) -> list[str]:
        """The ids of what the words are found in."""
        wanted = words.casefold()
        return [number for number, one in self.products.items() if wanted in one.titles["en"].casefold()]

    def picture(self, name: str) -> bytes | None:
        """A product's picture, PNG."""
        one = self.products.get(self.by_handle.get(name.removesuffix(".png"), ""))
        return draw(one.shape, one.hue) if one else None

    def variant(self, number: str) -> str:
        """The platform's id of the product's only variant."""
        return str(variant_number(self.products[number]))


def new_cart_id() -> str:
    """One that nobody can guess."""
    return uuid4().hex
