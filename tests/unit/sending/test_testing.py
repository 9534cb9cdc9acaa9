"""Tests of templates: to the shop alone, marked, through the ledger, and counted by nobody."""

import itertools

import pytest

from kairos import keys
from kairos.adapters.templates.engine import TemplateRenderer
from kairos.domain.errors import NotFound, Refused
from kairos.domain.message import LedgerEntry
from kairos.domain.pages import PageSettings
from kairos.services.sending.example_words import EXAMPLES
from kairos.services.sending.previewing import content_for
from kairos.services.sending.testing import PER_HOUR, TemplateTests, send_test
from tests.unit.sending.world import SHOP, START, World

OURS = "team@example.com"


class Bench:
    def __init__(self, **pages: object) -> None:
        shop = SHOP.model_copy(update={"pages": PageSettings.model_validate(pages)})
        self.world = World(shop=shop)
        self.world.render = TemplateRenderer(self.world.store)
        self.numbers = itertools.count()

    def send(self, to: str = OURS, customer: str | None = None, tag: str = "de") -> str:
        world = self.world
        given = TemplateTests(
            world.items, world.clock, world.key, world.queue, lambda: str(next(self.numbers))
        )
        return send_test(given, world.shop, "abandoned_cart", "reminder_1", tag, to, customer)

    def entry(self, message: str) -> LedgerEntry:
        held = self.world.store.get(keys.message("lumen", message))
        assert held is not None
        return LedgerEntry.model_validate(held.body)


def test_a_test_is_marked_and_filled_with_an_example() -> None:
    bench = Bench()
    bench.send(tag="en")
    bench.world.deliver_all()
    [mail] = bench.world.provider.calls
    assert mail.to == OURS
    assert mail.subject == "[Test] Your cart at Lumen is waiting for you"
    assert EXAMPLES["en"].products[0] in mail.text


def test_a_test_for_a_customer_shows_their_cart_and_goes_to_the_shop() -> None:
    bench = Bench()
    bench.send(customer=bench.world.node)
    bench.world.deliver_all()
    [mail] = bench.world.provider.calls
    assert mail.to == OURS
    assert "Guten Tag Anna" in mail.text
    assert "Cushion" in mail.text
    assert "/v1/unsubscribe/" not in mail.text


def test_a_test_goes_through_the_ledger_and_hangs_on_no_customer() -> None:
    bench = Bench()
    message = bench.send(customer=bench.world.node)
    before = [key for key in bench.world.store.stored if "#node#" in key.pk and key.sk.startswith("send")]
    bench.world.deliver_all()
    assert (bench.entry(message).purpose, bench.entry(message).state) == ("test", "sent")
    assert before == []
    assert OURS not in str(bench.entry(message).as_json())


def test_two_tests_are_two_messages() -> None:
    bench = Bench()
    assert bench.send() != bench.send()
    bench.world.deliver_all()
    assert len(bench.world.provider.calls) == 2


@pytest.mark.parametrize("to", ["someone@example.org", "someone@sub.example.com", "someone@notexample.com"])
def test_no_test_goes_to_strangers(to: str) -> None:
    bench = Bench()
    with pytest.raises(Refused) as refused:
        bench.send(to)
    assert refused.value.field == "to"
    assert bench.world.queue.messages == []


def test_addresses_that_the_shop_names_are_its_own() -> None:
    bench = Bench(test_addresses=["Someone@Example.org"])
    bench.send("someone@example.org")
    bench.world.deliver_all()
    assert [mail.to for mail in bench.world.provider.calls] == ["someone@example.org"]


@pytest.mark.parametrize("to", ["", "team", "team@example.com, other@example.com"])
def test_what_is_no_address_is_told(to: str) -> None:
    with pytest.raises(Refused):
        Bench().send(to)


def test_a_shop_sends_a_limited_number_of_tests_an_hour() -> None:
    bench = Bench()
    for _ in range(PER_HOUR.most):
        bench.send()
    with pytest.raises(Refused):
        bench.send()
    bench.world.clock.advance(3600)
    bench.send()


def test_an_unknown_customer_is_told_before_anything_is_reserved() -> None:
    bench = Bench()
    with pytest.raises(NotFound):
        bench.send(customer="c" + "0" * 26)
    assert bench.world.queue.messages == []


def test_a_test_that_waited_longer_than_a_day_is_not_sent() -> None:
    bench = Bench()
    message = bench.send()
    bench.world.store.stored.pop(keys.test_message("lumen", message))  # what the store drops by then
    bench.world.deliver_all()
    assert bench.world.provider.calls == []
    assert bench.entry(message).state == "refused"


def test_a_preview_for_a_customer_is_in_the_templates_language_with_their_cart() -> None:
    world = World()
    shown = content_for(world.items, world.key, world.shop, START, "fr-CH", world.node)
    assert (shown.language, shown.locale, shown.country) == ("fr", "fr-CH", "CH")
    assert [item.title for item in shown.items] == ["Cushion"]
    assert shown.first_name == "Anna"
    assert shown.code == "EXAMPLE-5"
    assert shown.unsubscribe_url == "https://example.com/unsubscribe"
