"""What a message offers besides its subject: each list from the customer's own data, nothing twice."""

from datetime import timedelta
from typing import Any

from kairos import keys
from kairos.domain.activity import Activity, ActivityDay
from kairos.domain.message import LedgerEntry, Step
from kairos.domain.order import Amounts, Line, OrderSnapshot
from kairos.domain.person import Address, Person
from kairos.ports import Item, Put
from kairos.services.sending.content import Content
from kairos.services.sending.facts import load_customer
from kairos.services.sending.gathering import country_of, gather
from tests.unit.sending.world import START, World


def shown(world: World, cause: str | None = None) -> Content:
    customer = load_customer(world.items, world.key, "lumen", world.node)
    step = Step(shop="lumen", scenario="win_back", run="1", step="news")
    entry = LedgerEntry(
        message_id=step.message_id,
        step=step,
        customer=world.node,
        channel="email",
        address_node=world.node,
        state="reserved",
        reserved_at=START,
        cause=cause,
    )
    link = "https://api.example.com/v1/unsubscribe/a.b"
    return gather(world.items, world.shop, customer, entry, None, link, "https://api.example.com")


def titles(items: Any) -> list[str]:
    return [item.title for item in items]


def look(world: World, *products: str) -> None:
    acts = tuple(
        Activity(id=str(number), kind="product", target=product, at=START + timedelta(minutes=number))
        for number, product in enumerate(products)
    )
    day = ActivityDay(day=START.date(), activities=acts)
    world.put(keys.activity_day("lumen", world.node, START.date().isoformat()), day.as_json())


def order(world: World, product: str) -> None:
    told = OrderSnapshot(
        id="1",
        updated_at=START,
        placed_at=START,
        status="paid",
        amounts=Amounts(currency="CHF", total=100),
        lines=(Line(product_id=product),),
    )
    body = {"nodes": [world.node], "snapshot": told.as_json()}
    world.store.write(Put(Item(keys.order("lumen", "1"), "2", body)))
    world.put(keys.order_pointer("lumen", world.node, "1"), {})


def count(world: World, **lists: list[str]) -> None:
    world.put(keys.trending("lumen"), {"at": START.isoformat(), **lists})


def test_products_looked_at_come_latest_first_and_each_once() -> None:
    world = World()
    for product in ("p2", "p3", "p4"):
        world.record_product(product)
    look(world, "p2", "p3", "p2", "p4", "unknown")
    assert titles(shown(world).viewed) == ["Product p4", "Product p2", "Product p3"]


def test_what_is_in_the_cart_is_not_offered_once_more() -> None:
    world = World()
    for product in ("p1", "p2"):
        world.record_product(product, category_ids=(product,))
    look(world, "p1", "p2")
    assert titles(shown(world, world.run.cause).viewed) == ["Product p2"]


def test_new_is_what_came_since_the_last_order_and_nothing_to_who_never_ordered() -> None:
    world = World()
    world.record_product("old", published_at=START - timedelta(days=1))
    world.record_product("new", published_at=START + timedelta(days=1))
    count(world, newest=["new", "old"])
    assert shown(world).new_products == ()
    order(world, "p9")
    assert titles(shown(world).new_products) == ["Product new"]


def test_no_product_stands_in_two_lists() -> None:
    world = World()
    for product in ("p2", "p3", "p4"):
        world.record_product(product, published_at=START + timedelta(days=1))
    look(world, "p2")
    order(world, "p9")
    count(world, newest=["p2", "p3"], trending=["p3", "p2", "p4"])
    told = shown(world)
    assert [titles(told.viewed), titles(told.new_products), titles(told.trending)] == [
        ["Product p2"],
        ["Product p3"],
        ["Product p4"],
    ]


def test_without_a_cart_related_products_are_of_the_categories_ordered_last() -> None:
    world = World()
    world.record_product("bought")
    world.record_product("alike")
    order(world, "bought")
    assert titles(shown(world).related) == ["Product alike"]


def test_what_is_not_sold_where_the_customer_lives_is_not_offered() -> None:
    world = World()
    world.record_customer(language="de-CH")
    world.record_product("here", countries=("CH", "LI"))
    world.record_product("elsewhere", countries=("DE",))
    world.record_product("anywhere")
    count(world, trending=["elsewhere", "here", "anywhere"])
    told = shown(world)
    assert told.country == "CH"
    assert titles(told.trending) == ["Product here", "Product anywhere"]


def test_the_address_says_where_somebody_lives_before_their_language_does() -> None:
    assert country_of(Person(address=Address(country="AT")), "de-CH") == "AT"
    assert country_of(Person(), "de-CH") == "CH"
    assert country_of(Person(), "de") is None
    assert country_of(None, "fr") is None


def test_every_link_to_our_pages_carries_the_token_of_this_message() -> None:
    told = shown(World())
    assert told.preferences_url == "https://api.example.com/v1/forms/preferences.a.b"
    assert told.questionnaire_url == "https://api.example.com/v1/forms/questionnaire.a.b"
    assert told.survey_url == "https://api.example.com/v1/forms/survey.a.b"
