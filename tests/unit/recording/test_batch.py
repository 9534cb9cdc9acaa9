"""A batch of the queue: what is wrong with one message harms no other, and nothing is lost."""

import gzip
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from kairos import keys
from kairos.adapters.clock import SystemClock
from kairos.domain.errors import NotConcerned, NotFetched, NotFound, Throttled, TooLarge, Unreadable
from kairos.domain.product import ProductSnapshot
from kairos.domain.segment import Layout
from kairos.domain.site.rows import visitor_number
from kairos.engine.site.delta import unpack
from kairos.services.recording.batch import Batches
from kairos.services.recording.lag import LagWatch
from kairos.services.recording.messages import QueuedMessage
from kairos.services.recording.record import Recorder
from kairos.services.segments.touching import MOST_IDS
from tests.shelves import without_segments
from tests.unit.recording.stories import ADA, BOB, browsing
from tests.unit.recording.world import KEY, SHOP, FaultyItems, World, node, order, who

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Bucket:
    """broken: how the keys begin that can't be written."""

    def __init__(self):
        self.kept = {}
        self.broken = None

    def put(self, key, body, content_type="application/json"):
        if self.broken is not None and key.startswith(self.broken):
            raise ConnectionError(content_type)
        self.kept[key] = body

    def get(self, key):
        if key not in self.kept:
            raise NotFound("object", key)
        return self.kept[key]


class SomeQueue:
    def __init__(self):
        self.sent = []
        self.broken = False

    def send(self, body, attributes=None):
        if self.broken:
            raise ConnectionError
        self.sent.append((body, attributes))


class Counts:
    def __init__(self):
        self.counted = []

    def add(self, name, amount=1, **labels):
        self.counted.append((name, amount, labels))


class Desk:
    """A world with everything around it; `reads` says for a body's text what its reader does."""

    def __init__(self):
        self.world = World()
        self.items = self.world.items
        self.bucket, self.dead, self.counts = Bucket(), SomeQueue(), Counts()
        self.snapshot, self.fetches = SomeQueue(), SomeQueue()
        self.errors, self.reads = [], {}

    def read(self, delivery, *_):
        answer = self.reads[delivery.body]
        if isinstance(answer, Exception):
            raise answer
        return [answer]

    def batches(self, items=None):
        recorder = Recorder(
            items or self.items,
            self.world.bus,
            KEY,
            SystemClock(),
            self.read,
            lambda *_: None,
            self.world.erase,
            self.bucket,
            without_segments,
        )
        lag = LagWatch(self.items, SystemClock())

        def on_error(*told):
            self.errors.append(told)

        return Batches(
            recorder, self.bucket, self.dead, self.counts, lag, on_error, self.snapshot, self.fetches
        )

    def record(self, *messages, enough_time=lambda: True, items=None):
        return self.batches(items).record(messages, NOW, enough_time)

    def message(self, name, answer, shop=SHOP.id):
        self.reads[name] = answer
        delivery = {
            "shop": shop,
            "platform": "shopify",
            "source": "webhook",
            "headers": {},
            "body": name,
            "received_at": "2026-03-01T12:00:00+00:00",
        }
        return QueuedMessage(name, json.dumps(delivery))


@pytest.fixture
def desk():
    return Desk()


def good(desk, name="good", email=ADA):
    return desk.message(name, order(name, identities=who(email=email)))


def test_all_good_messages_are_acknowledged_and_recorded(desk):
    assert desk.record(good(desk, "1"), good(desk, "2", BOB)) == []
    assert set(desk.world.stored_profiles()) == {node("email", ADA), node("email", BOB)}
    assert [name for name, *_ in desk.counts.counted] == ["Recorded", "Recorded"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ("not JSON at all", "shop"),
        ("[1, 2]", "shop"),
        ('{"shop": 5}', "shop"),
        ('{"object": "oversize/velo/gone.json"}', "object"),
    ],
)
def test_what_is_no_delivery_goes_whole_to_the_dead_letters_and_harms_no_other(desk, body, field):
    assert desk.record(QueuedMessage("poison", body), good(desk)) == []
    ((sent, told),) = desk.dead.sent
    assert sent == ({"unreadable": body} if body[0] != "{" else json.loads(body))
    assert (told["reason"], told["field"]) == ("no delivery", field)
    assert told["problem"]
    assert desk.world.stored_profiles()


def test_a_body_that_the_platform_cannot_read_goes_whole_to_the_dead_letters(desk):
    poison = desk.message("poison", Unreadable("lines[2].price", "'x' is no amount.", "Send 12.50."))
    assert desk.record(good(desk, "1"), poison, good(desk, "2", BOB)) == []
    ((sent, told),) = desk.dead.sent
    assert sent == json.loads(poison.body)
    assert told == {
        "reason": "unreadable",
        "field": "lines[2].price",
        "problem": "'x' is no amount. Send 12.50.",
        "shop": SHOP.id,
    }
    assert len(desk.world.stored_profiles()) == 2


def test_a_shop_that_is_not_known_any_more_is_a_dead_letter(desk):
    assert desk.record(desk.message("1", order("1"), shop="gone")) == []
    assert desk.dead.sent[0][1]["reason"] == "unknown shop"


def test_a_telling_too_large_for_the_store_is_a_dead_letter(desk):
    desk.record(desk.message("1", TooLarge("The body has 900000 bytes.")))
    assert desk.dead.sent[0][1]["reason"] == "too large"


def test_what_a_delivery_names_by_its_id_alone_is_queued_to_be_fetched(desk):
    assert desk.record(desk.message("1", NotFetched("store/order/updated", "118", NOW))) == []
    ((wanted, _),) = desk.fetches.sent
    assert (wanted["shop"], wanted["topic"], wanted["thing"]) == (SHOP.id, "store/order/updated", "118")
    assert (desk.dead.sent, [name for name, *_ in desk.counts.counted]) == ([], ["ToFetch"])


def test_what_can_not_be_queued_to_be_fetched_comes_again(desk):
    desk.fetches.broken = True
    assert desk.record(desk.message("1", NotFetched("store/order/updated", "118", NOW)), good(desk)) == ["1"]


def test_a_topic_that_does_not_concern_us_is_counted_and_dropped(desk):
    assert desk.record(desk.message("1", NotConcerned("themes/update"))) == []
    assert desk.counts.counted == [("Dropped", 1, {"shop": SHOP.id, "topic": "themes/update"})]
    assert desk.dead.sent == []


def test_a_dead_letter_that_cannot_be_sent_is_not_acknowledged(desk):
    desk.dead.broken = True
    assert desk.record(QueuedMessage("poison", "no JSON"), good(desk)) == ["poison"]


def test_what_a_message_attribute_may_not_hold_is_masked(desk):
    desk.record(desk.message("1", Unreadable("na\x00me", "is bad" + "!" * 300, "Mend it.")))
    told = desk.dead.sent[0][1]
    assert told["field"] == "na?me"
    assert len(told["problem"]) == 256


def test_throttling_fails_one_message_for_now_and_its_redelivery_records_it(desk):
    good_one, other = good(desk, "1"), good(desk, "2", BOB)
    calls = []

    def throttled(number, when):
        calls.append(number)
        if (number, when) == (7, "before"):
            raise Throttled

    items = FaultyItems(desk.items, throttled)
    assert desk.record(good_one, other, items=items) == ["1"]
    assert [name for name, _ in desk.errors] == ["1"]
    assert node("email", BOB) in desk.world.stored_profiles()
    assert desk.dead.sent == []
    assert desk.record(good_one) == []
    assert node("email", ADA) in desk.world.stored_profiles()


def test_any_unforeseen_error_fails_its_own_message_alone(desk):
    assert desk.record(desk.message("bug", ZeroDivisionError()), good(desk)) == ["bug"]
    assert type(desk.errors[0][1]) is ZeroDivisionError


def test_messages_for_which_no_time_is_left_are_delivered_again(desk):
    answers = iter([True, False, False])
    messages = [good(desk, name) for name in ("1", "2", "3")]
    assert desk.record(*messages, enough_time=lambda: next(answers)) == ["2", "3"]


def test_an_oversize_delivery_is_fetched(desk):
    inner = good(desk, "1")
    desk.bucket.kept["oversize/velo/1.json"] = inner.body.encode()
    assert desk.record(QueuedMessage("big", '{"object": "oversize/velo/1.json"}')) == []
    assert desk.world.stored_profiles()


def test_an_oversize_dead_letter_names_its_object(desk):
    inner = desk.message("1", Unreadable("body", "is no JSON.", "Send JSON."))
    desk.bucket.kept["oversize/velo/1.json"] = inner.body.encode()
    desk.record(QueuedMessage("big", '{"object": "oversize/velo/1.json"}'))
    assert desk.dead.sent[0][0] == {"object": "oversize/velo/1.json"}


def test_raw_deliveries_are_kept_one_object_for_each_shop(desk):
    messages = [good(desk, "1"), desk.message("2", order("2"), shop="other"), good(desk, "3")]
    desk.record(*messages)
    (ours, theirs) = sorted(desk.bucket.kept, reverse=True)
    assert ours.startswith("raw/velo/2026-03-01/")
    assert theirs.startswith("raw/other/2026-03-01/")
    lines = gzip.decompress(desk.bucket.kept[ours]).decode().splitlines()
    assert [json.loads(line)["body"] for line in lines] == ["1", "3"]


def test_the_same_deliveries_make_the_same_object(desk):
    messages = [good(desk, "1"), good(desk, "3")]
    desk.record(*messages)
    kept = dict(desk.bucket.kept)
    desk.record(*reversed(messages))
    assert desk.bucket.kept == kept


def test_nothing_is_acknowledged_before_its_raw_body_is_kept(desk):
    desk.bucket.broken = "raw/"
    assert desk.record(good(desk, "1"), good(desk, "2")) == ["1", "2"]
    assert desk.world.stored_profiles() == {}


def backlog(desk):
    held = desk.items.get(keys.backlog())
    return held.body["lag_seconds"] if held else None


def queued(seconds, receives=1):
    return QueuedMessage("1", "{}", datetime.now(UTC) - timedelta(seconds=seconds), receives)


def test_a_lag_of_more_than_a_minute_is_told_and_forgotten_when_it_is_over(desk):
    batches = desk.batches()
    batches.record([queued(20)], NOW, lambda: True)
    assert backlog(desk) is None
    batches.record([queued(300)], NOW, lambda: True)
    assert backlog(desk) == pytest.approx(300, abs=5)
    batches.record([queued(1)], NOW, lambda: True)
    assert backlog(desk) is None


def test_a_lag_is_told_at_most_every_ten_seconds(desk):
    batches = desk.batches()
    for seconds, lag in ((0, 100), (9, 200), (10, 300)):
        batches.record([queued(lag)], NOW + timedelta(seconds=seconds), lambda: True)
        assert backlog(desk) == pytest.approx({0: 100, 9: 100, 10: 300}[seconds], abs=5)


def test_a_message_delivered_again_is_no_lag(desk):
    desk.batches().record([queued(900, receives=3)], NOW, lambda: True)
    assert backlog(desk) is None


def told(desk):
    return [body for body, _ in desk.snapshot.sent]


def test_the_snapshot_is_told_once_for_a_batch_whose_facts_have_changed(desk):
    assert desk.record(good(desk, "1"), good(desk, "2", BOB), good(desk, "3")) == []
    customers = sorted({node("email", ADA), node("email", BOB)})
    assert told(desk) == [{"shop": SHOP.id, "customers": customers, "cause": "event"}]


def test_and_which_products(desk):
    snapshots = [ProductSnapshot(id=number, updated_at=NOW) for number in ("8", "7")]
    desk.record(*(desk.message(one.id, one) for one in snapshots))
    assert told(desk) == [{"shop": SHOP.id, "products": ["7", "8"]}]


def test_of_visitors_whom_nobody_knows_the_snapshot_is_told_nothing(desk):
    desk.record(desk.message("1", browsing(0)))
    assert told(desk) == []


def test_many_customers_are_told_of_in_several_messages(desk):
    some = [good(desk, str(number), f"buyer{number}@example.com") for number in range(MOST_IDS + 1)]
    desk.record(*some)
    assert [len(body["customers"]) for body in told(desk)] == [MOST_IDS, 1]


def test_what_the_snapshot_cannot_be_told_of_is_not_acknowledged(desk):
    desk.snapshot.broken = True
    dead = desk.message("dead", NotConcerned("orders/edited"))
    assert desk.record(good(desk, "1"), dead, good(desk, "2", BOB)) == ["1", "2"]
    desk.snapshot.broken = False
    assert desk.record(good(desk, "1"), good(desk, "2", BOB)) == []
    assert len(told(desk)) == 1


def sites(desk):
    return [key for key in desk.bucket.kept if key.startswith("site/new/velo/")]


def test_the_site_is_told_once_of_what_visitors_do_also_of_those_nobody_knows(desk):
    desk.record(desk.message("1", browsing(0)), good(desk, "2"), desk.message("3", browsing(5)))
    (key,) = sites(desk)
    assert [row.visitor for row in unpack(desk.bucket.kept[key]).rows] == [
        visitor_number(node("visitor", "v1"))
    ] * 2


def test_of_customers_whose_browser_is_not_known_the_site_is_told_nothing(desk):
    desk.record(good(desk, "1"))
    assert sites(desk) == []


def test_what_the_site_cannot_be_told_of_is_not_acknowledged(desk):
    desk.bucket.broken = "site/"
    assert desk.record(desk.message("1", browsing(0))) == ["1"]
    desk.bucket.broken = None
    assert desk.record(desk.message("1", browsing(0))) == []
    assert len(sites(desk)) == 1


def test_a_rule_that_could_not_be_answered_is_counted(desk):
    class Failing:
        def matches(self, *_):
            raise ZeroDivisionError

    def load(items, shop):
        layout = Layout().extended({"best": "1"})
        return replace(without_segments(items, shop), rules={"best": Failing()}, layout=layout)

    batches = desk.batches()
    batches = batches._replace(recorder=batches.recorder._replace(load=load))
    assert batches.record([good(desk, "1")], NOW, lambda: True) == []
    counted = ("RulesFailed", 1, {"shop": SHOP.id, "segment": "best", "error": "ZeroDivisionError"})
    assert counted in desk.counts.counted


def test_a_batch_reads_the_segments_of_its_shop_once(desk):
    loads = []

    def load(items, shop):
        loads.append(shop.id)
        return without_segments(items, shop)

    batches = desk.batches()
    batches = batches._replace(recorder=batches.recorder._replace(load=load))
    batches.record([good(desk, "1"), good(desk, "2", BOB)], NOW, lambda: True)
    assert loads == [SHOP.id]
    batches.record([good(desk, "1")], NOW, lambda: True)
    assert loads == [SHOP.id, SHOP.id]
