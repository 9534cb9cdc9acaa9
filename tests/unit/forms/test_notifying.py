"""Notifications in the reader's own browser, switched on and off on the pages that know the reader."""

import base64
from typing import Any

import pytest

from kairos import keys
from kairos.adapters.pages.forms import page
from kairos.adapters.templates.box import LANGUAGES
from kairos.domain.errors import NotFound, Refused
from kairos.domain.shop import Shop
from kairos.ports import Put
from kairos.services.devices import MOST_ENDPOINTS
from kairos.services.endpoints import endpoints_of
from kairos.services.forms.notifying import is_switch, switch
from kairos.services.forms.showing import Visit
from kairos.services.privacy.erase import Erasing, erase_customer
from kairos.services.short_links import shorten
from kairos.services.unsubscribing import Token, sign
from tests.unit.forms.reception import MESSAGE, NEWCOMER, Reception
from tests.unit.sending.devices import BROWSER, BROWSER_KEYS, CHANNELS

ON = {"notifications": "on", "endpoint": BROWSER, "language": "fr", **BROWSER_KEYS}
OFF = {"notifications": "off", "endpoint": BROWSER}
PUBLIC_KEY = CHANNELS.web_push.public_key if CHANNELS.web_push else None


def desk_with_browsers(**pages: Any) -> Reception:
    """A reception whose shop has set up web push."""
    desk = Reception(**pages)
    told = desk.world.shop.model_copy(update={"channels": CHANNELS})
    desk.world.put(keys.shop("lumen"), told.as_json())
    return desk


def turn(desk: Reception, fields: dict[str, str], token: str | None = None) -> str:
    posted = {name: [value] for name, value in fields.items()}
    return switch(desk.given, Visit(token or desk.link("preferences"), "en", "192.0.2.7", posted))


def listed(desk: Reception, node: str | None = None) -> list[str]:
    return [one["id"] for one in endpoints_of(desk.world.items, "lumen", [node or desk.world.node])]


def browser_node(desk: Reception, address: str = BROWSER) -> str:
    return desk.world.key.node("lumen", "visitor", address)


def confirmed(desk: Reception) -> str:
    """The end of the address on which NEWCOMER has just confirmed."""
    desk.sign_up()
    token = desk.confirm_token()
    desk.post(token, {})
    return token


def test_a_browser_is_registered_with_the_words_that_were_shown_as_its_proof() -> None:
    desk = desk_with_browsers()
    assert turn(desk, ON) == "on"
    assert listed(desk) == [browser_node(desk)]
    said = desk.consent(browser_node(desk), "web_push").ours
    assert said is not None
    assert (said.state, said.source, said.stated_at) == ("granted", "hosted page", desk.world.clock.now())
    assert said.wording in page(desk.get(desk.link("preferences"))._replace(language="fr")).html
    assert desk.snapshot.messages[-1][0]["customers"] == [desk.world.node]


def test_a_message_could_be_sent_to_it() -> None:
    desk = desk_with_browsers()
    turn(desk, ON)
    [held] = desk.world.items.query(keys.node("lumen", desk.world.node), "endpoint#")
    assert (held.body["value"], held.body["parts"]) == (BROWSER, BROWSER_KEYS)


def test_switching_on_twice_is_one_browser() -> None:
    desk = desk_with_browsers()
    assert [turn(desk, ON), turn(desk, ON)] == ["on", "on"]
    assert len(listed(desk)) == 1


def test_switched_off_it_is_gone_with_its_consent_and_doing_so_again_does_no_harm() -> None:
    desk = desk_with_browsers()
    turn(desk, ON)
    assert [turn(desk, OFF), turn(desk, OFF)] == ["off", "off"]
    assert listed(desk) == []
    assert not desk.consent(browser_node(desk), "web_push").granted


def test_another_browser_stays_on() -> None:
    desk = desk_with_browsers()
    turn(desk, ON)
    turn(desk, {**ON, "endpoint": f"{BROWSER}0"})
    assert turn(desk, OFF) == "on"
    assert listed(desk) == [browser_node(desk, f"{BROWSER}0")]


def test_what_was_withdrawn_on_the_page_is_granted_anew() -> None:
    desk = desk_with_browsers()
    turn(desk, ON)
    desk.world.clock.advance(60)
    desk.post(desk.link("preferences"), {"channels": ["email"]})
    assert not desk.consent(browser_node(desk), "web_push").granted
    desk.world.clock.advance(60)
    assert turn(desk, ON) == "on"
    assert desk.consent(browser_node(desk), "web_push").granted


def test_the_short_link_of_a_text_message_does_it_too() -> None:
    desk = desk_with_browsers()
    token = desk.link("preferences").removeprefix("preferences.")
    short = shorten(desk.world.items, desk.world.clock, desk.world.key, token)
    assert turn(desk, ON, f"preferences.{short}") == "on"


def test_who_has_just_confirmed_a_sign_up_can_switch_on() -> None:
    desk = desk_with_browsers()
    token = confirmed(desk)
    assert turn(desk, ON, token) == "on"
    assert listed(desk, desk.node(NEWCOMER)) == [browser_node(desk)]


def test_who_has_not_confirmed_yet_can_not_and_stays_unconfirmed() -> None:
    desk = desk_with_browsers()
    desk.sign_up()
    token = desk.confirm_token()
    with pytest.raises(NotFound):
        turn(desk, ON, token)
    assert desk.get(token).name == "confirm"


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("notifications", "maybe"),
        ("endpoint", ""),
        ("endpoint", "push.example.com/send/1"),
        ("endpoint", "http://push.example.com/send/1"),
        ("endpoint", "https://user@push.example.com/send/1"),
        ("endpoint", "https://push.example.com:8443/send/1"),
        ("endpoint", "https://push.example.com:x/send/1"),
        ("endpoint", "https://127.0.0.1/send/1"),
        ("endpoint", "https://127.1/send/1"),
        ("endpoint", "https://[::1]/send/1"),
        ("endpoint", "https://[::1/send/1"),
        ("endpoint", "https://0x7f000001/send/1"),
        ("endpoint", "https://169.254.169.254/latest"),
        ("endpoint", "https://localhost/send/1"),
        ("endpoint", "https://printer.local/send/1"),
        ("endpoint", "https://db.internal/send/1"),
        ("endpoint", "https://push.example.com/ send/1"),
        ("endpoint", "arn:aws:sns:eu-central-1:123456789012:endpoint/GCM/lumen/1"),
        ("endpoint", "https://push.example.com/" + "x" * 1000),
        ("p256dh", ""),
        ("p256dh", "not base64!"),
        ("p256dh", encoded(b"\x04" + bytes(63))),
        ("p256dh", encoded(b"\x04" + bytes(65))),
        ("p256dh", encoded(b"\x02" + bytes(64))),
        ("auth", ""),
        ("auth", "a"),
        ("auth", encoded(bytes(15))),
        ("auth", encoded(bytes(17))),
        ("auth", encoded(bytes(500))),
    ],
)
def test_what_is_wrong_with_a_subscription_is_named_and_nothing_is_kept(field: str, value: str) -> None:
    desk = desk_with_browsers()
    before = dict(desk.world.store.stored)
    with pytest.raises(Refused) as refused:
        turn(desk, {**ON, field: value})
    assert refused.value.field == field
    assert desk.world.store.stored == before


def test_nothing_but_a_browsers_address_is_switched_off() -> None:
    with pytest.raises(Refused, match="endpoint"):
        turn(desk_with_browsers(), {**OFF, "endpoint": "arn:aws:sns:eu-central-1:1:endpoint/GCM/lumen/1"})


def test_nobody_has_more_browsers_than_a_person_can() -> None:
    desk = desk_with_browsers()
    for number in range(MOST_ENDPOINTS):
        turn(desk, {**ON, "endpoint": f"{BROWSER}{number}"})
    with pytest.raises(Refused, match="endpoint"):
        turn(desk, {**ON, "endpoint": f"{BROWSER}-more"})
    assert turn(desk, {**ON, "endpoint": f"{BROWSER}0"}) == "on"
    assert len(listed(desk)) == MOST_ENDPOINTS


def test_it_counts_among_the_thirty_answers_an_hour() -> None:
    desk = desk_with_browsers()
    said = [turn(desk, ON) for _ in range(31)]
    assert said == ["on"] * 30 + ["busy"]
    assert desk.post(desk.link("survey"), {"score": "7"}).name == "busy"


@pytest.mark.parametrize("form", ["survey", "questionnaire"])
def test_forms_that_do_not_offer_it_do_not_take_it(form: str) -> None:
    desk = desk_with_browsers()
    with pytest.raises(NotFound):
        turn(desk, ON, desk.link(form))
    with pytest.raises(NotFound):
        turn(desk, ON, desk.public)
    assert not is_switch(Visit(desk.link(form), None, "", {"notifications": ["on"]}))


def test_an_address_that_another_shop_could_hold_registers_nothing() -> None:
    desk = desk_with_browsers()
    other = desk.world.shop.model_copy(update={"id": "other", "channels": CHANNELS})
    desk.world.items.write(
        Put(
            desk.world.store.stored[keys.shop("lumen")]._replace(key=keys.shop("other"), body=other.as_json())
        )
    )
    token = Token(shop="other", channel="email", address_node=desk.world.node, message_id=MESSAGE)
    with pytest.raises(NotFound):
        turn(desk, ON, f"preferences.{sign(desk.world.key, token)}")
    with pytest.raises(NotFound):
        turn(desk, ON, desk.link("preferences")[:-2])
    assert listed(desk) == []


def test_a_shop_without_web_push_offers_nothing_and_takes_nothing() -> None:
    desk = Reception()
    with pytest.raises(NotFound):
        turn(desk, ON)
    shown = page(desk.get(desk.link("preferences")))
    assert "notify" not in shown.html.partition("</style>")[2]
    assert "script-src" not in shown.headers["content-security-policy"]


def test_who_was_erased_can_not_switch_on_by_an_old_link() -> None:
    desk = desk_with_browsers()
    token = confirmed(desk)
    for node, link in ((desk.world.node, desk.link("preferences")), (desk.node(), token)):
        erase_customer(Erasing(desk.world.items, None, "lumen", desk.world.clock.now()), [node])  # type: ignore[arg-type]
        with pytest.raises(NotFound):
            turn(desk, ON, link)
        assert listed(desk, node) == []


def offered(desk: Reception, token: str) -> bool:
    return 'id="notify"' in page(desk.get(token)).html


def test_the_offer_stands_where_the_reader_is_known() -> None:
    desk = desk_with_browsers()
    desk.sign_up()
    token = desk.confirm_token()
    assert offered(desk, desk.link("preferences"))
    assert not offered(desk, desk.link("survey"))
    assert not offered(desk, desk.public)
    assert not offered(desk, token)
    assert 'id="notify"' in page(desk.post(token, {})).html
    assert offered(desk, token)


def test_without_confirmation_by_mail_nobody_is_known_and_nothing_offered() -> None:
    desk = desk_with_browsers(double_opt_in=False)
    shown = desk.sign_up()
    assert shown.name == "confirmed"
    assert 'id="notify"' not in page(shown).html


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_offer_is_hidden_until_the_script_shows_it(language: str) -> None:
    desk = desk_with_browsers()
    shown = page(desk.get(desk.link("preferences"))._replace(language=language))
    section = shown.html[shown.html.index("<section") : shown.html.index("</section>")]
    assert " hidden " in section.partition(">")[0]
    assert f'data-key="{PUBLIC_KEY}"' in section
    assert 'data-scope="lumen/"' in section
    assert '<p aria-live="polite"></p>' in section
    policy = shown.headers["content-security-policy"]
    assert "script-src 'self'; worker-src 'self'; connect-src 'self';" in policy
    assert "unsafe" not in policy
    assert shown.html.count("<script") == 1


def test_a_shops_name_can_not_break_out_of_the_offer() -> None:
    desk = desk_with_browsers()
    named: Shop = desk.get(desk.link("preferences")).shop.model_copy(update={"name": '"><script>1</script>'})
    assert page(desk.get(desk.link("preferences"))._replace(shop=named)).html.count("<script") == 1
