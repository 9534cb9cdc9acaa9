"""Codes that the shop's own API makes when their message is sent: the same one, however often it is asked."""

from datetime import datetime, timedelta
from typing import Any, Literal

import pytest

from kairos import keys
from kairos.domain.discounts import DiscountRules
from kairos.domain.message import CodeWish, LedgerEntry, Step
from kairos.domain.shop import Shop
from kairos.ports import NewCode, NotMade
from kairos.services.codes import CodeClaim, claim_of, claim_writes, made_code, release_writes, upload
from kairos.services.codes.issuing import MARGIN, Issuing, issue
from tests.unit.api.fakes import MemorySecrets
from tests.unit.api.shop_floor import MemoryCounts
from tests.unit.sending.world import SHOP, START, StandingClock, World

WISH = CodeWish(source="shop", percent=10, valid_for=86400)
RULES = DiscountRules(api="https://lumen.myshopify.com")
TODAY = START + timedelta(days=1)


class ShopThatMakes:
    """See ports.ShopCodes. fails: what the next calls raise; made_first: it makes the code all the same."""

    def __init__(self) -> None:
        self.made: dict[str, NewCode] = {}
        self.fails: list[tuple[Exception, bool]] = []
        self.calls = 0

    def make(self, wanted: NewCode) -> Literal["made", "exists"]:
        self.calls += 1
        failure, made_first = self.fails.pop(0) if self.fails else (None, True)
        known = wanted.code in self.made
        if made_first:
            self.made.setdefault(wanted.code, wanted)
        if failure:
            raise failure
        return "exists" if known else "made"


class Counter:
    """One message with a code of the shop's own, about to be sent."""

    def __init__(self, wish: CodeWish = WISH, rules: DiscountRules = RULES) -> None:
        self.world = World()
        self.shop: Shop = SHOP.model_copy(update={"discounts": rules})
        self.api = ShopThatMakes()
        self.counts = MemoryCounts()
        self.secrets = MemorySecrets()
        self.secrets.held[SHOP.id] = {"current": "x", "api": "shpat_example"}
        self.clock = StandingClock()
        step = Step(shop=SHOP.id, scenario="abandoned_cart", run=self.world.run.id, step="reminder_2")
        free = made_code(SHOP.id, wish, step.message_id)
        assert free is not None
        self.entry = LedgerEntry(
            message_id=step.message_id,
            step=step,
            customer=self.world.node,
            channel="email",
            address_node=self.world.node,
            state="reserved",
            reserved_at=START,
            code=free.code,
            code_wish=wish,
            code_valid_for=wish.valid_for,
        )
        claim = claim_of(wish, free, step.message_id, START)
        self.world.store.transact(claim_writes(SHOP.id, self.world.node, free, claim))

    def issue(self, until: datetime = TODAY, shop: Shop | None = None) -> str:
        parts = Issuing(
            self.world.store, self.clock, self.secrets, self.counts, lambda _shop, _secret: self.api
        )
        return issue(parts, shop or self.shop, self.entry, until)

    @property
    def claim(self) -> CodeClaim:
        held = self.world.store.get(keys.code_claim(SHOP.id, self.world.node, self.entry.message_id))
        assert held is not None
        return CodeClaim.model_validate(held.body)


BUSY, REFUSED = NotMade("THROTTLED", for_now=True), NotMade("status 401", for_now=False)


def test_a_code_is_made_with_its_kind_its_minimum_and_a_margin_after_what_the_message_says() -> None:
    counter = Counter(WISH.model_copy(update={"minimum_basket": 5000}))
    assert counter.issue() == "ready"
    [made] = counter.api.made.values()
    assert (made.kind, made.percent, made.minimum) == ("percent", 10, "50.00")
    assert made.code == counter.entry.code
    assert made.starts_at < START
    assert made.ends_at == TODAY + MARGIN


def test_a_code_that_was_made_is_not_asked_for_again() -> None:
    counter = Counter()
    assert [counter.issue(), counter.issue()] == ["ready", "ready"]
    assert counter.api.calls == 1


def test_a_shop_that_is_down_is_asked_again_and_the_code_is_ready_then() -> None:
    counter = Counter()
    counter.api.fails = [(BUSY, False), (BUSY, False)]
    assert [counter.issue(), counter.issue(), counter.issue()] == ["later", "later", "ready"]


def test_a_code_made_before_a_crash_or_time_out_is_the_one_that_is_given() -> None:
    counter = Counter()
    counter.api.fails = [(NotMade("no answer", for_now=True), True)]
    assert counter.issue() == "later"
    assert counter.issue(TODAY + timedelta(minutes=3)) == "ready"
    [made] = counter.api.made.values()
    assert made.ends_at >= TODAY + timedelta(minutes=3), "what the message says must hold"


def test_a_code_that_would_end_before_what_the_message_says_is_never_given() -> None:
    counter = Counter()
    counter.api.fails = [(NotMade("no answer", for_now=True), True)]
    counter.issue()
    late = TODAY + MARGIN + timedelta(minutes=1)
    counter.clock.advance(MARGIN.total_seconds() + 60)
    assert counter.issue(late) == "never"


def test_a_crash_between_asking_and_noting_changes_nothing() -> None:
    class Crash(BaseException):
        pass

    counter = Counter()
    store = counter.world.store
    write, writes = store.write, []

    def crashing(wanted: Any) -> None:
        writes.append(wanted)
        if len(writes) == 2:
            raise Crash
        write(wanted)

    store.write = crashing  # type: ignore[method-assign]
    with pytest.raises(Crash):
        counter.issue()
    assert counter.issue() == "ready"
    assert len(counter.api.made) == 1


def test_a_definite_refusal_is_never() -> None:
    counter = Counter()
    counter.api.fails = [(REFUSED, False)]
    assert counter.issue() == "never"
    assert ("CodesNotMade", {"shop": "lumen", "reason": "status 401"}) in counter.counts.told


@pytest.mark.parametrize("missing", ["address", "secret"])
def test_without_access_to_the_shops_api_there_is_never_a_code(missing: str) -> None:
    counter = Counter(rules=DiscountRules() if missing == "address" else RULES)
    if missing == "secret":
        counter.secrets.held[SHOP.id].pop("api")
    assert counter.issue() == "never"
    assert counter.api.calls == 0


def test_stock_to_move_without_a_collection_that_holds_it_is_never() -> None:
    assert Counter(WISH.model_copy(update={"scope": "stock"})).issue() == "never"


def test_a_code_taken_back_is_forgotten_and_nobody_holds_it() -> None:
    counter = Counter()
    store = counter.world.store
    store.transact(release_writes(store, counter.entry))
    assert not [key for key in store.stored if "code#" in key.pk or key.sk.startswith("code#")]
    assert counter.issue() == "never"


def test_the_text_of_a_code_follows_from_its_message_and_shop() -> None:
    one, again = (made_code("lumen", WISH, "a" * 32) for _ in range(2))
    assert one == again
    assert one != made_code("lumen", WISH, "b" * 32)
    assert one != made_code("lux", WISH, "a" * 32)
    assert made_code("lumen", CodeWish(), "a" * 32) is None


def test_codes_of_a_pool_are_ready_without_a_call_and_a_low_pool_is_counted() -> None:
    counter = Counter()
    entry = {"code_pool": "spring", "code": "A1", "code_wish": CodeWish(pool="spring")}
    counter.entry = counter.entry.model_copy(update=entry)
    upload(counter.world.store, SHOP.id, "spring", [f"C{number}" for number in range(60)])
    assert counter.issue() == "ready"
    assert counter.counts.told == []
    low = SHOP.model_copy(update={"discounts": DiscountRules(warn_below=61)})
    assert counter.issue(shop=low) == "ready"
    assert counter.counts.told == [("CodePoolLow", {"shop": "lumen", "pool": "spring"})]
    assert counter.api.calls == 0


def test_a_message_without_a_code_is_ready() -> None:
    counter = Counter()
    counter.entry = counter.entry.model_copy(update={"code": None})
    assert counter.issue() == "ready"
    assert counter.counts.told == []


# From the decision to the delivery


class Line(Counter):
    """A message whose code the shop makes, from its request on; the shop is asked as deliveries ask it."""

    def __init__(self, **wish: Any) -> None:
        super().__init__()
        self.world = World()
        self.clock = self.world.clock
        self.world.issue = self._issued
        self.said = self.world.ask(code={"source": "shop", "percent": 10, "valid_for": 86400, **wish})

    def _issued(self, entry: LedgerEntry) -> str:
        self.entry = entry
        return self.issue(self.clock.now() + timedelta(days=1))

    def claims(self) -> list[str]:
        return [key.sk for key in self.world.store.stored if key.sk.startswith("code#")]


def test_a_message_goes_with_the_code_that_the_shop_made_valid_from_then() -> None:
    line = Line()
    assert line.said.decision == "send"
    line.clock.advance(3600)
    line.world.deliver_once()
    entry = line.world.entry()
    assert entry is not None
    assert entry.state == "sent"
    assert entry.code in line.api.made
    assert entry.code_expires_at == START + timedelta(days=1, hours=1)
    [mail] = line.world.provider.accepted
    assert entry.code in mail.text


def test_a_shop_that_is_down_holds_the_message_back_until_it_answers() -> None:
    line = Line()
    line.api.fails = [(BUSY, False), (NotMade("no answer", for_now=True), True)]
    assert [line.world.deliver_once(), line.world.deliver_once()] == ["again", "again"]
    assert line.world.provider.calls == []
    assert line.world.deliver_once() == "settled"
    assert len(line.world.provider.accepted) == len(line.api.made) == 1


def test_at_the_last_chance_a_message_that_must_carry_a_code_is_refused_and_its_code_forgotten() -> None:
    line = Line()
    line.api.fails = [(BUSY, False)]
    line.world.deliver_once(last_chance=True)
    entry = line.world.entry()
    assert entry is not None
    assert (entry.state, entry.reason) == ("refused", "no code to be had")
    assert (line.world.provider.calls, line.claims()) == ([], [])


def test_at_the_last_chance_a_message_whose_code_is_optional_goes_without() -> None:
    line = Line(optional=True)
    line.api.fails = [(BUSY, False)]
    line.world.deliver_once(last_chance=True)
    entry = line.world.entry()
    assert entry is not None
    assert (entry.state, entry.code) == ("sent", None)
    assert line.claims() == []
