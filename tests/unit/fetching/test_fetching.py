"""What webhooks name by an id alone is fetched once the shop answers: later, if need be, and never lost."""

import base64
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kairos import keys
from kairos.adapters.memory import MemoryFiles, MemoryItems
from kairos.adapters.platforms.platform import by_id, delivery_of, read_delivery
from kairos.adapters.shop_apis.reading import ShopReaders
from kairos.domain.delivery import Delivery
from kairos.domain.errors import NotFetched
from kairos.domain.shop import Shop
from kairos.ports import Item, NotRead, Put, ShopDocument
from kairos.services.fetching.fetch import YOUNG, Documents, Fetching
from kairos.services.fetching.queueing import MOST_QUEUED, enqueue
from kairos.services.fetching.wanted import GIVEN_UP_AFTER, Wanted
from kairos.services.recording.messages import QueuedMessage, open_message
from tests.adapters.platforms.bigcommerce_bodies import ADDRESS, COUPON, cart, order, order_product
from tests.adapters.platforms.delivering import StandingClock, a_shop
from tests.adapters.shop_apis.fake_bigcommerce import TOKEN, FakeBigCommerce, fake_bigcommerce
from tests.unit.api.fakes import MemorySecrets
from tests.unit.api.shop_floor import MemoryCounts

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
CART = str(cart()["id"])
Letter = tuple[Mapping[str, Any], Mapping[str, str] | None]


class Line:
    """A queue whose messages are handed out when their wait is over. held: with the time from which."""

    def __init__(self, desk: "Desk") -> None:
        self.desk = desk
        self.held: list[tuple[datetime, Mapping[str, Any]]] = []
        self.letters: list[Letter] = []

    def send(self, body: Mapping[str, Any], attributes: Mapping[str, str] | None = None) -> None:
        self.letters.append((body, attributes))
        self.held.append((self.desk.now, body))

    def send_later(self, body: Mapping[str, Any], wait: timedelta) -> None:
        assert timedelta() < wait <= timedelta(minutes=15)
        self.held.append((self.desk.now + wait, body))

    def ready(self) -> list[QueuedMessage]:
        """Ten of those whose time has come, taken off."""
        due = [one for one in self.held if one[0] <= self.desk.now][:10]
        for one in due:
            self.held.remove(one)
        return [QueuedMessage(f"m{number}", json.dumps(body)) for number, (_, body) in enumerate(due)]


class Desk:
    """Fetching with everything around it; time passes as the tests say."""

    def __init__(self) -> None:
        self.now = NOON
        self.items, self.objects = MemoryItems(), MemoryFiles()
        self.secrets, self.counts = MemorySecrets(), MemoryCounts()
        self.record, self.fetches, self.dead = Line(self), Line(self), Line(self)
        self.errors: list[str] = []
        self.readers = ShopReaders(self.seconds, loopback=True)

    def seconds(self) -> float:
        """The time as a clock that only grows tells it."""
        return self.now.timestamp()

    def open(self, name: str, store: FakeBigCommerce, token: str = TOKEN) -> Shop:
        shop = a_shop(id=name, platform="bigcommerce", api=store.address)
        self.items.write(Put(Item(keys.shop(name), "1", shop.as_json())))
        self.secrets.put(name, {"api": token})
        return shop

    def fetching(self) -> Fetching:
        return Fetching(
            self.items,
            self.secrets,
            self.readers.connect,
            Documents(delivery_of, by_id),
            self.objects,
            self.record,
            self.fetches,
            self.dead,
            self.counts,
            lambda _record, error: self.errors.append(type(error).__name__),
        )

    def want(self, shop: str, topic: str = "store/cart/updated", thing: str = CART, **changes: Any) -> None:
        told = {"shop": shop, "topic": topic, "thing": thing, "told_at": NOON, "received_at": NOON}
        self.fetches.send(Wanted(**(told | changes)).as_json())

    def work(self, rounds: int = 1, wait: timedelta = timedelta()) -> None:
        """Fetch what is due, so many times, with a wait before each."""
        for _ in range(rounds):
            self.now += wait
            assert self.fetching().fetch(self.fetches.ready(), lambda: self.now, lambda: True) == []

    def rounds_of(self, seconds: int, left: int, rounds: int) -> None:
        """Invocations of so many seconds, in which nothing is begun with less than `left` of them."""
        for _ in range(rounds):
            over = self.now + timedelta(seconds=seconds - left)
            assert (
                self.fetching().fetch(self.fetches.ready(), lambda: self.now, lambda o=over: self.now < o)
                == []
            )
            self.now += timedelta(minutes=2)

    def recorded(self) -> list[Delivery]:
        bodies = [QueuedMessage("r", json.dumps(body)) for body, _ in self.record.letters]
        return [open_message(one, self.objects) for one in bodies]

    def counted(self, name: str) -> list[dict[str, str]]:
        return [labels for counted, labels in self.counts.told if counted == name]


@pytest.fixture
def store() -> Iterator[FakeBigCommerce]:
    with fake_bigcommerce() as running:
        running.carts[CART] = cart()
        parts = {"_products": [order_product()], "_coupons": [COUPON], "_shipping_addresses": [ADDRESS]}
        running.orders["118"] = order() | parts
        yield running


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_what_was_fetched_is_recorded_as_a_delivery_of_its_platform(
    desk: Desk, store: FakeBigCommerce
) -> None:
    shop = desk.open("demo", store)
    desk.want("demo", "store/order/updated", "118")
    desk.work()
    [delivery] = desk.recorded()
    [told] = read_delivery(delivery, shop, StandingClock())
    assert (told.id, told.updated_at, delivery.source, delivery.received_at) == ("118", NOON, "fetched", NOON)


def test_webhooks_about_the_same_thing_lead_to_one_document(desk: Desk, store: FakeBigCommerce) -> None:
    desk.open("demo", store)
    for seconds in (5, 9, 1):
        desk.want("demo", told_at=NOON + timedelta(seconds=seconds))
    desk.work()
    [delivery] = desk.recorded()
    assert delivery.headers["x-kairos-told-at"] == (NOON + timedelta(seconds=9)).isoformat()
    assert len(store.asked) == 1


def test_what_is_gone_is_recorded_as_deleted_at_the_time_of_asking(
    desk: Desk, store: FakeBigCommerce
) -> None:
    shop = desk.open("demo", store)
    desk.want("demo", "store/order/updated", "999")
    desk.work(wait=YOUNG)
    [delivery] = desk.recorded()
    [told] = read_delivery(delivery, shop, StandingClock())
    assert (told.id, told.deleted, delivery.received_at) == ("999", True, NOON + YOUNG)


def test_what_a_webhook_named_before_the_shop_s_api_knows_it_is_asked_for_once_more(
    desk: Desk, store: FakeBigCommerce
) -> None:
    shop = desk.open("demo", store)
    desk.want("demo", "store/order/updated", "119")
    desk.want("demo", thing="converted")
    desk.work()
    assert desk.recorded() == []
    store.orders["119"] = store.orders["118"] | {"id": 119}
    desk.work(wait=timedelta(seconds=30))
    told = [one for each in desk.recorded() for one in read_delivery(each, shop, StandingClock())]
    assert {(one.id, one.deleted) for one in told} == {("119", False), ("converted", True)}


def test_a_wrong_address_deletes_nothing_and_once_it_is_mended_the_truth_is_recorded(
    desk: Desk, store: FakeBigCommerce
) -> None:
    shop, right = desk.open("demo", store), store.address
    store.address = right.replace("abc123", "another")
    desk.items.stored.clear()
    desk.open("demo", store)
    desk.want("demo", "store/order/updated", "118")
    desk.work(wait=timedelta(hours=1))
    [(body, told)] = desk.dead.letters
    assert told is not None
    assert (told["field"], told["reason"]) == ("api", "no such address")
    assert desk.recorded() == []
    store.address = right
    desk.items.stored.clear()
    desk.open("demo", store)
    with pytest.raises(NotFetched) as named:
        read_delivery(Delivery.model_validate(body), shop, StandingClock())
    desk.fetches.send(Wanted.of(Delivery.model_validate(body), named.value).as_json())
    desk.work()
    [order_now] = [one for each in desk.recorded() for one in read_delivery(each, shop, StandingClock())]
    assert (order_now.id, order_now.deleted) == ("118", False)


def test_an_outage_and_its_end_lose_nothing_and_hold_up_no_other_shop(
    desk: Desk, store: FakeBigCommerce
) -> None:
    desk.open("down", store)
    with fake_bigcommerce() as other:
        other.carts[CART] = cart()
        desk.open("well", other)
        store.moods = ["outage"] * 8
        for _ in range(3):
            desk.want("down", "store/order/updated", "118")
            desk.want("down")
            desk.want("well")
            desk.work(wait=timedelta(seconds=1))
        assert {one.shop for one in desk.recorded()} == {"well"}
        assert len([one for one in desk.recorded() if one.shop == "well"]) == 3
        desk.work(rounds=12, wait=timedelta(minutes=10))
    found = [
        json.loads(base64.b64decode(one.body))["data"]["id"] for one in desk.recorded() if one.shop == "down"
    ]
    assert set(found) == {"118", CART}
    assert (desk.fetches.held, desk.dead.letters, store.moods) == ([], [], [])


def test_a_shop_out_of_order_is_asked_less_and_less_often(desk: Desk, store: FakeBigCommerce) -> None:
    desk.open("demo", store)
    desk.want("demo")
    store.moods = ["outage"] * 8
    waits = []
    for _ in range(8):
        desk.work()
        [(due, _)] = desk.fetches.held
        waits.append(due - desk.now)
        desk.now = due
    assert [wait.total_seconds() for wait in waits] == [30, 60, 120, 240, 480, 900, 900, 900]


def test_a_limit_is_respected_to_its_end_and_then_all_is_fetched(desk: Desk, store: FakeBigCommerce) -> None:
    desk.open("demo", store)
    store.carts |= {f"c{number}": cart(id=f"c{number}") for number in range(8)}
    for number in range(8):
        desk.want("demo", thing=f"c{number}")
    store.left = 3
    desk.work()
    assert (len(desk.recorded()), len(store.asked)) == (3, 3)
    assert {one["reason"] for one in desk.counted("FetchedLater")} == {"left alone"}
    desk.work(wait=timedelta(seconds=14))
    assert len(store.asked) == 3, "nobody asks before the limit is over"
    store.left = None
    desk.work(rounds=3, wait=timedelta(seconds=2))
    assert len(desk.recorded()) == 8


def test_a_wrong_token_goes_to_the_dead_letters_with_the_setting_to_mend(
    desk: Desk, store: FakeBigCommerce
) -> None:
    desk.open("demo", store, token="another")
    desk.want("demo")
    desk.work()
    [(body, told)] = desk.dead.letters
    assert told is not None
    assert (body["shop"], told["shop"], told["field"]) == ("demo", "demo", "secrets.api")
    assert "token refused (401)" in told["problem"]
    assert desk.recorded() == []


def test_a_shop_without_an_address_goes_to_the_dead_letters_with_the_setting_to_make(desk: Desk) -> None:
    shop = a_shop(platform="bigcommerce")
    desk.items.write(Put(Item(keys.shop(shop.id), "1", shop.as_json())))
    desk.want("demo")
    desk.work()
    [(_, told)] = desk.dead.letters
    assert told is not None
    assert told["field"] == "api"


@pytest.mark.parametrize("told_at", [NOON, None])
def test_a_dead_letter_that_is_recorded_again_is_fetched_again(
    desk: Desk, store: FakeBigCommerce, told_at: datetime | None
) -> None:
    shop = desk.open("demo", store, token="another")
    desk.want("demo", attempts=3, told_at=told_at)
    desk.work()
    [(body, _)] = desk.dead.letters
    buried = Delivery.model_validate(body)
    with pytest.raises(NotFetched) as named:
        read_delivery(buried, shop, StandingClock())
    again = Wanted.of(buried, named.value)
    assert (again.topic, again.thing, again.told_at) == ("store/cart/updated", CART, told_at)
    assert (again.received_at, again.attempts) == (NOON, 0)


def test_a_shop_that_stays_silent_for_a_week_is_for_the_operator(desk: Desk, store: FakeBigCommerce) -> None:
    desk.open("demo", store)
    desk.want("demo")
    store.moods = ["outage"] * 2
    desk.work()
    assert desk.dead.letters == []
    desk.work(wait=GIVEN_UP_AFTER + timedelta(minutes=1))
    assert (len(desk.dead.letters), desk.fetches.held) == (1, [])


def test_what_is_wanted_of_a_shop_that_is_gone_is_dropped(desk: Desk) -> None:
    desk.want("gone")
    desk.work()
    assert (desk.recorded(), desk.dead.letters) == ([], [])


def test_a_message_that_is_no_wish_goes_to_the_dead_letters(desk: Desk) -> None:
    desk.fetches.send({"shop": "demo"})
    desk.work()
    assert [body for body, _ in desk.dead.letters] == [{"shop": "demo"}]


def test_what_there_is_no_time_for_goes_back_without_counting_as_failed(
    desk: Desk, store: FakeBigCommerce
) -> None:
    desk.open("demo", store)
    desk.want("demo", attempts=2)
    desk.want("demo", "store/order/updated", "118")
    before = [body for _, body in desk.fetches.held]
    assert desk.fetching().fetch(desk.fetches.ready(), lambda: desk.now, lambda: False) == []
    assert [body for _, body in desk.fetches.held] == before
    assert (desk.recorded(), store.asked) == ([], [])


def test_a_store_that_answers_slowly_holds_up_no_other_and_everything_of_it_is_fetched(desk: Desk) -> None:
    address = "https://api.bigcommerce.com/stores/abc123"
    for name in ("slow", "well"):
        desk.open(name, at(address))
    desk.readers = Slow(desk)  # type: ignore[assignment]
    for number in range(7):
        desk.want("slow", thing=f"s{number}")
    for number in range(3):
        desk.want("well", thing=f"w{number}")
    desk.rounds_of(seconds=120, left=60, rounds=1)
    assert [one.shop for one in desk.recorded()] == ["slow", "well", "slow", "well", "well"]
    desk.rounds_of(seconds=120, left=60, rounds=6)
    assert len({one.body for one in desk.recorded()}) == 10
    assert (desk.fetches.held, desk.dead.letters) == ([], [])


def test_what_is_wanted_of_a_shop_that_has_moved_to_another_platform_is_dropped(desk: Desk) -> None:
    shop = a_shop(platform="shopify", api="https://shop.example.com")
    desk.items.write(Put(Item(keys.shop(shop.id), "1", shop.as_json())))
    desk.secrets.put(shop.id, {"api": TOKEN})
    desk.want(shop.id)
    desk.work()
    assert (desk.recorded(), desk.dead.letters, desk.errors, desk.fetches.held) == ([], [], [], [])
    assert desk.counted("Unfetched") == [{"shop": shop.id, "reason": "another platform"}]


def test_our_own_trouble_brings_the_message_again(desk: Desk, store: FakeBigCommerce) -> None:
    desk.open("demo", store)
    desk.want("demo")
    broken = desk.fetching()._replace(record=None)  # type: ignore[arg-type]
    assert broken.fetch(desk.fetches.ready(), lambda: desk.now, lambda: True) == ["m0"]
    assert desk.errors == ["AttributeError"]


def test_a_document_too_big_for_the_queue_waits_in_the_bucket(desk: Desk) -> None:
    shop = a_shop(platform="bigcommerce")
    delivery = delivery_of(shop, ShopDocument("store/cart/updated", b"x" * MOST_QUEUED), NOON)
    enqueue(desk.objects, desk.record, delivery)
    enqueue(desk.objects, desk.record, delivery)
    assert [list(body) for body, _ in desk.record.letters] == [["object"], ["object"]]
    assert desk.recorded() == [delivery, delivery]


def at(address: str) -> FakeBigCommerce:
    """A store that is never asked itself."""
    store = FakeBigCommerce()
    store.address = address
    return store


class Slow:
    """The shops' APIs, of which one answers, but takes twenty seconds for each thing."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def connect(self, shop: Shop, _secret: str) -> "SlowReader":
        return SlowReader(self.desk, timedelta(seconds=20 if shop.id == "slow" else 1))


class SlowReader(NamedTuple):
    desk: Desk
    takes: timedelta

    def fetch(self, topic: str, thing: str) -> ShopDocument:
        self.desk.now += self.takes
        return ShopDocument(topic, json.dumps({"scope": topic, "data": {"id": thing}}).encode())


class Fickle:
    """A shop's API that fails as the drawn list says, then answers."""

    def __init__(self, fails: list[NotRead]) -> None:
        self.fails = fails

    def connect(self, _shop: Shop, _secret: str) -> "Fickle":
        return self

    def fetch(self, topic: str, thing: str) -> ShopDocument:
        if self.fails:
            raise self.fails.pop()
        return ShopDocument(topic, json.dumps({"scope": topic, "data": {"id": thing}}).encode())


PASSING = st.builds(
    lambda after: NotRead("busy", for_now=True, after=after),
    st.none() | st.timedeltas(min_value=timedelta(), max_value=timedelta(hours=1)),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(PASSING, max_size=25), st.sets(st.integers(1, 99), min_size=1, max_size=5))
def test_whatever_passes_each_thing_is_recorded_in_the_end(fails: list[NotRead], things: set[int]) -> None:
    desk = Desk()
    shop = a_shop(platform="bigcommerce", api="https://api.bigcommerce.com/stores/abc123")
    desk.items.write(Put(Item(keys.shop(shop.id), "1", shop.as_json())))
    desk.secrets.put(shop.id, {"api": TOKEN})
    desk.readers = Fickle(fails)  # type: ignore[assignment]
    for thing in things:
        desk.want(shop.id, thing=str(thing))
    desk.work(rounds=30, wait=timedelta(minutes=15))
    found = [json.loads(base64.b64decode(one.body))["data"]["id"] for one in desk.recorded()]
    assert sorted(found) == sorted(str(one) for one in things)
    assert (desk.fetches.held, desk.dead.letters) == ([], [])
