"""Unsubscribe links: only ours work, they work at once, and they can be taken back."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kairos import keys
from kairos.domain.consent import Consent
from kairos.domain.errors import NotFound
from kairos.domain.identity import IdentityKey
from kairos.services.unsubscribing import Token, sign, standing, undo, verify, withdraw
from tests.unit.sending.world import EMAIL, START, World

KEY = IdentityKey(secret=b"k" * 32)


def token(world: World) -> Token:
    return Token(shop="lumen", channel="email", address_node=world.node, message_id="0" * 32)


def token_of_a_message(world: World) -> Token:
    world.ask()
    entry = world.entry()
    assert entry is not None
    return Token(shop="lumen", channel="email", address_node=world.node, message_id=entry.message_id)


def held(world: World) -> Consent:
    item = world.store.get(keys.consent("lumen", "email", world.node))
    assert item is not None
    return Consent.model_validate(item.body)


def test_a_signed_token_comes_back_as_it_was_and_fits_a_path() -> None:
    world = World()
    text = sign(KEY, token(world))
    assert verify(KEY, text) == token(world)
    assert set(text) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")
    assert EMAIL not in text


@given(st.text(max_size=300) | st.text(st.characters(categories=["Cs"]), max_size=5))
def test_whatever_we_did_not_sign_is_no_link(text: str) -> None:
    with pytest.raises(NotFound):
        verify(KEY, text)


@given(st.integers(0, 300), st.characters(codec="ascii"))
def test_a_changed_character_makes_it_no_link(at: int, char: str) -> None:
    text = sign(KEY, token(World()))
    changed = text[: at % len(text)] + char + text[at % len(text) + 1 :]
    if changed != text:
        with pytest.raises(NotFound):
            verify(KEY, changed)


def test_a_token_signed_with_another_key_is_no_link() -> None:
    with pytest.raises(NotFound):
        verify(KEY, sign(IdentityKey(secret=b"x" * 32), token(World())))


def test_withdrawing_is_kept_with_proof() -> None:
    world = World()
    withdraw(world.items, world.clock, token(world), "one-click unsubscribe")
    ours = held(world).ours
    assert ours is not None
    assert (ours.state, ours.source, ours.address, ours.stated_at) == (
        "withdrawn",
        "one-click unsubscribe",
        EMAIL,
        world.clock.now(),
    )
    assert not held(world).granted
    assert held(world).shop is not None


def told_of(world: World, message_id: str) -> list[dict[str, str]]:
    events = world.items.query(keys.message("lumen", message_id).pk, "event#")
    return [item.body for item in events]


def test_the_message_tells_that_they_unsubscribed_by_it() -> None:
    world = World()
    sent = token_of_a_message(world)
    withdraw(world.items, world.clock, sent, "one-click unsubscribe")
    withdraw(world.items, world.clock, sent, "unsubscribe page")
    assert [(one["kind"], one["at"], one["detail"]) for one in told_of(world, sent.message_id)] == [
        ("unsubscribe", world.clock.now().isoformat(), "one-click unsubscribe")
    ]


def test_of_a_message_that_is_gone_nothing_is_told_and_an_undo_tells_nothing() -> None:
    world = World()
    sent = token_of_a_message(world)
    message = keys.message("lumen", sent.message_id)
    kept = world.store.stored.pop(message)
    withdraw(world.items, world.clock, sent, "unsubscribe page")
    world.store.stored[message] = kept
    undo(world.items, world.clock, sent)
    assert told_of(world, sent.message_id) == []


def test_of_who_was_erased_since_the_message_nothing_is_told_and_they_are_mailed_no_more() -> None:
    world = World()
    sent = token_of_a_message(world)
    world.clock.advance(60)
    world.erase()
    withdraw(world.items, world.clock, sent, "one-click unsubscribe")
    assert told_of(world, sent.message_id) == []
    assert not held(world).granted


def test_of_who_was_erased_and_came_back_before_the_message_it_is_told() -> None:
    world = World()
    before = START - timedelta(days=1)
    world.put(keys.erasure("lumen", world.node), {"at": before.isoformat()})
    sent = token_of_a_message(world)
    withdraw(world.items, world.clock, sent, "one-click unsubscribe")
    assert len(told_of(world, sent.message_id)) == 1


def test_an_erasure_at_the_very_moment_of_unsubscribing_leaves_nothing_told() -> None:
    world = World()
    sent = token_of_a_message(world)
    transact = world.store.transact

    def erased_first(writes: Any) -> None:
        world.store.transact = transact  # type: ignore[method-assign]
        world.erase()
        transact(writes)

    world.store.transact = erased_first  # type: ignore[method-assign]
    withdraw(world.items, world.clock, sent, "one-click unsubscribe")
    assert told_of(world, sent.message_id) == []
    assert not held(world).granted


def test_withdrawing_again_changes_nothing() -> None:
    world = World()
    withdraw(world.items, world.clock, token(world), "unsubscribe page")
    before = dict(world.store.stored)
    world.clock.advance(60)
    withdraw(world.items, world.clock, token(world), "one-click unsubscribe")
    assert world.store.stored == before


def test_an_undo_restores_what_the_shop_had_been_told() -> None:
    world = World()
    withdraw(world.items, world.clock, token(world), "unsubscribe page")
    assert standing(world.items, token(world)).can_undo
    assert undo(world.items, world.clock, token(world))
    assert held(world).granted
    assert world.ask().decision == "send"


def test_an_undo_never_grants_what_was_never_granted() -> None:
    world = World()
    world.consent("withdrawn")
    assert not undo(world.items, world.clock, token(world))
    withdraw(world.items, world.clock, token(world), "unsubscribe page")
    assert not undo(world.items, world.clock, token(world))
    assert not held(world).granted


def test_an_erased_person_may_still_unsubscribe() -> None:
    world = World()
    for key in [key for key in world.store.stored if world.node in key.pk]:
        del world.store.stored[key]
    withdraw(world.items, world.clock, token(world), "unsubscribe page")
    ours = held(world).ours
    assert ours is not None
    assert ours.address == world.node


def test_a_link_of_a_shop_that_is_gone_leads_nowhere() -> None:
    world = World()
    del world.store.stored[keys.shop("lumen")]
    with pytest.raises(NotFound):
        standing(world.items, token(world))


def test_the_page_speaks_the_customers_language() -> None:
    assert standing(World().items, token(World())).language == "de"
