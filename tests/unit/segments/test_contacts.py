"""Addresses are handed on only with a consent that holds now, and never after an erasure."""

from collections.abc import Sequence

import pytest

from kairos import keys
from kairos.domain.consent import ConsentStatement
from kairos.domain.identity import Identities
from kairos.ports import Item, Put
from kairos.services.recording.consents import record_consents
from kairos.services.segments.contacts import Contact, Contacts, masked
from tests.unit.api.shop_floor import KEY, THEN, Floor, customer

ADA = KEY.node("demo", "platform_id", "1")
BOB = KEY.node("demo", "platform_id", "2")


@pytest.fixture
def floor() -> Floor:
    made = Floor()
    made.record(customer("Ada", 1), customer("Bob", 2))
    return made


def contacts(floor: Floor, shop: str = "demo") -> Contacts:
    return Contacts(floor.items, KEY, shop)


def say(floor: Floor, address: str, state: str, channel: str = "advertising") -> None:
    told = {"channel": channel, "address": address, "state": state, "stated_at": floor.clock.now()}
    record_consents(floor.items, "demo", KEY, [ConsentStatement.model_validate(told | {"source": "form"})])


def emails(found: Sequence[Contact]) -> list[str | None]:
    return [one.email for one in found]


def test_customers_are_told_in_the_order_asked_for(floor: Floor) -> None:
    found = contacts(floor).of([BOB, ADA])
    assert [(one.first_name, one.email) for one in found] == [
        ("Bob", "bob@example.com"),
        ("Ada", "ada@example.com"),
    ]


def test_nobody_of_another_shop_is_told(floor: Floor) -> None:
    assert contacts(floor, "other").of([ADA, BOB]) == []


def test_who_consented_to_mail_is_mailable_until_they_withdraw(floor: Floor) -> None:
    assert emails(contacts(floor).mailable([ADA, BOB])) == ["ada@example.com", "bob@example.com"]
    say(floor, "ada@example.com", "withdrawn", "email")
    assert emails(contacts(floor).mailable([ADA, BOB])) == ["bob@example.com"]


def test_a_page_of_the_mailable_tells_no_phone(floor: Floor) -> None:
    assert contacts(floor).mailable([ADA])[0].phone is None


def test_a_suppressed_address_is_not_mailable(floor: Floor) -> None:
    node = KEY.node("demo", "email", "ada@example.com")
    floor.items.write(Put(Item(keys.suppression("demo", "email", node), "1", {"reason": "bounced"})))
    assert contacts(floor).mailable([ADA]) == []


def test_who_said_nothing_is_not_mailable(floor: Floor) -> None:
    floor.record(customer("Cleo", 3).model_copy(update={"consents": ()}))
    assert contacts(floor).mailable([KEY.node("demo", "platform_id", "3")]) == []


def test_consent_to_mail_is_none_to_advertising(floor: Floor) -> None:
    assert contacts(floor).advertisable([ADA]) == []


def test_only_the_addresses_consented_for_are_advertised_to(floor: Floor) -> None:
    say(floor, "ada@example.com", "granted")
    [told] = contacts(floor).advertisable([ADA])
    assert (told.email, told.phone) == ("ada@example.com", None)
    say(floor, "+491701234561", "granted")
    [told] = contacts(floor).advertisable([ADA])
    assert (told.email, told.phone) == ("ada@example.com", "+491701234561")


def test_a_withdrawal_for_one_address_counts_for_the_person(floor: Floor) -> None:
    say(floor, "ada@example.com", "granted")
    say(floor, "+491701234561", "withdrawn")
    assert contacts(floor).advertisable([ADA]) == []


def test_who_was_erased_is_told_no_more(floor: Floor) -> None:
    say(floor, "ada@example.com", "granted")
    floor.erase("demo", [ADA, KEY.node("demo", "email", "ada@example.com")], THEN)
    for found in (contacts(floor).of, contacts(floor).mailable, contacts(floor).advertisable):
        assert found([ADA]) == []


def test_who_is_being_erased_is_told_no_more(floor: Floor) -> None:
    mark = {"at": THEN.isoformat(), "nodes": [ADA]}
    floor.items.write(Put(Item(keys.erasure("demo", ADA), "1", mark)))
    assert contacts(floor).of([ADA]) == []


def test_who_came_back_after_an_erasure_is_told_again(floor: Floor) -> None:
    floor.items.write(Put(Item(keys.erasure("demo", ADA), "1", {"at": THEN.isoformat()})))
    assert emails(contacts(floor).of([ADA])) == ["ada@example.com"]


def test_a_masked_contact_tells_customers_apart_and_no_address() -> None:
    told = masked(Contact(ADA, "ada@example.com", "+491701234561", "Ada", "Lovelace"))
    assert told == Contact(ADA, "a…@example.com", "…61", "Ada", "L…")
    assert masked(Contact(ADA)) == Contact(ADA)


def test_a_customer_without_an_address_is_no_contact_to_mail(floor: Floor) -> None:
    nameless = customer("Dora", 4).model_copy(
        update={"identities": Identities(platform_id="4"), "consents": ()}
    )
    floor.record(nameless)
    node = KEY.node("demo", "platform_id", "4")
    assert emails(contacts(floor).of([node])) == [None]
    assert contacts(floor).mailable([node]) == []
