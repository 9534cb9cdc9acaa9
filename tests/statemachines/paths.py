"""The paths of abandoned_cart: what happens in the shop, and what must come of it."""

from collections.abc import Callable
from datetime import time, timedelta
from typing import NamedTuple

from kairos.domain.shop import QuietHours
from tests.statemachines.world import CART, World

HOUR = 3600
REMINDER = "abandoned_cart reminder_1"
CODE = "abandoned_cart reminder_2 FIVE-A"

LOOKED = ["LookAtCart", "ChooseWait"]
REMINDED = [*LOOKED, "WaitForOrder", "SendReminder", "AfterReminder"]
CODED = [*REMINDED, "WaitForCode", "SendCode", "AfterCode"]
END = ["EndRun"]


class ScenarioPath(NamedTuple):
    """arrange: what happens, now and planned. waits: seconds. mails: subjects. reason: the run's.

    usual: no retry and the cart unchanged, so that it is counted in docs/scenarios.md.
    """

    name: str
    arrange: Callable[[World], None]
    states: list[str]
    waits: list[int]
    mails: list[str]
    reason: str
    usual: bool = True


def _newcomer(world: World) -> None:
    world.change_cart()


def _recent_buyer(world: World) -> None:
    world.order(ago=timedelta(days=30))
    world.change_cart()


def _bought_long_ago(world: World) -> None:
    world.order(ago=timedelta(days=200))
    world.change_cart()


def _ordered_lately(world: World) -> None:
    world.order(ago=timedelta(days=14, hours=23))
    world.change_cart()


def _ordered_in_between(world: World) -> None:
    world.change_cart()
    world.later(world.order, hours=2)


def _order_told_late(world: World) -> None:
    """Placed an hour before the cart was filled, told two hours after it."""
    world.change_cart()
    world.later(lambda: world.order(ago=timedelta(hours=3)), hours=2)


def _became_an_unpaid_order(world: World) -> None:
    world.change_cart()
    world.later(lambda: world.order(status="pending", cart=CART), hours=2)


def _ordered_after_reminder(world: World) -> None:
    world.change_cart()
    world.later(world.order, hours=10)


def _emptied(world: World) -> None:
    world.change_cart()
    world.later(lambda: world.change_cart(items=0), hours=2)


def _withdrawn(world: World) -> None:
    world.change_cart()
    world.later(lambda: world.consent("withdrawn"), hours=2)


def _withdrawn_after_reminder(world: World) -> None:
    world.change_cart()
    world.later(lambda: world.consent("withdrawn"), hours=10)


def _erased(world: World) -> None:
    world.change_cart()
    world.later(world.erase, hours=2)


def _switched_off(world: World) -> None:
    world.change_cart()
    world.later(lambda: world.put_scenario(enabled=False), hours=2)


def _changed_while_waiting(world: World) -> None:
    world.change_cart()
    world.later(lambda: world.change_cart(items=2), hours=3)


def _changed_before_code(world: World) -> None:
    world.change_cart()
    world.later(lambda: world.change_cart(items=2), hours=10)


def _identified_late(world: World) -> None:
    world.register()
    world.browse("v-1")
    assert not world.started
    world.wait(3 * HOUR)
    world.identify("v-1")
    world.waited.clear()


def _identified_long_after(world: World) -> None:
    world.register()
    world.browse("v-1")
    world.wait(30 * HOUR)
    world.identify("v-1")
    world.waited.clear()


def _nameless_cart_checked_out(world: World) -> None:
    world.record(world.cart())
    assert not world.started
    world.wait(3 * HOUR)
    world.check_out()
    world.waited.clear()


def _quiet_hours(world: World) -> None:
    # Noon in UTC is 13:00 in Berlin; the reminder would fall on 17:00.
    world.put_shop(quiet_hours=QuietHours(start=time(16), end=time(19)))
    world.change_cart()


def _pool_empty(world: World) -> None:
    world.put_scenario(code_pool="never-uploaded")
    world.change_cart()


def _left_at_shipping(world: World) -> None:
    world.put_shop(free_shipping=True)
    world.order(ago=timedelta(days=30))
    world.change_cart(step="shipping")


def _webhooks_queue(world: World) -> None:
    world.queue_lags(150)
    world.change_cart()


PATHS = [
    ScenarioPath(
        "newcomer: reminder after 4 h, code 24 h later",
        _newcomer,
        CODED + END,
        [4 * HOUR, 24 * HOUR],
        [REMINDER, CODE],
        "finished",
    ),
    ScenarioPath(
        "last order long ago: as a newcomer",
        _bought_long_ago,
        CODED + END,
        [4 * HOUR, 24 * HOUR],
        [REMINDER, CODE],
        "finished",
    ),
    ScenarioPath(
        "recent buyer: reminder after 24 h, no code",
        _recent_buyer,
        REMINDED + END,
        [24 * HOUR],
        [REMINDER],
        "finished",
    ),
    ScenarioPath("too recent an order", _ordered_lately, LOOKED + END, [], [], "ordered too recently"),
    ScenarioPath("ordered in between", _ordered_in_between, REMINDED + END, [4 * HOUR], [], "ordered since"),
    ScenarioPath(
        "an order of before the cart is told late",
        _order_told_late,
        REMINDED + END,
        [4 * HOUR],
        [],
        "ordered too recently",
    ),
    ScenarioPath(
        "cart became an order that is not paid yet",
        _became_an_unpaid_order,
        REMINDED + END,
        [4 * HOUR],
        [],
        "ordered since",
    ),
    ScenarioPath(
        "ordered after the reminder",
        _ordered_after_reminder,
        CODED + END,
        [4 * HOUR, 24 * HOUR],
        [REMINDER],
        "ordered since",
    ),
    ScenarioPath("cart emptied", _emptied, REMINDED + END, [4 * HOUR], [], "cart emptied"),
    ScenarioPath("consent withdrawn", _withdrawn, REMINDED + END, [4 * HOUR], [], "no consent"),
    ScenarioPath(
        "consent withdrawn after the reminder",
        _withdrawn_after_reminder,
        CODED + END,
        [4 * HOUR, 24 * HOUR],
        [REMINDER],
        "no consent",
    ),
    ScenarioPath("erased in between", _erased, REMINDED + END, [4 * HOUR], [], "erased"),
    ScenarioPath("scenario switched off", _switched_off, REMINDED + END, [4 * HOUR], [], "switched off"),
    ScenarioPath(
        "visitor identified late, 3 h after leaving",
        _identified_late,
        CODED + END,
        [1 * HOUR, 24 * HOUR],
        [REMINDER, CODE],
        "finished",
    ),
    ScenarioPath(
        "visitor identified late, 30 h after leaving",
        _identified_long_after,
        CODED + END,
        [0, 24 * HOUR],
        [REMINDER, CODE],
        "finished",
    ),
    ScenarioPath(
        "cart without a name, joined by a checkout",
        _nameless_cart_checked_out,
        CODED + END,
        [4 * HOUR, 24 * HOUR],
        [REMINDER, CODE],
        "finished",
    ),
    ScenarioPath(
        "no code left",
        _pool_empty,
        CODED + END,
        [4 * HOUR, 24 * HOUR],
        [REMINDER],
        "finished: no code left",
    ),
    ScenarioPath(
        "left at the shipping step: free shipping",
        _left_at_shipping,
        REMINDED + END,
        [24 * HOUR],
        [f"{REMINDER} free_shipping"],
        "finished",
    ),
    ScenarioPath(
        "cart changed while waiting",
        _changed_while_waiting,
        [*LOOKED, *REMINDED[2:], *CODED[2:], *END],
        [4 * HOUR, 3 * HOUR, 24 * HOUR],
        [REMINDER, CODE],
        "finished",
        usual=False,
    ),
    ScenarioPath(
        "cart changed before the code",
        _changed_before_code,
        [*CODED, *CODED[5:], *END],
        [4 * HOUR, 24 * HOUR, 6 * HOUR],
        [REMINDER, CODE],
        "finished",
        usual=False,
    ),
    ScenarioPath(
        "reminder falls into quiet hours",
        _quiet_hours,
        [*LOOKED, *REMINDED[2:], *CODED[2:], *END],
        [4 * HOUR, 2 * HOUR, 24 * HOUR],
        [REMINDER, CODE],
        "finished",
        usual=False,
    ),
    ScenarioPath(
        "webhooks queue for more than 2 minutes",
        _webhooks_queue,
        [*LOOKED, "WaitForWebhooks", *CODED, *END],
        [60, 4 * HOUR - 60, 24 * HOUR],
        [REMINDER, CODE],
        "finished",
        usual=False,
    ),
]
