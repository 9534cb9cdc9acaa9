"""Two or three workers at once, one call of the store at a time, in every order that is drawn."""

import threading

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.recording.histories import histories
from tests.unit.recording.test_order_free import assert_alike, recorded_in_order

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


@given(histories, st.lists(st.integers(0, 2), min_size=1, max_size=40), st.integers(2, 3))
@bounded
def test_workers_interleaved_at_every_call_leave_the_same_state(history, choices, at_once):
    together = history[-at_once:]
    world = recorded_in_order(history[:-at_once])
    Turns(choices).run([job(world, telling) for telling in together])
    assert_alike(world, recorded_in_order(history))
