"""PrestaShop's module where an installation has several shops, currencies and visitors."""

import json
from typing import Any

import pytest

from kairos.adapters.platforms.signatures import is_signed
from tests.plugins.listening import Listening, Posted, listening
from tests.plugins.php import CRON_TOKEN, run_module
from tests.plugins.test_prestashop_module import DELIVER, ORDERED, SAVED, WAIT, hook, module, object_of, read

EVERYWHERE = 0
CRON = ["cron", CRON_TOKEN]


def installation(kairos: Listening, *steps: list[Any], **more: Any) -> list[Any]:
    """Shops 1 and 2 of one group, each with its own shop and secret at Kairos, and 3 without settings."""
    shops = {str(one): {"id_shop": one, "id_shop_group": 1} for one in (1, 2, 3)}
    own = {
        "1": {"KAIROS_SHOP": "one", "KAIROS_SECRET": "secret-of-one"},
        "2": {"KAIROS_SHOP": "two", "KAIROS_SECRET": "secret-of-two"},
        "3": {"KAIROS_SHOP": "", "KAIROS_SECRET": ""},
    }
    told = {"Shop": shops, "settings_of": own, **more}
    return run_module(kairos.address, "demo", ("", "tag-secret-of-16"), steps, {}, told)


def posted_to(kairos: Listening) -> list[str]:
    """The shops at Kairos, of whose secrets the signatures are."""
    return [_signed_for(one) for one in kairos.posted]


def _signed_for(one: Posted) -> str:
    shop = one.path.split("/")[4]
    assert is_signed("prestashop", one.headers, one.body, [f"secret-of-{shop}"])
    return shop


def moved(kind: str, number: str, shop: int) -> list[Any]:
    return ["change", kind, number, {"id_shop": shop, "id_shop_group": 1}]


@pytest.mark.parametrize("somewhere", [1, 2, EVERYWHERE])
@pytest.mark.parametrize(
    "told", [ORDERED, SAVED, hook("actionOrderStatusPostUpdate", id_order=6)], ids=lambda one: str(one[1])
)
def test_an_order_or_cart_goes_to_its_own_shop_wherever_somebody_changes_it(
    somewhere: int, told: list[Any]
) -> None:
    with listening() as kairos:
        installation(
            kairos, moved("Order", "6", 2), moved("Cart", "12", 2), ["in", somewhere], told, ["in", 1], CRON
        )
        assert posted_to(kairos) == ["two"]


def test_a_shop_without_settings_is_told_to_nobody() -> None:
    with listening() as kairos:
        answers = installation(kairos, moved("Order", "6", 3), ["in", 1], ORDERED, CRON)
        assert kairos.posted == []
    assert answers[-1] == {"sent": 0, "waiting": 0}


@pytest.mark.parametrize(("shared", "told"), [(0, ["two"]), (1, ["one", "two"])])
@pytest.mark.parametrize("name", ["actionObjectCustomerUpdateAfter", "actionObjectCustomerDeleteAfter"])
def test_a_customer_goes_to_the_shops_that_share_them(name: str, shared: int, told: list[str]) -> None:
    groups = {"1": {"share_customer": shared}}
    changed = hook(name, object=object_of("Customer", 4))
    with listening() as kairos:
        installation(kairos, moved("Customer", "4", 2), ["in", EVERYWHERE], changed, CRON, ShopGroup=groups)
        assert posted_to(kairos) == told


@pytest.mark.parametrize("somewhere", [1, 2, EVERYWHERE])
@pytest.mark.parametrize(
    "told",
    [hook("actionDeleteGDPRCustomer", email="kim@example.com"), hook("actionProductDelete", id_product=8)],
    ids=lambda one: str(one[1]),
)
def test_whoever_is_erased_and_what_is_deleted_is_so_in_every_shop(somewhere: int, told: list[Any]) -> None:
    with listening() as kairos:
        installation(kairos, ["in", somewhere], told, CRON)
        assert posted_to(kairos) == ["one", "two"]


def test_a_product_goes_to_the_shops_that_sell_it() -> None:
    with listening() as kairos:
        sold = ["change", "Product", "8", {"shops": [2, 3]}]
        installation(kairos, sold, ["in", EVERYWHERE], hook("actionProductSave", id_product=8), CRON)
        assert posted_to(kairos) == ["two"]


def test_shops_that_are_one_at_kairos_tell_it_once() -> None:
    both = {one: {"KAIROS_SHOP": "one", "KAIROS_SECRET": "secret-of-one"} for one in ("1", "2")}
    sold = ["change", "Product", "8", {"shops": [1, 2]}]
    with listening() as kairos:
        installation(kairos, sold, hook("actionProductSave", id_product=8), CRON, settings_of=both)
        assert posted_to(kairos) == ["one"]


def test_one_shop_s_wrong_secret_silences_no_other() -> None:
    with listening() as kairos:
        kairos.answers = [401]
        steps = [moved("Cart", "12", 2), hook("actionDeleteGDPRCustomer", email="kim@example.com"), SAVED]
        answers = installation(kairos, *steps, DELIVER)
        assert posted_to(kairos) == ["one", "two", "two"]
    assert answers[-1] == {"sent": 2, "waiting": 1}


@pytest.mark.parametrize(("status", "posts"), [(413, 2), (404, 2), (401, 1), (503, 1)])
def test_what_kairos_does_not_take_holds_up_the_rest_only_if_it_is_not_to_blame(
    status: int, posts: int
) -> None:
    with listening() as kairos:
        kairos.answers = [status]
        module(kairos, ORDERED, SAVED, DELIVER)
        assert len(kairos.posted) == posts


def test_who_works_in_another_shop_still_does_when_all_is_posted() -> None:
    with listening() as kairos:
        steps = [moved("Cart", "12", 2), ["in", EVERYWHERE], ["visitor", 2, 0], ["where"], SAVED, DELIVER]
        answers = installation(kairos, *steps, ["where"])
        assert len(kairos.posted) == 1
    assert answers[-1] == answers[3]


@pytest.mark.parametrize("request_of", [["visitor", 1, 0], ["visitor", 2, 0.5]])
def test_a_cart_is_priced_as_its_owner_sees_it_whoever_posts_it(request_of: list[Any]) -> None:
    """EUR 48.00 at a rate of 1.25 is USD 60.00; Kairos keeps the shop's currency."""
    with listening() as kairos:
        module(kairos, ["change", "Cart", "12", {"id_currency": 2}], request_of, SAVED, DELIVER)
        [posted] = kairos.posted
    cart = json.loads(posted.body)["cart"]
    assert (cart["currency"], float(cart["total"]), cart["conversion_rate"]) == ("USD", 60.0, "1.250000")
    told = read(posted)
    assert (told.total, told.lines[0].unit_price, told.lines[0].total) == (4800, 2400, 4800)


DAYS = 86400


def test_what_nobody_took_for_two_weeks_is_forgotten_but_an_erasure() -> None:
    erased = hook("actionDeleteGDPRCustomer", email="kim@example.com")
    with listening() as kairos:
        answers = module(kairos, SAVED, ["tried", 64, 0], erased, ["tried", 64, 0], WAIT, DELIVER)
        [posted] = kairos.posted
    assert json.loads(posted.body)["event"] == "customer.erased"
    assert answers[-1] == {"sent": 1, "waiting": 0}


@pytest.mark.parametrize(("days", "posts"), [(13, 1), (15, 0)])
def test_what_was_due_two_weeks_ago_is_forgotten(days: int, posts: int) -> None:
    with listening() as kairos:
        module(kairos, SAVED, ["tried", 0, days * DAYS], DELIVER)
        assert len(kairos.posted) == posts


def test_what_changes_has_its_two_weeks_again() -> None:
    with listening() as kairos:
        module(kairos, SAVED, ["tried", 64, 0], SAVED, DELIVER)
        assert len(kairos.posted) == 1
