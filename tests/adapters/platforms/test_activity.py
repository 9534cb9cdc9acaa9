"""The script tag's batches: little may be claimed, and one mistake does not cost the rest."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from kairos.adapters.platforms.signatures import identify_is_signed
from kairos.domain.activity import ActivityBatch
from kairos.domain.cart import fold_cart
from kairos.domain.errors import Unreadable
from tests.adapters.platforms.delivering import RECEIVED, activity, shopify

DOCS = Path(__file__).resolve().parents[3] / "docs/activity.md"
[BLOCK] = re.findall(r"```json\n(.*?)```", DOCS.read_text(), re.DOTALL)
EXAMPLE: dict[str, Any] = json.loads(BLOCK)
VISITOR = EXAMPLE["visitor"]
EVENT = {"id": "e1", "kind": "page", "at": "2026-03-01T11:00:00Z", "target": "/"}
LINE = {"product_id": "p-7", "quantity": 1, "price": "54.90"}


def batch(verified: bool = False, **changes: Any) -> ActivityBatch:
    body = {"visitor": VISITOR, "sent_at": "2026-03-01T11:59:00Z", "events": [EVENT]} | changes
    [told] = activity(body, verified)
    assert isinstance(told, ActivityBatch)
    return told


def test_the_example_of_the_documentation_is_read_whole() -> None:
    [told] = activity(EXAMPLE, verified=True)
    assert [one.kind for one in told.activities] == ["page", "product", "search", "form", "event"]
    assert [one.device for one in told.activities] == ["phone", None, None, None, None]
    assert told.refused == ()
    assert told.cart.total == 5490
    assert told.identities.email == "kim@example.com"
    assert told.identities.platform_id == "c-12"
    assert told.identified_at == told.updated_at


def test_the_signature_of_the_documentation_is_true() -> None:
    assert identify_is_signed(BLOCK.encode(), ["example-tag-secret"])


def test_an_anonymous_batch_identifies_nobody() -> None:
    told = batch()
    assert (told.identities.visitor, told.identities.email, told.identified_at) == (VISITOR, None, None)
    assert not told.identities.verified


def test_a_signed_identify_names_the_customer() -> None:
    who = batch(
        True, identify={"email": "Kim@example.com", "platform_id": 12, "phone": "+41446681800"}
    ).identities
    assert (who.email, who.platform_id, who.phone, who.verified) == (
        "kim@example.com",
        "12",
        "+41446681800",
        True,
    )


def test_an_unsigned_identify_is_a_mere_claim_of_an_email() -> None:
    who = batch(
        identify={"email": "kim@example.com", "platform_id": "12", "phone": "+41446681800"}
    ).identities
    assert (who.email, who.platform_id, who.phone, who.verified) == ("kim@example.com", None, None, False)


def test_the_cart_is_kept_under_the_visitor_where_it_has_no_token() -> None:
    told = batch(cart={"lines": [LINE]})
    assert told.cart is not None
    assert told.cart.cart_key == f"visitor:{VISITOR}"
    assert told.cart.identities == told.identities
    assert (told.cart.currency, told.cart.total) == ("EUR", 5490)


def test_a_cart_of_the_shop_s_own_token_is_kept_under_that() -> None:
    token = "5f0c2b1e9d7a4c335f0c"
    told = batch(cart={"id": token, "lines": []})
    assert told.cart is not None
    assert (told.cart.cart_key, told.cart.lines) == (token, ())


def test_the_shop_s_own_word_on_a_cart_does_not_wipe_out_whose_it_is() -> None:
    token = "5f0c2b1e9d7a4c335f0c"
    by_tag = batch(cart={"id": token, "lines": [LINE]}).cart
    [by_shop] = shopify("carts/update", {"token": token, "updated_at": "2026-03-01T12:00:00Z"})
    assert by_tag is not None
    assert (by_tag.kind, by_tag.id) != (by_shop.kind, by_shop.id)
    cart = fold_cart(token, [by_tag, by_shop], ordered=False)
    assert cart is not None
    assert (cart.identities.visitor, cart.lines) == (VISITOR, ())


def test_a_cart_that_anybody_could_name_is_left_out() -> None:
    told = batch(cart={"id": "cart-17", "lines": [LINE]})
    assert told.cart is None
    assert told.refused == ("cart.id",)


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        (EVENT | {"kind": "dance"}, "events[1].kind"),
        (EVENT | {"at": "2026-03-03T11:00:00Z"}, "events[1].at"),
        (EVENT | {"at": None}, "events[1].at"),
        (EVENT | {"target": "x" * 2001}, "events[1].target"),
        (EVENT | {"fields": {str(n): "" for n in range(21)}}, "events[1].fields"),
        (EVENT | {"seconds": -1}, "events[1].seconds"),
        (EVENT | {"secret": 1}, "events[1].secret"),
        (EVENT | {"device": "fridge"}, "events[1].device"),
        ("nonsense", "events[1]"),
    ],
)
def test_a_wrong_event_is_named_and_does_not_cost_the_others(wrong: Any, path: str) -> None:
    told = batch(events=[EVENT, wrong, EVENT | {"id": "e3"}])
    assert [one.id for one in told.activities] == ["e1", "e3"]
    assert told.refused == (path,)


def test_a_contact_with_support_is_read_with_what_it_was() -> None:
    told = batch(events=[EVENT | {"kind": "support", "target": "ticket", "stage": "complaint"}])
    assert [(one.kind, one.target, one.stage) for one in told.activities] == [
        ("support", "ticket", "complaint")
    ]


def test_a_wrong_identify_does_not_cost_the_events() -> None:
    told = batch(True, identify={"mail": "kim@example.com"})
    assert (len(told.activities), told.identified_at, told.refused) == (1, None, ("identify.mail",))


def test_a_batch_of_which_nothing_can_be_read_is_unreadable() -> None:
    with pytest.raises(Unreadable) as told:
        batch(events=[EVENT | {"kind": "dance"}])
    assert told.value.field == "events[0].kind"


def test_an_empty_batch_is_a_sign_of_life() -> None:
    assert batch(events=[]).activities == ()


def test_a_clock_that_runs_a_little_ahead_is_taken_back_to_the_receipt() -> None:
    ahead = "2026-03-01T18:00:00Z"
    told = batch(sent_at=ahead, events=[EVENT | {"at": ahead}], cart={"at": ahead, "lines": [LINE]})
    assert told.cart is not None
    assert {told.updated_at, told.activities[0].at, told.cart.updated_at} == {RECEIVED}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"visitor": "short"}, "visitor"),
        ({"visitor": None}, "visitor"),
        ({"visitor": "a visitor with blanks"}, "visitor"),
        ({"sent_at": None}, "sent_at"),
        ({"sent_at": "2026-03-03T00:00:00Z"}, "sent_at"),
        ({"events": [EVENT] * 101}, "events"),
        ({"events": "many"}, "events"),
        ({"extra": 1}, "extra"),
    ],
)
def test_a_wrong_frame_is_named(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Unreadable) as told:
        batch(**changes)
    assert told.value.field == field


def test_a_cart_of_too_many_lines_is_left_out() -> None:
    assert batch(cart={"lines": [LINE] * 201}).refused == ("cart.lines",)


BROWSER = {
    "endpoint": "https://push.example.com/send/1",
    "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "auth": "BTBZMqHH6r4Tts7J_aSIgg",
}


def test_a_mails_link_is_handed_on_and_names_nobody_by_itself() -> None:
    told = batch(identify={"link": "token"})
    assert told.link == "token"
    assert (told.identities.email, told.identities.verified) == (None, False)
    assert told.identified_at is not None


def test_who_says_who_they_are_needs_no_link() -> None:
    told = batch(identify={"email": "kim@example.com", "link": "token"})
    assert (told.identities.email, told.link) == ("kim@example.com", None)


def test_a_browser_is_taken_with_a_signed_identify() -> None:
    told = batch(True, identify={"email": "kim@example.com"}, push=BROWSER | {"wording": "Tell me"})
    assert told.push is not None
    assert (told.push.endpoint, told.push.wording) == (BROWSER["endpoint"], "Tell me")
    assert told.refused == ()


def test_a_browser_of_somebody_nobody_signed_for_is_refused() -> None:
    for identify in (None, {"email": "kim@example.com"}, {"link": "token"}):
        told = batch(identify=identify, push=BROWSER)
        assert (told.push, told.refused) == (None, ("push",))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"endpoint": "https://127.0.0.1/x"}, "push.endpoint"),
        ({"auth": "c2hvcnQ"}, "push.auth"),
        ({"p256dh": None}, "push.p256dh"),
    ],
)
def test_what_is_no_subscription_is_refused_by_its_field(change: dict[str, Any], field: str) -> None:
    told = batch(True, identify={"email": "kim@example.com"}, push=BROWSER | change)
    assert (told.push, told.refused) == (None, (field,))
