"""Products and categories as the shop's catalogue states them."""

from kairos.domain.value import Instant, Value


class ProductSnapshot(Value):
    """One product. price: lowest variant, minor units of the shop's currency, tax as the shop shows it.

    category_ids and categories run in parallel: ids as the platform states them, names for people.
    days_per_unit: how long one unit lasts its buyer, where the shop says it. countries: where it is sold, as
    ISO 3166-1 alpha-2; None where nobody says.
    """

    kind: str = "product"
    id: str
    updated_at: Instant
    deleted: bool = False
    title: str = ""
    url: str | None = None
    image: str | None = None
    price: int | None = None
    currency: str | None = None
    category_ids: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    brand: str | None = None
    available: bool = True
    stock: int | None = None
    published_at: Instant | None = None
    days_per_unit: int | None = None
    countries: tuple[str, ...] | None = None


class CategorySnapshot(Value):
    """A category or collection."""

    kind: str = "category"
    id: str
    updated_at: Instant
    deleted: bool = False
    title: str = ""
    url: str | None = None
