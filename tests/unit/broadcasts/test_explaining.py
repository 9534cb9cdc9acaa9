"""Why did she not get the campaign? And what is left of that once she is forgotten."""

from typing import Any

from kairos.domain.broadcast import member_run_id
from kairos.services.broadcasts.starting import stop
from kairos.services.customers import resolve
from kairos.services.explaining import explain
from kairos.services.privacy.erase import Erasing, erase_customer
from kairos.services.sending.broadcasting import broadcast_content
from kairos.services.sentences import telling
from tests.unit.broadcasts.world import CAMPAIGN, SHOP, NoObjects, World


def why(world: World, number: int, scenario: str | None = None) -> dict[str, Any]:
    component = resolve(world.store, SHOP.id, world.node(number))
    return explain(world.store, SHOP.id, component, scenario, telling(SHOP, "en", world.clock.now()))


def test_who_got_it_is_told_when_and_why() -> None:
    world = World(1)
    broadcast = world.campaign()
    world.run(broadcast)
    [run] = why(world, 0)["runs"]
    assert (run["scenario"], run["cause"]) == ("campaign", f"broadcast:{broadcast.id}:{world.node(0)}")
    assert [one["what"] for one in run["decisions"]] == ["sent"]
    assert [one["broadcast"] for one in run["messages"]] == [broadcast.id]


def test_who_had_withdrawn_is_told_so() -> None:
    world = World(1)
    world.consent(0, "withdrawn")
    world.run(world.campaign())
    [run] = why(world, 0, "campaign")["runs"]
    [told] = run["decisions"]
    assert (told["what"], told["reason"]) == ("ended", "no consent")
    assert "no consent" in told["sentence"]
    assert why(world, 0, "newsletter")["runs"] == []


def test_who_was_not_meant_is_told_of_the_campaigns_that_passed_them_by() -> None:
    world = World(2)
    world.segment("buyers", {"kind": "order_count", "at_least": 1})
    world.order(1, "lamp", world.clock.now())
    broadcast = world.campaign("buyers")
    [before] = why(world, 0)["not_reached"]
    assert before["reason"] == "its turn has not come"
    world.run(broadcast)
    [told] = why(world, 0)["not_reached"]
    assert (told["broadcast"], told["reason"]) == (broadcast.id, "not among its members")
    assert told["sentence"] == "Not started: the customer was not among those whom it was meant for."
    assert why(world, 1)["not_reached"] == []


def test_who_waited_when_it_was_stopped_is_told_so() -> None:
    world = World(1)
    broadcast = world.campaign()
    stop(world.executing, SHOP.id, broadcast.id)
    [told] = why(world, 0)["not_reached"]
    assert told["reason"] == "broadcast stopped"


def test_an_erasure_takes_what_was_decided_for_the_customer_as_a_member() -> None:
    world = World(1)
    world.consent(0, "withdrawn")
    broadcast = world.campaign()
    world.run(broadcast)
    run = member_run_id(SHOP.id, "campaign", broadcast.id, world.node(0))
    assert [key for key in world.store.stored if run in key.pk]
    erase_customer(Erasing(world.store, NoObjects(), SHOP.id, world.clock.now()), [world.node(0)])
    assert [key for key in world.store.stored if run in key.pk] == []


def test_a_message_shows_the_marketers_words_in_the_readers_language_else_the_shops() -> None:
    world = World(1)
    world.run(world.campaign())
    [entry] = world.entries
    for language in ("en", "de"):
        told = broadcast_content(world.store, SHOP, entry, language).campaign
        assert told is not None
        assert told.heading == "New lamps"


def test_a_message_about_a_price_shows_the_product_with_both_prices() -> None:
    world = World(1)
    world.product("lamp", 800)
    world.switch("price_drop")
    about = {"product": "lamp", "old_price": 1000, "names": {"en": "Easter"}}
    named = {"audience": {"customers": 1}, "customers": world.known}
    world.run(world.begin("price_drop", CAMPAIGN, subject=about, **named))
    [entry] = world.entries
    told = broadcast_content(world.store, SHOP, entry, "en")
    [shown] = told.featured
    assert (shown.title, shown.unit_price and shown.unit_price.amount) == ("Lamp", 800)
    assert shown.old_price is not None
    assert (shown.old_price.amount, told.occasion, told.ids) == (1000, "Easter", frozenset({"lamp"}))


def test_a_message_about_a_product_that_was_deleted_shows_none() -> None:
    world = World(1)
    world.product("lamp", 800)
    world.run(world.campaign(subject={"product": "lamp"}))
    world.clock.at = world.clock.at.replace(hour=20)
    world.product("lamp", deleted=True)
    assert broadcast_content(world.store, SHOP, world.entries[0], "en").featured == ()
