"""Two or three workers at once, one call of the store at a time, in every order that is drawn."""

import threading
from itertools import count

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kairos.domain.customer import CustomerSnapshot
from tests.unit.recording.histories import histories
from tests.unit.recording.stories import ADA, BOB, PHONE, browsing, cart, checkout, refund
from tests.unit.recording.test_order_free import assert_alike, recorded_in_order
from tests.unit.recording.world import World, at, order, who

bounded = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


class Turns:
    """Lets exactly one worker do exactly one call at a time; `choices` says which of those still at work."""

    def __init__(self, choices):
        self.choices = choices
        self.waiting = {}
        self.errors = []
        self.changed = threading.Condition()

    def call(self, worker):
        with self.changed:
            self.waiting[worker] = True
            self.changed.notify_all()
            self.changed.wait_for(lambda: not self.waiting[worker], timeout=10)

    def run(self, jobs):
        threads = [threading.Thread(target=self._work, args=pair) for pair in enumerate(jobs)]
        self.waiting = dict.fromkeys(range(len(jobs)), False)
        for thread in threads:
            thread.start()
        turn = 0
        with self.changed:
            while self.waiting:
                assert self.changed.wait_for(lambda: all(self.waiting.values()), timeout=10)
                if self.waiting:
                    at_work = sorted(self.waiting)
                    chosen = at_work[self.choices[turn % len(self.choices)] % len(at_work)]
                    self.waiting[chosen] = False
                    self.changed.notify_all()
                    turn += 1
        for thread in threads:
            thread.join()
        assert self.errors == []

    def _work(self, worker, job):
        try:
            job(lambda _, when: self.call(worker) if when == "before" else None)
        except Exception as error:
            self.errors.append(error)
        finally:
            with self.changed:
                del self.waiting[worker]
                self.changed.notify_all()


def job(world, telling):
    return lambda on_call: world.deliver(*telling, on_call=on_call)


CLAIMED_THEN_LINKED = [
    (
        order("1", lines=(), identities=who(platform_id="c1", visitor="v1")),
        browsing(0, cart(0), identities=who(email=ADA, verified=False), identified_at=at(0)),
    ),
    (CustomerSnapshot(id="c1", updated_at=at(0), identities=who(platform_id="c1", email=ADA)),),
]


@given(histories, st.lists(st.integers(0, 2), min_size=1, max_size=40), st.integers(2, 3))
@example(CLAIMED_THEN_LINKED, [0], 2)
@example(CLAIMED_THEN_LINKED, [1], 2)
@example(CLAIMED_THEN_LINKED, [0, 1], 2)
@bounded
def test_workers_interleaved_at_every_call_leave_the_same_state(history, choices, at_once):
    together = history[-at_once:]
    world = recorded_in_order(history[:-at_once])
    Turns(choices).run([job(world, telling) for telling in together])
    assert_alike(world, recorded_in_order(history))


ADA_ORDERS = order("1", 1, identities=who(platform_id="c1", email=ADA, phone=PHONE, visitor="v1"))
BOB_ORDERS = order("1", 2, "cancelled", identities=who(email=BOB, phone=PHONE, visitor="v1"))
ADA_LEAVES_A_CART = checkout(1, identities=who(email=ADA, visitor="v1"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (ADA_ORDERS, BOB_ORDERS),
        (BOB_ORDERS, ADA_ORDERS),
        (browsing(0), ADA_ORDERS),
        (browsing(0, cart(0)), browsing(1, identities=who(email=ADA), identified_at=at(1))),
        (ADA_LEAVES_A_CART, order("1", 2, identities=who(email=BOB), checkout_token="t1")),
        (order("1", 2, identities=who(email=BOB), checkout_token="t1"), ADA_LEAVES_A_CART),
        (refund(0), ADA_ORDERS),
        (checkout(2, cart_token="k2", identities=who(email=BOB)), ADA_LEAVES_A_CART),
        (ADA_LEAVES_A_CART, checkout(2, cart_token="k2", identities=who(email=BOB))),
    ],
)
def test_a_worker_overtaken_at_each_single_call_leaves_the_same_state(one, other):
    ideal = recorded_in_order([(one,), (other,)])
    for place in count():
        world, overtaken = World(), []

        def overtake(call, when, world=world, place=place, overtaken=overtaken):
            if (call, when) == (place, "before"):
                overtaken.append(world.deliver(other))

        world.deliver(one, on_call=overtake)
        if not overtaken:
            break
        assert_alike(world, ideal)
    assert place > 5
