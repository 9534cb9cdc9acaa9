"""Which products a criterion means: by id, by category, by brand."""

from typing import Self

from pydantic import model_validator

from kairos.domain.criteria.criterion import Names
from kairos.domain.criteria.query import Query
from kairos.domain.moment import Moment
from kairos.domain.value import Value


class Choice(Value):
    """The products named, those in one of the categories and those of one of the brands; else any."""

    products: Names | None = None
    categories: Names | None = None
    brands: Names | None = None

    def ids(self, moment: Moment) -> frozenset[str] | None:
        """Ids of the products meant; None for any."""
        if self.products is None and self.categories is None and self.brands is None:
            return None
        return moment.catalogue.chosen(self.products or (), self.categories or (), self.brands or ())

    def product_codes(self, query: Query) -> frozenset[int] | None:
        """The same as codes of the dictionary "product"."""
        ids = self.ids(query.moment)
        return None if ids is None else query.codes("product", ids.__contains__)


class SomeProducts(Choice):
    """A choice that must be made."""

    @model_validator(mode="after")
    def _chooses(self) -> Self:
        if self.products is None and self.categories is None and self.brands is None:
            raise ValueError("chooses no product; set at least one of products, categories, brands")
        return self

    def ids(self, moment: Moment) -> frozenset[str]:
        """See Choice."""
        return super().ids(moment) or frozenset()

    def product_codes(self, query: Query) -> frozenset[int]:
        """See Choice."""
        return super().product_codes(query) or frozenset()
