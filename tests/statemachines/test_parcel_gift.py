"""The gift of big_spender_perks reaches the shop's own system, from the real definition on."""

import pytest

from kairos.domain.errors import Throttled
from tests.statemachines.lively_world import open_lively
from tests.statemachines.timeline_world import timeline


@pytest.mark.parametrize("crashes", [False, True])
def test_the_last_order_is_tagged_once_with_the_shops_own_tag(
    monkeypatch: pytest.MonkeyPatch, crashes: bool
) -> None:
    with timeline("big_spender_perks") as machine:
        shop = f"gift-{crashes}".lower()
        settings = {"segment": "vip", "gift_tag": "candle"}
        world = open_lively(machine, monkeypatch, shop, "big_spender_perks", **settings)
        world.put_segment("vip", {"kind": "tag", "any_of": ["vip"]})
        world.buy(id="1001")
        world.pass_time(days=1)
        world.buy(id="1002")
        world.tag("vip")
        if crashes:
            world.crash_once("take_step", Throttled("The vault is busy."))
        world.follow()
    assert world.tagged == [(shop, "1002", "candle")]
