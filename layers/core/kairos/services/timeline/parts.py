"""What every source of entries is given."""

from typing import NamedTuple

from kairos.domain.money import amount_text
from kairos.domain.shop import Shop
from kairos.ports import Item, Items
from kairos.services.customers import KnownCustomer


class Looked(NamedTuple):
    """A customer as they are read once for all sources."""

    items: Items
    shop: Shop
    known: KnownCustomer

    def held(self, prefix: str) -> list[Item]:
        """What lies at the customer's nodes under sort keys that begin so."""
        return [item for item in self.known.held if item.key.sk.startswith(prefix)]

    def named(self, prefix: str) -> list[str]:
        """What the pointers with this prefix name, each once, sorted."""
        return sorted({item.key.sk.removeprefix(prefix) for item in self.held(prefix)})


def money(amount: int, currency: str | None) -> str | None:
    """As a decimal text, None where the currency is not known."""
    return amount_text(amount, currency) if currency else None
