"""Codes made and orders tagged by Shopify and WooCommerce, over real connections to fakes of both."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from kairos.adapters.shop_apis import answers
from kairos.adapters.shop_apis.connecting import LEFT_ALONE, ShopApis
from kairos.adapters.shop_apis.shopify import API_VERSION, Shopify
from kairos.adapters.shop_apis.woocommerce import WooCommerce
from kairos.domain.discounts import DiscountRules
from kairos.domain.shop import Sender, Shop
from kairos.ports import NewCode, NotMade, ShopApi
from tests.adapters.shop_apis.fake_shops import KEY, TOKEN, FakeShop, fake_shop

START, END = datetime(2026, 11, 22, 12, tzinfo=UTC), datetime(2026, 11, 23, 13, tzinfo=UTC)
TENTH = NewCode("ABCDEFGHIJ", "percent", 10, (), None, START, END)
APIS: dict[str, Callable[[FakeShop], ShopApi]] = {
    "shopify": lambda shop: Shopify(shop.address, TOKEN, loopback=True),
    "woocommerce": lambda shop: WooCommerce(shop.address, KEY, loopback=True),
}


@pytest.fixture
def shop() -> Iterator[FakeShop]:
    with fake_shop() as running:
        yield running


@pytest.fixture(params=sorted(APIS))
def api(request: pytest.FixtureRequest, shop: FakeShop) -> ShopApi:
    return APIS[request.param](shop)


def refusal(api: ShopApi, wanted: NewCode = TENTH) -> NotMade:
    with pytest.raises(NotMade) as refused:
        api.make(wanted)
    return refused.value


def test_a_code_is_made_once_and_known_when_asked_for_again(api: ShopApi, shop: FakeShop) -> None:
    assert [api.make(TENTH), api.make(TENTH)] == ["made", "exists"]
    assert list(shop.coupons) == ["abcdefghij"]


@pytest.mark.parametrize("mood", ["throttled", "outage", "page"])
def test_a_shop_that_is_busy_or_out_of_order_is_asked_later(api: ShopApi, shop: FakeShop, mood: str) -> None:
    shop.moods = [mood]
    assert refusal(api).for_now
    assert api.make(TENTH) == "made"


@pytest.mark.parametrize("mood", ["silent", "drip"])
def test_a_shop_that_gives_no_answer_in_time_is_asked_later(
    api: ShopApi, shop: FakeShop, mood: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "SECONDS", 0.2)
    shop.moods = [mood]
    assert refusal(api).for_now
    assert len(shop.requests) == 1, "one attempt per call"


def test_a_connection_cut_after_the_code_was_made_makes_it_but_once(api: ShopApi, shop: FakeShop) -> None:
    shop.moods = ["cut"]
    assert refusal(api).for_now
    assert api.make(TENTH) == "exists"
    assert len(shop.coupons) == 1


def test_a_shop_that_nobody_runs_any_more_is_asked_later() -> None:
    gone = Shopify("http://127.0.0.1:9", TOKEN, loopback=True)
    assert refusal(gone).for_now


def test_a_wrong_secret_is_no_matter_of_time(shop: FakeShop) -> None:
    assert not refusal(Shopify(shop.address, "wrong", loopback=True)).for_now
    assert not refusal(WooCommerce(shop.address, "wrong:wrong", loopback=True)).for_now


def test_a_redirect_is_not_followed(api: ShopApi, shop: FakeShop) -> None:
    shop.moods = ["redirect"]
    refusal(api)
    assert len(shop.requests) == 1


def test_this_machine_is_asked_only_where_that_is_allowed(shop: FakeShop) -> None:
    for api in (Shopify(shop.address, TOKEN), WooCommerce(shop.address, KEY)):
        assert not refusal(api).for_now
    assert shop.requests == []


def test_no_refusal_repeats_what_the_shop_said_or_the_secret(shop: FakeShop) -> None:
    shop.moods = ["page"]
    said = str(refusal(Shopify(shop.address, TOKEN, loopback=True)))
    assert "html" not in said
    assert TOKEN not in said


def test_shopify_is_told_kind_scope_minimum_validity_and_single_use(shop: FakeShop) -> None:
    wanted = TENTH._replace(collections=("17", "gid://shopify/Collection/18"), minimum="50.00")
    APIS["shopify"](shop).make(wanted)
    assert shop.requests[0][0] == f"/admin/api/{API_VERSION}/graphql.json"
    assert shop.coupons["abcdefghij"] == {
        "title": "ABCDEFGHIJ",
        "code": "ABCDEFGHIJ",
        "startsAt": "2026-11-22T12:00:00Z",
        "endsAt": "2026-11-23T13:00:00Z",
        "usageLimit": 1,
        "appliesOncePerCustomer": True,
        "context": {"all": "ALL"},
        "minimumRequirement": {"subtotal": {"greaterThanOrEqualToSubtotal": "50.00"}},
        "customerGets": {
            "value": {"percentage": 0.1},
            "items": {"collections": {"add": ["gid://shopify/Collection/17", "gid://shopify/Collection/18"]}},
        },
    }


def test_shopify_is_told_of_free_shipping_to_everywhere(shop: FakeShop) -> None:
    APIS["shopify"](shop).make(TENTH._replace(kind="free_shipping"))
    made = shop.coupons["abcdefghij"]
    assert made["destination"] == {"all": True}
    assert "customerGets" not in made


def test_woocommerce_is_told_kind_scope_minimum_validity_and_single_use(shop: FakeShop) -> None:
    APIS["woocommerce"](shop).make(TENTH._replace(collections=("17",), minimum="50.00"))
    assert shop.coupons["abcdefghij"] == {
        "code": "ABCDEFGHIJ",
        "discount_type": "percent",
        "amount": "10",
        "usage_limit": 1,
        "usage_limit_per_user": 1,
        "date_expires_gmt": "2026-11-23T13:00:00",
        "minimum_amount": "50.00",
        "product_categories": [17],
    }


def test_woocommerce_is_told_of_free_shipping(shop: FakeShop) -> None:
    APIS["woocommerce"](shop).make(TENTH._replace(kind="free_shipping"))
    made = shop.coupons["abcdefghij"]
    assert (made["free_shipping"], made["discount_type"], made["amount"]) == (True, "fixed_cart", "0")


def test_a_category_that_is_no_number_can_never_be_made(shop: FakeShop) -> None:
    refused = refusal(APIS["woocommerce"](shop), TENTH._replace(collections=("summer",)))
    assert (refused.for_now, shop.requests) == (False, [])


def at(shop: FakeShop, platform: str) -> Shop:
    sender = Sender(email="shop@example.com", name="Demo")
    rules = DiscountRules(api=shop.address)
    return Shop(id="demo", name="Demo", platform=platform, currency="EUR", sender=sender, discounts=rules)


def test_a_shop_is_asked_by_the_api_of_its_platform(shop: FakeShop) -> None:
    apis = ShopApis(lambda: 0.0, loopback=True)
    assert apis.connect(at(shop, "shopify"), TOKEN).make(TENTH) == "made"
    assert apis.connect(at(shop, "woocommerce"), KEY).make(TENTH) == "exists"
    with pytest.raises(NotMade) as refused:
        apis.connect(at(shop, "prestashop"), KEY)
    assert not refused.value.for_now


def test_a_shop_that_gave_no_answer_is_left_alone_for_a_while(
    shop: FakeShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "SECONDS", 0.2)
    seconds = [0.0]
    apis = ShopApis(lambda: seconds[0], loopback=True)
    shop.moods = ["silent"]
    refusal(apis.connect(at(shop, "shopify"), TOKEN))
    with pytest.raises(NotMade) as refused:
        apis.connect(at(shop, "shopify"), TOKEN)
    assert refused.value.for_now
    assert len(shop.requests) == 1
    seconds[0] = LEFT_ALONE
    assert apis.connect(at(shop, "shopify"), TOKEN).make(TENTH) == "made"


# Orders


def unmarked(api: ShopApi, order: str = "1001") -> NotMade:
    with pytest.raises(NotMade) as refused:
        api.tag(order, "gift")
    return refused.value


def test_an_order_is_tagged(api: ShopApi, shop: FakeShop) -> None:
    api.tag("1001", "gift")
    assert shop.orders == {"1001": ["gift"]}


def test_shopify_has_the_tag_once_however_often_it_is_put(shop: FakeShop) -> None:
    for order in ("1001", "1001", "gid://shopify/Order/1001"):
        APIS["shopify"](shop).tag(order, "gift")
    assert shop.orders == {"1001": ["gift"]}


def test_woocommerces_note_is_none_of_the_customers(shop: FakeShop) -> None:
    APIS["woocommerce"](shop).tag("1001", "gift")
    assert shop.requests == [("/wp-json/wc/v3/orders/1001/notes", {"note": "gift", "customer_note": False})]


def test_an_order_that_the_shop_does_not_have_is_no_matter_of_time(api: ShopApi) -> None:
    assert not unmarked(api, "1002").for_now


@pytest.mark.parametrize("order", ["../coupons?a=", "10/01", "#1001", "", "\u0661"])
def test_what_is_no_orders_number_changes_nothing(api: ShopApi, shop: FakeShop, order: str) -> None:
    assert not unmarked(api, order).for_now
    assert (shop.orders, shop.coupons) == ({"1001": []}, {})


def test_a_token_that_may_not_change_orders_is_told_by_name(shop: FakeShop) -> None:
    shop.scopes.remove("write_orders")
    refused = unmarked(APIS["shopify"](shop))
    assert (refused.reason, refused.for_now) == ("ACCESS_DENIED", False)


@pytest.mark.parametrize("mood", ["throttled", "outage", "page", "redirect"])
def test_a_shop_that_does_not_say_that_it_tagged_has_not(api: ShopApi, shop: FakeShop, mood: str) -> None:
    shop.moods = [mood]
    unmarked(api)
    assert (len(shop.requests), shop.orders) == (1, {"1001": []})


def test_a_secret_that_fits_into_no_request_is_no_matter_of_time(shop: FakeShop) -> None:
    for token in (f"{TOKEN}\n", f"{TOKEN}\u2026"):
        assert not unmarked(Shopify(shop.address, token, loopback=True)).for_now
    assert shop.requests == []


def test_a_shop_that_left_a_tag_unanswered_is_left_alone_for_a_while(
    shop: FakeShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "SECONDS", 0.2)
    apis = ShopApis(lambda: 0.0, loopback=True)
    shop.moods = ["silent"]
    unmarked(apis.connect(at(shop, "woocommerce"), KEY))
    with pytest.raises(NotMade, match="no answer of late"):
        apis.connect(at(shop, "woocommerce"), KEY)
    assert len(shop.requests) == 1
