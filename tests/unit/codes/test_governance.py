"""What a shop's rules make of a scenario's wish for a code."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from kairos.domain.discounts import DiscountRules
from kairos.domain.governance import governed, is_guarded
from kairos.domain.message import CodeWish
from kairos.domain.profile import Profile
from kairos.domain.purchases import OrderFact
from kairos.domain.shop import Shop
from tests.unit.sending.world import SHOP

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
DAY = 86400


def shop(**rules: Any) -> Shop:
    return SHOP.model_copy(update={"discounts": DiscountRules(**rules)})


def test_of_two_cooldowns_the_longer_holds() -> None:
    assert governed(CodeWish(pause=90 * DAY), shop(), NOW).pause == 90 * DAY
    assert governed(CodeWish(pause=30 * DAY), shop(), NOW).pause == 60 * DAY
    assert governed(CodeWish(pause=0), shop(cooldown="P7D"), NOW).pause == 7 * DAY


def test_a_cooldown_of_months_goes_by_the_calendar() -> None:
    since_21_october = timedelta(days=31, hours=1)  # the clocks went back on the 25th
    pause = governed(CodeWish(pause=0), shop(cooldown="P1M"), NOW).pause
    assert pause == since_21_october.total_seconds()


def test_of_two_minimum_baskets_the_greater_holds() -> None:
    assert governed(CodeWish(minimum_basket=4000), shop(minimum_basket="50.00"), NOW).minimum_basket == 5000
    assert governed(CodeWish(minimum_basket=6000), shop(minimum_basket="50.00"), NOW).minimum_basket == 6000


def test_a_shop_that_discounts_only_stock_to_move_narrows_every_wish_for_everything() -> None:
    rules = shop(scope="stock", stock=("7", "8"))
    assert (governed(CodeWish(), rules, NOW).scope, governed(CodeWish(), rules, NOW).collections) == (
        "stock",
        ("7", "8"),
    )
    chosen = governed(CodeWish(scope="collection", collections=("1",)), rules, NOW)
    assert (chosen.scope, chosen.collections) == ("collection", ("1",))


def test_stock_to_move_is_what_the_shop_says_it_is() -> None:
    assert governed(CodeWish(scope="stock"), shop(stock=("7",)), NOW).collections == ("7",)


def test_a_wish_for_everything_stays_so_where_the_shop_allows_it() -> None:
    wish = governed(CodeWish(), shop(collections=("9",)), NOW)
    assert (wish.scope, wish.collections) == ("all", ())


def profile(*codes: tuple[str, ...], counts: bool = True) -> Profile:
    orders = tuple(
        OrderFact(
            id=str(number),
            placed_at=NOW,
            status="paid",
            counts=counts,
            currency="CHF",
            revenue=1,
            revenue_without_tax=1,
            items=1,
            codes=given,
        )
        for number, given in enumerate(codes)
    )
    return Profile(id="c", nodes=("c",), orders=orders)


@pytest.mark.parametrize("scenario", ["coupon_customers", "campaign"])
def test_who_bought_three_times_without_a_code_is_offered_none(scenario: str) -> None:
    assert is_guarded(scenario, profile((), (), ()), SHOP)
    assert not is_guarded(scenario, profile((), ()), SHOP)
    assert not is_guarded(scenario, profile((), (), (), ("SALE",)), SHOP)
    assert not is_guarded(scenario, profile((), (), (), counts=False), SHOP)


@pytest.mark.parametrize("scenario", ["abandoned_cart", "win_back", "prospects"])
def test_the_scenarios_that_win_customers_back_are_exempt(scenario: str) -> None:
    assert not is_guarded(scenario, profile((), (), ()), SHOP)


@pytest.mark.parametrize(
    "rules",
    [
        {"cooldown": "60"},
        {"minimum_basket": "-1"},
        {"minimum_basket": "1,50"},
        {"api": "http://shop.example.com"},
        {"api": "https://user:pass@shop.example.com"},
        {"api": "https://shop.example.com?x=1"},
        {"api": "ftp://shop.example.com"},
        {"warn_below": -1},
        {"stock": ["a b"]},
    ],
)
def test_rules_that_can_not_hold_are_refused(rules: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        DiscountRules.model_validate(rules)
