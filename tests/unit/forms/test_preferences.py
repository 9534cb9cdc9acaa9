"""The channels of the preferences page: what is unticked ends, whatever it rested on."""

from typing import Any

import pytest

from tests.unit.forms.reception import Reception
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
