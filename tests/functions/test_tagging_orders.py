"""What take_step is given to tag orders with: the shop's secret, its API and the metrics, put together."""

import json
from typing import Any

import pytest

from kairos import bootstrap
from kairos.domain.discounts import DiscountRules
from kairos.domain.shop import Sender, Shop
from tests.adapters.shop_apis.fake_shops import KEY, FakeShop, fake_shop
from tests.functions.conftest import Aws


def at(shop: FakeShop) -> Shop:
    sender = Sender(email="shop@example.com", name="Demo")
    rules = DiscountRules(api=shop.address)
    return Shop(
        id="demo", name="Demo", platform="woocommerce", currency="EUR", sender=sender, discounts=rules
    )


def counted(text: str) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in text.splitlines()]
    return [{name: one[name] for name in one.keys() - {"_aws", "service"}} for one in lines]


def test_an_order_is_tagged_with_what_the_vault_holds_of_the_shop(
    aws: Aws, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STAGE", "local")
    aws.put_shop_secret("demo", api=KEY)
    with fake_shop() as shop:
        bootstrap.tagging()(at(shop), "1001", "gift")
    assert shop.orders == {"1001": ["gift"]}
    assert counted(capsys.readouterr().out) == [{"shop": "demo", "OrdersTagged": 1}]


def test_in_the_cloud_no_order_is_tagged_at_an_address_that_is_not_public(
    aws: Aws, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.put_shop_secret("demo", api=KEY)
    with fake_shop() as shop:
        bootstrap.tagging()(at(shop), "1001", "gift")
    assert shop.requests == []
    [told] = counted(capsys.readouterr().out)
    assert (told["OrdersNotTagged"], told["reason"]) == (1, "not an https address")
