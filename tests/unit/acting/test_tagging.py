"""A gift's tag in the shop's own system: asked for once, and whatever becomes of it, the run goes on."""

import pytest

from kairos.domain.discounts import DiscountRules
from kairos.domain.shop import Shop
from kairos.ports import NotMade
from kairos.services.acting.tagging import Tagging, tag_order
from tests.unit.api.fakes import MemorySecrets
from tests.unit.api.shop_floor import MemoryCounts
from tests.unit.sending.world import SHOP

RULES = DiscountRules(api="https://lumen.myshopify.com")


class Packing:
    """See ports.ShopOrders. fails: what its next call raises."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.opened_with: list[tuple[str, str]] = []
        self.fails: NotMade | None = None

    def connect(self, shop: Shop, secret: str) -> "Packing":
        self.opened_with.append((shop.id, secret))
        return self

    def tag(self, order: str, tag: str) -> None:
        self.asked.append((order, tag))
        if self.fails:
            raise self.fails


class Counter:
    """A shop with an API, and what is counted."""

    def __init__(self) -> None:
        self.api, self.secrets, self.counts = Packing(), MemorySecrets(), MemoryCounts()
        self.secrets.put(SHOP.id, {"api": "token"})
        self.shop = SHOP.model_copy(update={"discounts": RULES})

    def tag(self) -> list[tuple[str, dict[str, str]]]:
        tag_order(Tagging(self.secrets, self.counts, self.api.connect), self.shop, "1001", "gift")
        return self.counts.told


@pytest.fixture
def counter() -> Counter:
    return Counter()


def test_the_order_is_tagged_with_the_secret_that_opens_the_shops_api(counter: Counter) -> None:
    assert counter.tag() == [("OrdersTagged", {"shop": "lumen"})]
    assert (counter.api.asked, counter.api.opened_with) == ([("1001", "gift")], [("lumen", "token")])


@pytest.mark.parametrize("for_now", [True, False])
def test_a_shop_that_fails_or_refuses_is_asked_once_and_counted(counter: Counter, for_now: bool) -> None:
    counter.api.fails = NotMade("status 418", for_now)
    assert counter.tag() == [("OrdersNotTagged", {"shop": "lumen", "reason": "status 418"})]
    assert len(counter.api.asked) == 1


def test_a_shop_that_is_left_alone_is_counted(counter: Counter) -> None:
    def silent(_shop: Shop, _secret: str) -> Packing:
        raise NotMade("no answer of late", for_now=True)

    tag_order(Tagging(counter.secrets, counter.counts, silent), counter.shop, "1001", "gift")
    assert counter.counts.told == [("OrdersNotTagged", {"shop": "lumen", "reason": "no answer of late"})]


@pytest.mark.parametrize("missing", ["address", "secret"])
def test_a_shop_without_an_api_is_not_asked(counter: Counter, missing: str) -> None:
    if missing == "address":
        counter.shop = SHOP.model_copy(update={"discounts": DiscountRules()})
    else:
        counter.secrets.held[SHOP.id].pop("api")
    assert counter.tag() == [("OrdersNotTagged", {"shop": "lumen", "reason": "no access to the shop's API"})]
    assert counter.api.opened_with == []
