"""Whatever happens, at whatever instant: no customer holds two open codes, and no code is given twice."""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kairos import keys
from kairos.domain.errors import Conflict
from kairos.ports import NotSent
from kairos.services.codes import CodeClaim
from kairos.services.codes.tally import stock_of
from tests.unit.sending.test_codes import customer_number
from tests.unit.sending.world import World

DAY = 86400
WISH = {"valid_for": 2 * DAY, "pause": 0, "percent": 5, "optional": True}

who = st.integers(0, 2)
ask = st.tuples(st.just("ask"), who, st.integers(0, 3), st.sampled_from(["pool", "shop"]))
race = st.tuples(st.just("race"), st.tuples(who, who), st.integers(0, 3), st.sampled_from(["pool", "shop"]))
other = st.tuples(
    st.sampled_from(["upload", "deliver", "refuse", "days"]), st.integers(0, 3), st.just(0), st.just("")
)
happenings = st.lists(st.one_of(ask, race, other), max_size=12)


class Crowd:
    """Three customers of one shop, each with runs that want a code, and a pool."""

    def __init__(self) -> None:
        self.world = World()
        self.customers = [self.world, customer_number(self.world, 1), customer_number(self.world, 2)]
        self.uploaded: set[str] = set()

    def ask(self, customer: int, run: int, source: str) -> None:
        theirs = self.customers[customer]
        made = theirs.run.model_copy(update={"cause": f"cart:of{customer}-{run}", "customer": theirs.node})
        if self.world.store.get(keys.run("lumen", made.id)) is None:
            self.world.put(keys.run("lumen", made.id), made.as_json())
        wish = {**WISH, "source": source} | ({"pool": "pool"} if source == "pool" else {})
        with suppress(Conflict):
            theirs.ask(run=made.id, code=wish, step="reminder_2")

    def race(self, both: tuple[int, int], run: int, source: str) -> None:
        """One asks between the other's reading and writing."""
        store, raced = self.world.store, []
        transact = store.transact

        def first_the_rival(writes: Any) -> None:
            if not raced:
                raced.append(True)
                self.ask(both[1], (run + 1) % 4, source)
            transact(writes)

        store.transact = first_the_rival  # type: ignore[method-assign]
        self.ask(both[0], run, source)
        store.transact = transact  # type: ignore[method-assign]

    def upload(self, number: int) -> None:
        codes = [f"C{number}", f"c{number}x", "TWICE"]
        self.uploaded |= set(codes)
        self.world.upload_codes(*codes)

    def deliver(self, refused: bool) -> None:
        for _ in range(len(self.world.queue.messages)):
            if refused:
                self.world.provider.outcomes = [NotSent("rejected", for_now=False)]
            self.world.deliver_once(last_chance=True)
        self.world.provider.outcomes = []

    def claims(self) -> Iterator[tuple[str, CodeClaim]]:
        for key, item in self.world.store.stored.items():
            if key.sk.startswith("code#"):
                yield key.pk, CodeClaim.model_validate(item.body)

    def check(self) -> None:
        now = self.world.clock.now()
        open_ones = Counter(customer for customer, claim in self.claims() if claim.is_open(now, ()))
        assert max(open_ones.values(), default=0) <= 1, "two open codes"
        texts = Counter(claim.code.casefold() for _, claim in self.claims())
        assert max(texts.values(), default=0) <= 1, "a code given twice"
        pool = keys.free_code("lumen", "pool", "").pk
        free, taken = (len(self.world.store.query(pool, f"{kind}#")) for kind in ("free", "given"))
        assert stock_of(self.world.store, "lumen", "pool") == (free, taken)
        assert free + taken == len(self.uploaded), "none is lost"
        held = {claim.code for _, claim in self.claims() if claim.pool}
        given_away = {item.body["code"] for item in self.world.store.query(pool, "given#")}
        assert held == given_away, "what was refused has gone back"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(happenings)
def test_no_customer_holds_two_open_codes_and_no_code_is_given_twice(happened: list[Any]) -> None:
    crowd = Crowd()
    for kind, subject, run, source in happened:
        match kind:
            case "ask":
                crowd.ask(subject, run, source)
            case "race":
                crowd.race(subject, run, source)
            case "upload":
                crowd.upload(subject)
            case "days":
                crowd.world.clock.advance(subject * DAY)
            case _:
                crowd.deliver(refused=kind == "refuse")
        crowd.check()


def test_the_crowd_is_given_codes_takes_them_back_and_fights_for_the_last_one() -> None:
    crowd = Crowd()
    crowd.upload(1)
    crowd.ask(0, 0, "pool")
    crowd.ask(1, 0, "shop")
    assert Counter(claim.pool for _, claim in crowd.claims()) == {"pool": 1, None: 1}
    crowd.deliver(refused=True)
    assert not list(crowd.claims())
    for customer in range(3):
        crowd.ask(customer, 1, "pool")
    assert stock_of(crowd.world.store, "lumen", "pool") == (0, 3)
    crowd.deliver(refused=False)
    crowd.world.clock.advance(61 * DAY)
    crowd.world.upload_codes("LAST")
    crowd.uploaded.add("LAST")
    crowd.race((1, 2), 2, "pool")
    crowd.check()
    assert stock_of(crowd.world.store, "lumen", "pool") == (0, 4)
