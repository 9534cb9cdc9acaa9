"""Every path of abandoned_cart, on the real definition with the real functions."""

import pytest

from kairos.domain.errors import Conflict, Throttled, Unavailable
from tests.statemachines.paths import PATHS, ScenarioPath
from tests.statemachines.world import BUYER, World

MOST_STATES = 12


@pytest.mark.parametrize("path", PATHS, ids=[path.name for path in PATHS])
def test_path(world: World, path: ScenarioPath) -> None:
    path.arrange(world)

    assert world.run() == path.states
    assert world.waited == path.waits
    assert world.subjects == path.mails
    assert (world.only_run().state, world.only_run().reason) == ("ended", path.reason)


@pytest.mark.parametrize("path", [one for one in PATHS if one.usual], ids=lambda path: path.name)
def test_a_usual_path_is_cheap(path: ScenarioPath) -> None:
    assert len(path.states) <= MOST_STATES


def test_an_executions_history_holds_no_address_and_no_code(world: World) -> None:
    world.change_cart()
    world.run()

    assert "cart:cart-1" in world.history
    assert BUYER not in world.history
    assert "FIVE-A" not in world.history


def test_a_mistyped_address_corrected_at_the_checkout_gets_the_reminder(world: World) -> None:
    world.check_out("buyer@example.orgg")
    world.later(world.check_out, minutes=2)

    world.run()
    assert [mail.to for mail in world.outbox.mails] == [BUYER, BUYER]


@pytest.mark.parametrize("function", ["check", "send_message"])
@pytest.mark.parametrize("error", [Throttled("slow down"), Unavailable("no answer"), Conflict("changed")])
def test_a_call_that_fails_for_the_moment_is_repeated(world: World, function: str, error: Exception) -> None:
    world.change_cart()
    world.crash_once(function, error)

    assert world.run()[-1] == "EndRun"
    assert len(world.subjects) == 2
