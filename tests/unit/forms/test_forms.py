"""Forms behind a message's link: they ask what is not known, and keep what was said."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kairos import keys
from kairos.domain.criteria.rule import parse_rule
from kairos.domain.errors import NotFound
from kairos.domain.identity import IdentityKey
from kairos.domain.moment import Moment
from kairos.domain.support import SupportContact
from kairos.ports import Item, Put
from kairos.services.forms.tokens import OfPerson, OfShop, find_token, read_token
from kairos.services.privacy.erase import Erasing, erase_customer
from kairos.services.short_links import shorten
from kairos.services.supporting import Supporting, note_contact
from kairos.services.unsubscribing import Token, sign
from tests.unit.forms.reception import MESSAGE, Reception
from tests.unit.sending.world import SHOP

KEY = IdentityKey(secret=b"k" * 32)
COLOURS = {
    "name": "colour",
    "label": {"en": "Favourite colour?", "de": "Lieblingsfarbe?"},
    "choices": ["red", "blue"],
}


def names(desk: Reception, form: str) -> list[str]:
    return [field.name for field in desk.get(desk.link(form)).fields]


def test_a_token_comes_back_as_it_was() -> None:
    desk = Reception()
    told = read_token(desk.world.key, desk.link("survey"))
    assert isinstance(told, OfPerson)
    assert (told.form, told.reader.address_node) == ("survey", desk.world.node)
    assert read_token(desk.world.key, desk.public) == OfShop("lumen")


def test_a_form_opens_by_the_short_link_of_a_text_message_too() -> None:
    desk = Reception()
    form, _, token = desk.link("preferences").partition(".")
    short = shorten(desk.world.items, desk.world.clock, desk.world.key, token)
    assert desk.get(f"{form}.{short}").fields == desk.get(f"{form}.{token}").fields
    with pytest.raises(NotFound):
        find_token(desk.world.items, desk.world.key, f"{form}.{'A' * len(short)}")


@given(st.text(max_size=200) | st.from_regex(r"(survey|sign_up|confirm|preferences)\.[a-zA-Z0-9._-]{0,80}"))
@settings(max_examples=200)
def test_whatever_we_did_not_sign_opens_nothing(text: str) -> None:
    with pytest.raises(NotFound):
        read_token(KEY, text)


def test_one_shops_form_is_not_anothers() -> None:
    desk = Reception()
    with pytest.raises(NotFound):
        read_token(desk.world.key, desk.public.replace(".lumen.", ".other."))


def test_the_questionnaire_asks_only_what_is_not_known() -> None:
    desk = Reception(questionnaire_asks=["first_name", "birthday", "area"], questions=[COLOURS])
    assert names(desk, "questionnaire") == ["birthday", "area", "colour"]
    told = {"birthday_day": "24", "birthday_month": "3", "birthday_year": "1985", "area": "urban"}
    assert desk.post(desk.link("questionnaire"), told).name == "thanks"
    assert names(desk, "questionnaire") == ["colour"]
    desk.post(desk.link("questionnaire"), {"colour": "blue"})
    assert desk.get(desk.link("questionnaire")).name == "nothing"


def test_answers_land_on_the_profile_and_in_segments() -> None:
    desk = Reception(questions=[COLOURS])
    told = {"birthday_day": "24", "birthday_month": "3", "birthday_year": "1985", "colour": "red"}
    desk.post(desk.link("questionnaire"), told | {"looking_for": "Something\r\nblue"})
    profile = desk.profile()
    assert profile is not None
    assert profile.person.birthday == date(1985, 3, 24)
    assert profile.person.attributes == {"colour": "red", "looking_for": "Something\nblue"}
    moment = Moment(now=desk.world.clock.now(), shop=SHOP)
    assert parse_rule({"kind": "attribute", "name": "colour", "equals": "red"}).matches(profile, moment)
    stored = desk.world.store.get(keys.profile("lumen", profile.id))
    assert stored is not None
    assert stored.body == profile.as_json()
    assert desk.snapshot.messages[0][0]["customers"] == [profile.id]


def test_own_words_go_before_the_platforms_record_however_new_that_is() -> None:
    desk = Reception()
    desk.post(desk.link("preferences"), {"language": "fr"})
    desk.world.clock.advance(86_400)
    desk.world.record_customer(language="de")
    profile = desk.profile()
    assert profile is not None
    assert profile.person.language == "fr"


def test_of_two_answers_the_newer_holds_field_by_field() -> None:
    desk = Reception(questionnaire_asks=["area"], questions=[COLOURS])
    desk.post(desk.link("questionnaire"), {"area": "urban", "colour": "red"})
    desk.world.clock.advance(60)
    desk.post(desk.link("preferences"), {"language": "it"})
    profile = desk.profile()
    assert profile is not None
    assert profile.person.attributes == {"area": "urban", "colour": "red"}
    assert profile.person.language == "it"


def test_a_score_makes_satisfaction() -> None:
    desk = Reception()
    assert desk.post(desk.link("survey"), {"score": "10", "comment": "Lovely"}).name == "thanks"
    profile = desk.profile()
    assert profile is not None
    assert [one.score for one in profile.surveys] == [10]
    # 50 + 8 points for each point above 5 (docs/criteria.md) = 90
    rule = parse_rule({"kind": "satisfaction", "score": {"at_least": 90}})
    assert rule.matches(profile, Moment(now=desk.world.clock.now(), shop=SHOP))
    assert desk.answers()[0].comment == "Lovely"


def test_a_score_given_again_by_the_same_link_replaces_the_first() -> None:
    desk = Reception()
    desk.post(desk.link("survey"), {"score": "2"})
    desk.post(desk.link("survey"), {"score": "9"})
    profile = desk.profile()
    assert profile is not None
    assert [one.score for one in profile.surveys] == [9]


def inquiries(desk: Reception) -> list[SupportContact]:
    held = [one for key, one in desk.world.store.stored.items() if key.sk.startswith("support#")]
    return [SupportContact.model_validate(one.body) for one in held]


def surveying(enabled: bool = True, **settings: int) -> Reception:
    """A shop that asks how satisfied Anna is."""
    desk = Reception()
    body = {"enabled": enabled, "settings": settings}
    desk.world.items.write(Put(Item(keys.scenario_settings("lumen", "satisfaction"), "1", body)))
    return desk


def is_open(desk: Reception) -> bool:
    profile = desk.profile()
    return profile is not None and profile.person.attributes.get("open_complaint") == "true"


@pytest.mark.parametrize(("score", "told"), [("0", 1), ("3", 1), ("4", 0), ("10", 0)])
def test_support_is_told_of_a_bad_answer_once(score: str, told: int) -> None:
    desk = surveying()
    for _ in range(2):
        desk.post(desk.link("survey"), {"score": score})
    assert len(inquiries(desk)) == told
    assert is_open(desk) == bool(told)


def test_each_bad_answer_is_told_also_after_one_that_was_settled() -> None:
    desk = surveying()
    desk.post(desk.link("survey"), {"score": "2"})
    [first] = inquiries(desk)
    settled = first.model_copy(update={"settled": True})
    desk.world.clock.at += timedelta(days=1)
    desks = Supporting(desk.world.items, desk.world.clock, desk.snapshot)
    note_contact(desks, "lumen", desk.world.node, settled)
    assert not is_open(desk)
    desk.post(desk.link("survey"), {"score": "2"})
    assert not is_open(desk), "the same survey, which is settled"
    desk.post(desk.link("survey", message="1" * 32), {"score": "2"})
    assert is_open(desk)
    assert [one.settled for one in inquiries(desk)] == [True, False]


@pytest.mark.parametrize(("enabled", "below"), [(False, 4), (True, 0)])
def test_support_is_told_of_no_answer_where_the_shop_does_not_want_it(enabled: bool, below: int) -> None:
    desk = surveying(enabled, low_score_below=below)
    desk.post(desk.link("survey"), {"score": "0"})
    assert inquiries(desk) == []
    assert not is_open(desk)


def test_preferences_grant_and_withdraw_what_is_ticked_and_what_is_not() -> None:
    desk = Reception()
    desk.post(desk.link("preferences"), {"frequency": "fewer"})
    assert not desk.consent(desk.world.node).granted
    profile = desk.profile()
    assert profile is not None
    assert profile.wanted_frequency == "fewer"
    desk.post(desk.link("preferences"), {"channels": ["email"], "frequency": "normal"})
    said = desk.consent(desk.world.node).ours
    assert said is not None
    assert (said.state, said.source) == ("granted", "preferences page")


def test_topics_are_those_of_the_shop_and_can_all_be_unticked() -> None:
    desk = Reception(topics=["Lamps", "Linen"])
    desk.post(desk.link("preferences"), {"channels": ["email"], "topics": ["Linen", "Lamps"]})
    profile = desk.profile()
    assert profile is not None
    assert profile.person.attributes["topics"] == "Lamps, Linen"
    page = desk.get(desk.link("preferences"))
    assert next(one.value for one in page.fields if one.name == "topics") == ("Lamps", "Linen")
    desk.post(desk.link("preferences"), {"channels": ["email"]})
    profile = desk.profile()
    assert profile is not None
    assert profile.person.attributes["topics"] == ""


def test_a_page_behind_a_link_shows_no_birthday_for_links_are_passed_on() -> None:
    desk = Reception()
    told = {"birthday_day": "24", "birthday_month": "3", "birthday_year": "1985"}
    desk.post(desk.link("preferences"), told | {"channels": ["email"]})
    assert "birthday" not in names(desk, "preferences")


@pytest.mark.parametrize(
    ("form", "posted", "wrong"),
    [
        ("survey", {}, {"score": "score"}),
        ("survey", {"score": "11"}, {"score": "score"}),
        ("survey", {"score": "5", "comment": "x" * 2_001}, {"comment": "long"}),
        (
            "questionnaire",
            {"birthday_day": "30", "birthday_month": "2", "birthday_year": "1985"},
            {"birthday": "birthday"},
        ),
        ("questionnaire", {"birthday_year": "1985"}, {"birthday": "birthday"}),
        (
            "questionnaire",
            {"birthday_day": "1", "birthday_month": "1", "birthday_year": "2999"},
            {"birthday": "birthday"},
        ),
        ("questionnaire", {"area": "moon"}, {"area": "choice"}),
        ("preferences", {"channels": ["sms"]}, {"channels": "choice"}),
    ],
)
def test_what_can_not_be_is_told_at_its_field_and_nothing_is_kept(
    form: str, posted: dict[str, str], wrong: dict[str, str]
) -> None:
    desk = Reception()
    page = desk.post(desk.link(form), posted)
    assert (page.name, page.wrong) == (form, wrong)
    assert desk.answers() == []


@pytest.mark.parametrize(
    "email", ["", "noel", "noel@example", "a@example.org,b@example.org", "x" * 300 + "@example.org"]
)
def test_a_sign_up_needs_an_address_and_the_box_ticked(email: str) -> None:
    desk = Reception()
    page = desk.post(desk.public, {"email": email})
    assert page.wrong == {"email": "email", "consent": "consent"}
    assert desk.world.queue.messages == []


@pytest.mark.parametrize("form", ["survey", "questionnaire", "preferences"])
def test_opening_a_form_changes_nothing(form: str) -> None:
    desk = Reception()
    before = dict(desk.world.store.stored)
    desk.get(desk.link(form))
    assert desk.world.store.stored == before
    assert desk.snapshot.messages == []


def test_the_link_of_somebody_erased_opens_nothing() -> None:
    desk = Reception()
    desk.post(desk.link("survey"), {"score": "9"})
    erase_customer(
        Erasing(desk.world.items, None, "lumen", desk.world.clock.now()),  # type: ignore[arg-type]
        [desk.world.node],
    )
    for token in (desk.link("survey"), desk.link("preferences")):
        with pytest.raises(NotFound):
            desk.get(token)
        with pytest.raises(NotFound):
            desk.post(token, {"score": "9"})
    assert desk.answers() == []


def test_the_link_of_a_browser_leads_to_whom_the_message_was_for() -> None:
    desk = Reception()
    message = desk.world.ask(step="reminder_1").message_id
    assert message is not None
    token = Token(shop="lumen", channel="web_push", address_node="v" + "0" * 26, message_id=message)
    desk.post(f"survey.{sign(desk.world.key, token)}", {"score": "7"})
    profile = desk.profile()
    assert profile is not None
    assert [one.score for one in profile.surveys] == [7]


def test_a_link_takes_thirty_answers_an_hour() -> None:
    desk = Reception()
    shown = [desk.post(desk.link("survey"), {"score": "7"}).name for _ in range(31)]
    assert shown == ["thanks"] * 30 + ["busy"]


def test_an_unknown_message_still_opens_its_readers_preferences() -> None:
    assert Reception().world.store.get(keys.message("lumen", MESSAGE)) is None
    desk = Reception()
    assert desk.get(desk.link("preferences")).name == "preferences"
