"""The channels of the preferences page: what is unticked ends, whatever it rested on."""

from html import unescape
from typing import Any

import pytest

from kairos import keys
from kairos.adapters.pages.choices import choice
from kairos.adapters.pages.forms import page
from kairos.domain.consent import Channel
from kairos.domain.sending_rules import SendingRules
from kairos.services.forms.showing import origin_hash
from tests.unit.forms.reception import Reception
from tests.unit.sending.customers import bought, lives, unconsented
from tests.unit.sending.devices import BROWSER, BROWSER_KEYS, OTHER_ARN, PHONE_ARN, has_device
from tests.unit.sending.world import SHOP

REACHED: tuple[Channel, ...] = ("email", "sms", "push", "web_push", "webhook")
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


def test_a_consent_given_here_is_kept_with_the_words_of_the_page_and_where_from() -> None:
    desk = Reception()
    desk.world.consent("withdrawn")
    desk.world.clock.advance(60)
    shown = unescape(page(desk.get(desk.link("preferences"))).html)
    desk.post(desk.link("preferences"), {"channels": ["email"]}, origin="198.51.100.4")
    said = desk.consent(desk.world.node).ours
    assert said is not None
    # Anna reads German.
    words = ("Sie entscheiden, worüber und wie oft Lumen Ihnen schreibt.", "Wie wir Sie erreichen dürfen")
    assert said.wording == f"{words[0]} {words[1]}: E-Mail"
    assert all(one in shown for one in (*words, "E-Mail"))
    assert said.origin == origin_hash(desk.world.key, "lumen", "198.51.100.4")
    assert "198.51.100.4" not in desk.world.dump()


@pytest.mark.parametrize("language", ["de", "en", "fr", "it"])
def test_every_channel_on_which_people_are_reached_has_words_for_its_box(language: str) -> None:
    asked = {channel: choice(SHOP, language, channel) for channel in REACHED}
    assert len(set(asked.values())) == len(REACHED)
    assert all("Lumen" in words for words in asked.values())


@pytest.mark.parametrize(
    ("languages", "spoken", "shown"),
    [
        (("de", "fr"), "fr-FR", "fr"),
        (("de", "fr"), "FR_ch", "fr"),
        (("de-CH", "fr-CH"), "fr", "fr-CH"),
        (("de-CH", "de-DE"), "de-DE", "de-DE"),
        (("de", "fr"), "ja", "de"),
        (("de", "fr"), None, "de"),
    ],
)
def test_saving_the_language_unread_keeps_the_language_of_their_messages(
    languages: tuple[str, ...], spoken: str | None, shown: str
) -> None:
    desk = Reception()
    shop = desk.world.shop.model_copy(update={"languages": languages})
    desk.world.put(keys.shop("lumen"), shop.as_json())
    desk.world.record_customer(language=spoken)
    opened = desk.get(desk.link("preferences"))
    chosen = next(one.value for one in opened.fields if one.name == "language")
    assert chosen == (shown,)
    saved = desk.post(desk.link("preferences"), {"channels": ["email"], "language": list(chosen)})
    assert saved.name == "saved"
    profile = desk.profile()
    assert profile is not None
    assert profile.person.language == shown
