"""Signing up: nobody is mailed who did not confirm, and nobody learns who is known."""

import pytest

from kairos import keys
from kairos.domain.errors import NotFound
from kairos.domain.message import LedgerEntry
from kairos.ports import Item, Put
from kairos.services.privacy.export import export_customer
from kairos.services.sending.sweeping import Sweeping, sweep
from tests.unit.forms.reception import NEWCOMER, Reception
from tests.unit.sending.world import EMAIL, START, Crash, NoCounts


def test_who_signs_up_is_sent_one_mail_and_has_not_consented_yet() -> None:
    desk = Reception()
    assert desk.sign_up().name == "sent"
    [mail] = desk.mails()
    assert mail.to == NEWCOMER
    assert "confirm" in mail.subject
    assert not desk.consent(desk.node()).granted
    assert desk.profile(desk.node()) is None


def test_the_mail_goes_through_the_ledger_as_a_confirmation() -> None:
    desk = Reception()
    desk.sign_up()
    desk.mails()
    [entry] = [
        LedgerEntry.model_validate(item.body)
        for key, item in desk.world.store.stored.items()
        if key.sk == "message"
    ]
    assert (entry.purpose, entry.state) == ("confirmation", "sent")
    assert NEWCOMER not in str(entry.as_json())


def test_opening_the_link_confirms_nothing_for_programs_open_links_too() -> None:
    desk = Reception()
    desk.sign_up()
    assert desk.get(desk.confirm_token()).name == "confirm"
    assert not desk.consent(desk.node()).granted


def test_confirming_grants_with_the_proof_of_when_what_and_where_from() -> None:
    desk = Reception()
    desk.sign_up(first_name="Noël")
    token = desk.confirm_token()
    desk.world.clock.advance(3600)
    assert desk.post(token, {}, origin="198.51.100.4").name == "confirmed"

    said = desk.consent(desk.node()).ours
    assert said is not None
    assert said.stated_at == desk.world.clock.now()
    assert said.wording == (
        "Yes, Lumen may send me e-mails with news and offers. I can withdraw this at any time."
    )
    assert said.origin
    [answer] = desk.answers(desk.node())
    assert (answer.at, answer.confirmed_at) == (START, desk.world.clock.now())
    assert answer.origin
    assert said.origin != answer.origin
    stored = str([item.body for item in desk.world.store.stored.values()])
    assert "192.0.2.7" not in stored
    assert "198.51.100.4" not in stored


def test_who_confirmed_is_a_customer_with_what_they_told() -> None:
    desk = Reception()
    desk.sign_up(first_name="Noël")
    desk.post(desk.confirm_token(), {})
    profile = desk.profile(desk.node())
    assert profile is not None
    assert (profile.email, profile.person.first_name, profile.acquisition) == (NEWCOMER, "Noël", "newsletter")
    assert [body for body, _ in desk.snapshot.messages] == [
        {"shop": "lumen", "customers": [profile.id], "cause": "event"}
    ]


def test_confirming_twice_changes_nothing() -> None:
    desk = Reception()
    desk.sign_up()
    token = desk.confirm_token()
    desk.post(token, {})
    before = dict(desk.world.store.stored)
    desk.world.clock.advance(60)
    assert desk.post(token, {}).name == "confirmed"
    assert desk.world.store.stored == before
    assert desk.get(token).name == "confirmed"


def test_a_link_is_good_for_seven_days() -> None:
    desk = Reception()
    desk.sign_up()
    token = desk.confirm_token()
    desk.world.clock.advance(7 * 86_400)
    with pytest.raises(NotFound):
        desk.post(token, {})
    assert not desk.consent(desk.node()).granted


def test_of_two_mails_either_confirms() -> None:
    desk = Reception()
    desk.sign_up()
    first = desk.confirm_token()
    desk.world.clock.advance(60)
    desk.sign_up()
    assert desk.confirm_token() != first
    assert desk.post(first, {}).name == "confirmed"
    assert desk.consent(desk.node()).granted


def test_each_mail_confirms_what_was_typed_for_it_and_nothing_of_who_typed_the_address_too() -> None:
    desk = Reception()
    desk.sign_up(first_name="Noël")
    own = desk.confirm_token()
    desk.world.clock.advance(60)
    desk.post_in("fr", {"email": NEWCOMER, "consent": "yes", "first_name": "Mallory"})
    desk.mails()
    assert desk.get(own).language == "en"
    desk.post(own, {})
    profile = desk.profile(desk.node())
    assert profile is not None
    assert (profile.person.first_name, profile.person.language) == ("Noël", "en")
    said = desk.consent(desk.node()).ours
    assert said is not None
    assert said.wording == (
        "Yes, Lumen may send me e-mails with news and offers. I can withdraw this at any time."
    )


def test_each_mail_carries_its_own_link_though_it_is_sent_late() -> None:
    desk = Reception()
    desk.sign_up()
    desk.world.clock.advance(60)
    desk.sign_up()
    links = {word for mail in desk.mails() for word in mail.text.split() if "/v1/forms/confirm." in word}
    assert len(links) == 2


def test_a_later_sign_up_does_not_prolong_the_first_mails_link() -> None:
    desk = Reception()
    desk.sign_up()
    first = desk.confirm_token()
    desk.world.clock.advance(4 * 86_400)
    desk.sign_up()
    second = desk.confirm_token()
    desk.world.clock.advance(4 * 86_400)
    with pytest.raises(NotFound):
        desk.post(first, {})
    assert desk.post(second, {}).name == "confirmed"


def test_no_number_of_later_sign_ups_pushes_out_one_that_waits() -> None:
    desk = Reception()
    desk.sign_up(first_name="Noël")
    own = desk.confirm_token()
    for day in range(6):
        desk.world.clock.advance(86_400)
        for turn in range(3):
            desk.sign_up(origin=f"192.0.2.{day * 3 + turn}", first_name="Mallory")
            desk.world.clock.advance(1)
    desk.post(own, {})
    profile = desk.profile(desk.node())
    assert profile is not None
    assert profile.person.first_name == "Noël"


def test_an_address_gets_at_most_three_such_mails_a_day() -> None:
    desk = Reception()
    for turn in range(6):
        desk.world.clock.advance(60)
        assert desk.sign_up(origin=f"192.0.2.{turn}").name == "sent"
    assert len(desk.mails()) == 3


def test_from_one_origin_come_at_most_twenty_an_hour() -> None:
    desk = Reception()
    shown = [desk.sign_up(f"someone{turn}@example.org").name for turn in range(21)]
    assert shown == ["sent"] * 20 + ["busy"]
    desk.world.clock.advance(3600)
    assert desk.sign_up("later@example.org").name == "sent"


def test_who_is_mailed_already_gets_no_mail_and_sees_the_same_page() -> None:
    desk = Reception()
    assert desk.sign_up(EMAIL).name == "sent"
    assert desk.mails() == []


def test_an_address_that_bounced_is_not_tried_again() -> None:
    desk = Reception()
    place = keys.suppression("lumen", "email", desk.node())
    desk.world.store.write(Put(Item(place, "1", {"reason": "bounced"})))
    assert desk.sign_up().name == "sent"
    assert desk.mails() == []


def test_who_was_erased_may_sign_up_anew() -> None:
    desk = Reception()
    place = keys.suppression("lumen", "email", desk.node())
    desk.world.store.write(Put(Item(place, "1", {"reason": "erased"})))
    desk.sign_up()
    desk.post(desk.confirm_token(), {})
    assert desk.consent(desk.node()).granted
    assert desk.world.store.get(place) is None


def test_who_was_erased_and_came_back_through_the_shop_may_sign_up_too() -> None:
    desk = Reception()
    place = keys.suppression("lumen", "email", desk.world.node)
    desk.world.store.write(Put(Item(place, "1", {"reason": "erased"})))
    assert desk.consent(desk.world.node).granted
    desk.sign_up(EMAIL)
    desk.post(desk.confirm_token(), {})
    assert desk.world.store.get(place) is None


def test_a_withdrawal_made_with_us_is_lifted_by_the_same_persons_confirmation() -> None:
    desk = Reception()
    desk.world.consent("withdrawn")
    desk.post(desk.link("preferences"), {"frequency": "normal"})
    desk.sign_up(EMAIL)
    desk.post(desk.confirm_token(), {})
    assert desk.consent(desk.world.node).granted


def test_without_double_opt_in_the_consent_counts_at_once() -> None:
    desk = Reception(double_opt_in=False)
    assert desk.sign_up(first_name="Noël").name == "confirmed"
    assert desk.consent(desk.node()).granted
    profile = desk.profile(desk.node())
    assert profile is not None
    assert profile.person.first_name == "Noël"
    assert desk.mails() == []


def test_without_double_opt_in_nobody_renames_a_customer_by_typing_their_address() -> None:
    desk = Reception(double_opt_in=False)
    desk.world.consent("withdrawn")
    desk.sign_up(EMAIL, first_name="Mallory")
    profile = desk.profile()
    assert profile is not None
    assert profile.person.first_name == "Anna"


def test_without_double_opt_in_the_address_can_be_mailed_but_is_not_called_proven() -> None:
    desk = Reception(double_opt_in=False)
    desk.sign_up()
    [answer] = desk.answers(desk.node())
    assert answer.identities is not None
    assert (answer.identities.verified, answer.confirmed_at) == (False, None)
    profile = desk.profile(desk.node())
    assert profile is not None
    assert profile.email == NEWCOMER


def test_without_double_opt_in_only_a_confirmation_undoes_a_withdrawal() -> None:
    desk = Reception(double_opt_in=False)
    desk.post(desk.link("preferences"), {"frequency": "normal"})
    assert desk.sign_up(EMAIL).name == "confirmed"
    assert not desk.consent(desk.world.node).granted
    desk.post(desk.confirm_token(), {})
    assert desk.consent(desk.world.node).granted


def test_without_double_opt_in_only_a_confirmation_lifts_what_an_erasure_left() -> None:
    desk = Reception(double_opt_in=False)
    place = keys.suppression("lumen", "email", desk.node())
    desk.world.store.write(Put(Item(place, "1", {"reason": "erased"})))
    desk.sign_up()
    assert desk.world.store.get(place) is not None
    assert not desk.consent(desk.node()).granted
    desk.post(desk.confirm_token(), {})
    assert desk.world.store.get(place) is None
    assert desk.consent(desk.node()).granted


def test_the_mail_speaks_the_language_of_the_form() -> None:
    desk = Reception()
    for turn, (accepts, told) in enumerate({"fr": "Veuillez confirmer", "it": "Conferma"}.items()):
        posted = {"email": f"n{turn}@example.org", "consent": "yes"}
        page = desk.get(desk.public, accepts)
        assert page.language == accepts
        desk.post_in(accepts, posted)
        assert told in desk.mails()[-1].subject


def test_a_crash_before_the_queue_leaves_a_form_that_can_be_sent_again() -> None:
    desk = Reception()

    class Broken:
        def send(self, *_: object) -> None:
            raise Crash

    whole, desk.world.queue = desk.world.queue, Broken()
    with pytest.raises(Crash):
        desk.sign_up()
    desk.world.queue = whole
    desk.world.clock.advance(1)
    desk.sign_up()
    desk.post(desk.confirm_token(), {})
    assert desk.consent(desk.node()).granted


def test_a_mail_that_the_queue_forgot_is_found_by_the_sweep() -> None:
    desk = Reception()
    desk.sign_up()
    desk.world.queue.messages.clear()
    desk.world.clock.advance(3 * 3600)
    sweep(Sweeping(desk.world.items, desk.world.clock, desk.world.queue, NoCounts()))
    assert [mail.to for mail in desk.mails()] == [NEWCOMER]


def test_the_export_holds_the_sign_up_and_its_answers() -> None:
    desk = Reception()
    desk.sign_up(first_name="Noël")
    waiting = export_customer(desk.world.items, desk.world.clock, "lumen", [desk.node()])
    assert [one["email"] for one in waiting["sign_ups"]] == [NEWCOMER]
    desk.post(desk.confirm_token(), {})
    told = export_customer(desk.world.items, desk.world.clock, "lumen", [desk.node()])
    assert [one["first_name"] for one in told["answers"]] == ["Noël"]
    assert told["sign_ups"] == []
