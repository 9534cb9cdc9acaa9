"""The channels of the preferences page: what is unticked ends, whatever it rested on."""

from typing import Any

import pytest

from kairos import keys
from kairos.domain.sending_rules import SendingRules
from tests.unit.forms.reception import Reception
from tests.unit.sending.customers import bought, lives, unconsented
from tests.unit.sending.devices import BROWSER, BROWSER_KEYS, OTHER_ARN, PHONE_ARN, has_device

OTHER_BROWSER = "https://push.example.com/send/2"
DEVICES: dict[Any, tuple[str, str]] = {"push": (PHONE_ARN, OTHER_ARN), "web_push": (BROWSER, OTHER_BROWSER)}


def ticked(desk: Reception) -> tuple[str, ...]:
    """The channels that are ticked when the page is opened."""
    page = desk.get(desk.link("preferences"))
    return next(one.value for one in page.fields if one.name == "channels")


@pytest.mark.parametrize("channel", ["push", "web_push"])
def test_unticking_notifications_ends_them_on_all_devices(channel: Any) -> None:
    desk = Reception()
    nodes = []
    for value in DEVICES[channel]:
        desk.world.clock.advance(60)
        nodes.append(has_device(desk.world, channel, value, **BROWSER_KEYS))
    assert ticked(desk) == ("email", channel)
    desk.post(desk.link("preferences"), {"channels": ["email"]})
    assert [desk.consent(node, channel).granted for node in nodes] == [False, False]
    assert ticked(desk) == ("email",)


def test_what_stays_ticked_stays_as_it_was_said() -> None:
    desk = Reception()
    node = has_device(desk.world, "push", PHONE_ARN)
    before = desk.consent(node, "push"), desk.consent(desk.world.node)
    desk.world.clock.advance(60)
    desk.post(desk.link("preferences"), {"channels": ["email", "push"]})
    assert (desk.consent(node, "push"), desk.consent(desk.world.node)) == before


def softly_consented() -> Reception:
    """Anna bought, lives in Germany, and never said anything of mails; the shop relies on soft opt-in."""
    desk = Reception()
    shop = desk.world.shop.model_copy(update={"sending": SendingRules(soft_opt_in=("DE",))})
    desk.world.put(keys.shop("lumen"), shop.as_json())
    unconsented(desk.world)
    lives(desk.world, country="DE")
    bought(desk.world)
    return desk


def test_who_is_mailed_by_soft_opt_in_sees_so_and_ends_it_by_unticking() -> None:
    desk = softly_consented()
    assert ticked(desk) == ("email",)
    desk.post(desk.link("preferences"), {"frequency": "normal"})
    assert desk.consent(desk.world.node).withdrawn
    assert ticked(desk) == ()


def test_a_box_that_was_ticked_for_them_becomes_no_consent_by_saving() -> None:
    desk = softly_consented()
    desk.post(desk.link("preferences"), {"channels": ["email"]})
    assert not desk.consent(desk.world.node).granted
    assert ticked(desk) == ("email",)


def test_unticking_counts_after_an_older_withdrawal_with_the_shop() -> None:
    desk = Reception()
    desk.world.consent("withdrawn")
    desk.world.clock.advance(60)
    desk.post(desk.link("preferences"), {"channels": ["email"]})
    assert desk.consent(desk.world.node).granted
    desk.post(desk.link("preferences"), {"frequency": "normal"})
    assert not desk.consent(desk.world.node).granted


def test_an_address_that_is_not_written_to_is_not_ticked() -> None:
    desk = Reception()
    desk.world.suppress()
    assert ticked(desk) == ()
