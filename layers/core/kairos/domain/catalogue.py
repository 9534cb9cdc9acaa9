"""The shop's products as rules ask about them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

from kairos.domain.product import ProductSnapshot
from kairos.domain.value import Second, Value


class ProductFact(Value):
    """One product. categories: ids and names, folded; brand: folded. price: minor units.

    launched_at: when it was published. unit_seconds: how long one unit lasts its buyer, where the shop says.
    """

    id: str
    categories: tuple[str, ...] = ()
    brand: str | None = None
    price: int | None = None
    launched_at: Second | None = None
    unit_seconds: int | None = None


def folded(text: str) -> str:
    """Words as they are compared: trimmed, without regard to case."""
    return text.strip().casefold()


def product_fact(told: ProductSnapshot) -> ProductFact:
    """What rules need of a product."""
    return ProductFact(
        id=told.id,
        categories=tuple(sorted({folded(name) for name in (*told.category_ids, *told.categories)})),
        brand=folded(told.brand) if told.brand else None,
        price=told.price,
        launched_at=told.published_at,
        unit_seconds=told.days_per_unit * 86_400 if told.days_per_unit else None,
    )


@dataclass(frozen=True)
class Catalogue:
    """Products by id: all of the shop for the engine, the customer's own for closures."""

    products: Mapping[str, ProductFact] = field(default_factory=lambda: MappingProxyType({}))

    def chosen(
        self, products: Iterable[str] = (), categories: Iterable[str] = (), brands: Iterable[str] = ()
    ) -> frozenset[str]:
        """The ids named, and those of products in one of the categories or of one of the brands."""
        named = [self._by_category.get(folded(name), ()) for name in categories]
        named += [self._by_brand.get(folded(name), ()) for name in brands]
        return frozenset(products).union(*named)

    @cached_property
    def _by_category(self) -> Mapping[str, Sequence[str]]:
        return _gathered((name, one.id) for one in self.products.values() for name in one.categories)

    @cached_property
    def _by_brand(self) -> Mapping[str, Sequence[str]]:
        return _gathered((one.brand, one.id) for one in self.products.values() if one.brand)


def _gathered(pairs: Iterable[tuple[str, str]]) -> Mapping[str, Sequence[str]]:
    """Product ids by name."""
    ids: dict[str, list[str]] = {}
    for name, product in pairs:
        ids.setdefault(name, []).append(product)
    return ids
