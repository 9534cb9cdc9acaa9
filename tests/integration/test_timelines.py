"""Timelines on deployed stacks: of a year in three minutes, and of two weeks in four."""

import itertools
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from local import stack as local_stack
from local.place import Place
from local.running_stack import RunningStack
from local.traffic import Plain
from tests.integration.conftest import open_port
from tests.integration.shops import open_shop, sender_of, until, until_recorded

ROOT = Path(__file__).parents[2]
SCALE = 6e-6
"""A day lasts half a second: the three days after which a cause is too old leave an event time to arrive."""

DAY = timedelta(days=1)
"""On the stack of all tests, whose clock is slower, it passes in 17 seconds."""

PERCENTAGES = (5, 10, 15)


@pytest.fixture(scope="module")
def running(stack: dict[str, Any]) -> RunningStack:
    return RunningStack(stack)


@pytest.fixture(scope="module")
def hurrying(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    auth = os.environ.get("AUTH", "").lower() == "true"
    place = Place(tmp_path_factory.mktemp("fast"), open_port(), SCALE, auth)
    try:
        yield RunningStack(local_stack.up(place))
    finally:
        local_stack.down(place)
        for folder in ("build", "cache", "state", "tmp"):
            shutil.rmtree(place.home / folder, ignore_errors=True)


class Timed:
    """A shop whose customers' time passes quickly."""

    def __init__(self, running: RunningStack, **settings: Any) -> None:
        self.running = running
        self.shop = open_shop(running, "generic", currency="EUR", languages=["en"], **settings)

    def api(self, method: str, path: str, body: Any = None) -> Any:
        status, told = self.running.api(method, f"/v1/shops/{self.shop}{path}", body)
        assert status in (200, 201), told
        return told

    def tell(self, **body: Any) -> None:
        sent = sender_of(self.running, self.shop, "generic").post(
            Plain(json.dumps(body).encode(), {"Content-Type": "application/json"})
        )
        assert sent.status == 200, sent.body

    def shop_time(self, ago: timedelta) -> str:
        """What the shop's own clock said so long ago by the stack's."""
        anchors = self.running.anchors
        shown = self.running.shown_now() - ago
        if shown < anchors.shown:
            return shown.isoformat()
        return (anchors.real + (shown - anchors.shown) * anchors.wait_scale).isoformat()

    def registers(self, name: str, phone: str | None = None, **about: Any) -> None:
        now = datetime.now(UTC).isoformat()
        who = {"id": name, "email": f"{name}@example.com", **({"phone": phone} if phone else {}), **about}
        channels = ["email", *(["sms"] if phone else [])]
        consents = [{"channel": one, "state": "granted", "at": now, "source": "form"} for one in channels]
        self.tell(type="customer", updated_at=now, registered_at=now, customer=who, consents=consents)

    def order(self, name: str, total: str, ago: timedelta) -> None:
        at = self.shop_time(ago)
        who, amounts = {"id": name, "email": f"{name}@example.com"}, {"currency": "EUR", "total": total}
        consent = {"channel": "email", "state": "granted", "at": at, "source": "checkout"}
        self.tell(type="order", id=f"{name}-{at}", updated_at=at, placed_at=at, status="paid",
                  amounts=amounts, customer=who, consents=[consent])  # fmt: skip

    def tick(self) -> None:
        event = (ROOT / "events" / "tick.json").read_bytes()
        name = self.running.told["outputs"]["RecomputeFunctionName"]
        answer = self.running.aws("lambda").invoke(FunctionName=name, Payload=event)
        assert "errorMessage" not in json.loads(answer["Payload"].read())

    def runs(self, name: str, scenario: str) -> list[dict[str, Any]]:
        """As `why` explains them, the first to begin first."""
        known = self.running.customer(self.shop, f"{name}@example.com")
        if known is None:
            return []
        told = self.api("GET", f"/customers/{known['id']}/why?scenario={scenario}")
        return list(reversed(told["runs"]))

    def messages(self, name: str, scenario: str) -> list[tuple[str, str]]:
        """(step, channel) of what was sent, in its order."""
        found = [one for run in self.runs(name, scenario) for one in run["messages"]]
        found.sort(key=lambda one: str(one["reserved_at"]))
        return [(one["step"]["step"], one["channel"]) for one in found]

    def delivered(self, name: str, scenario: str) -> bool:
        states = [one["state"] for run in self.runs(name, scenario) for one in run["messages"]]
        return set(states) <= {"sent"}

    def over(self, name: str, scenario: str, runs: int = 1) -> bool:
        found = self.runs(name, scenario)
        return len(found) >= runs and all(one["state"] == "ended" for one in found)


def texts_to(running: RunningStack, address: str) -> list[str]:
    return [one["text"] for one in running.mails() if address in one["to"]]


def passes(shop: Timed, done: Callable[[], bool], what: str, seconds: float) -> None:
    """Time passes, tick by tick, until it is so."""

    def ticked() -> bool:
        shop.tick()
        return done()

    until(ticked, what, seconds)


def warmed_up(shop: Timed) -> None:
    """Until an event starts a run: a function that is called for the first time takes days of this clock."""
    shop.api("PUT", "/scenarios/second_order", {"enabled": True})
    until(lambda: bool(shop.api("GET", "/scenarios/second_order")["watching"]), "customers enter", 60)
    numbers = itertools.count()

    def started() -> bool:
        name = f"warm-{next(numbers)}"
        shop.order(name, "10.00", timedelta())
        until_recorded(shop.running)
        time.sleep(2)
        return bool(shop.runs(name, "second_order"))

    until(started, "an event starts a run in time", 60)
    shop.api("PUT", "/scenarios/second_order", {"enabled": False})


@pytest.mark.proof
def test_win_back_sends_its_codes_after_3_6_and_12_months_in_three_runs(hurrying: RunningStack) -> None:
    running, shop = hurrying, Timed(hurrying)
    warmed_up(shop)
    pools = {}
    for percent in PERCENTAGES:
        pools[percent] = f"off-{percent}"
        codes = [f"OFF{percent}-{number}" for number in range(20)]
        shop.api("POST", "/codes/pools", {"name": pools[percent], "codes": codes})
    settings = {
        "welcome_pool": pools[5],
        "second_pool": pools[5],
        "second_loyal_pool": pools[10],
        "ultimatum_pool": pools[10],
        "ultimatum_loyal_pool": pools[15],
    }
    shop.order("ada", "240.00", timedelta(days=80))
    for days in (300, 220, 150, 80):
        shop.order("bob", "40.00", timedelta(days=days))
    until_recorded(running)
    shop.api("PUT", "/scenarios/win_back", {"enabled": True, "settings": settings})
    until(lambda: bool(shop.api("GET", "/scenarios/win_back")["watching"]), "customers enter", 60)

    def finished() -> bool:
        return all(
            shop.over(one, "win_back", 3) and shop.delivered(one, "win_back") for one in ("ada", "bob")
        )

    passes(shop, finished, "three runs each", 400)
    assert [step for step, _ in shop.messages("ada", "win_back")] == [
        "welcome_back",
        "second_offer",
        "ultimatum",
    ]
    assert [step for step, _ in shop.messages("bob", "win_back")] == [
        "whats_new",
        "second_offer",
        "ultimatum",
    ]
    assert [_code_in(text) for text in texts_to(running, "ada@example.com")] == ["OFF5", "OFF5", "OFF10"]
    assert [_code_in(text) for text in texts_to(running, "bob@example.com")] == [None, "OFF10", "OFF15"]
    for name in ("ada", "bob"):
        entries = [run["entry"] for run in shop.runs(name, "win_back")]
        assert entries == ["month_3", "month_6", "month_12"]


def _code_in(text: str) -> str | None:
    return next((f"OFF{one}" for one in sorted(PERCENTAGES, reverse=True) if f"OFF{one}-" in text), None)


def _birthday(years: int) -> str:
    """Of somebody who was that old a month ago by any clock that is up to some years ahead."""
    return f"{datetime.now(UTC).year - years - 1}-01-01"


ASSETS = {
    "guide": "https://shop.example.com/guide.pdf",
    "video": "https://shop.example.com/film",
    "video_still": "https://shop.example.com/film.jpg",
    "webinar": "https://shop.example.com/webinar",
    "chat": "https://shop.example.com/chat",
}
YOUNG = ["need_a_hand", "any_questions", "trending", "guided_tour", "first_order_code", "questionnaire"]
FAMILY = ["welcome_family", "any_questions", "video", "guided_tour", "first_order_code", "questionnaire"]
SENIOR = ["welcome_guide", "any_questions", "webinar", "guided_tour", "questionnaire", "first_order_code"]
EVERYONE = ["any_questions", "guided_tour", "questionnaire"]


@pytest.mark.proof
def test_prospects_sends_each_tracks_and_everyones_steps_on_their_days(running: RunningStack) -> None:
    uncapped = {"free_until_delivered": 100}  # a sixth message would wait for a week
    shop = Timed(running, pages=ASSETS, channels={"sms": {"sender_id": "Lumen"}}, sending=uncapped)
    shop.api("POST", "/codes/pools", {"name": "first", "codes": [f"FIRST-{n}" for n in range(20)]})
    settings = {"code_pool": "first"}
    shop.api("PUT", "/scenarios/prospects", {"enabled": True, "settings": settings})
    until(lambda: bool(shop.api("GET", "/scenarios/prospects")["watching"]), "customers enter", 60)
    shop.registers("wanda")
    until(lambda: bool(shop.messages("wanda", "prospects")), "all functions have been called once", 90)
    shop.registers("yara", "+41790001101", birthday=_birthday(25), attributes={"area": "urban"})
    shop.registers("finn", birthday=_birthday(40), attributes={"area": "residential"})
    shop.registers("sena", birthday=_birthday(60), attributes={"area": "urban"})
    shop.registers("nils")
    shop.registers("mara")
    shop.registers("cleo")
    until(
        lambda: all(
            ("any_questions", "email") in shop.messages(one, "prospects") for one in ("mara", "cleo")
        ),
        "T+2",
        60,
    )
    shop.registers("mara", birthday=_birthday(40), attributes={"area": "residential"})  # she has told her age
    now = datetime.now(UTC).isoformat()
    line = {"product_id": "p-1", "title": "Desk lamp", "quantity": 1, "price": "54.90"}
    shop.tell(type="cart", id="cart-cleo", created_at=now, updated_at=now, currency="EUR", total="54.90",
              lines=[line], customer={"id": "cleo", "email": "cleo@example.com"})  # fmt: skip
    everybody = ("yara", "finn", "sena", "nils", "mara", "cleo")
    until(lambda: all(shop.over(one, "prospects") for one in everybody), "all runs are over", 400)
    until(lambda: all(shop.delivered(one, "prospects") for one in everybody), "all is delivered", 30)

    sent = {name: shop.messages(name, "prospects") for name in everybody}
    assert {name: [step for step, _ in told] for name, told in sent.items()} == {
        "yara": YOUNG,
        "finn": FAMILY,
        "sena": SENIOR,
        "nils": EVERYONE,
        "mara": ["any_questions", "video", "guided_tour", "first_order_code", "questionnaire"],
        "cleo": ["any_questions"],
    }
    by_sms = [(name, step) for name, told in sent.items() for step, channel in told if channel == "sms"]
    assert by_sms == [("yara", "first_order_code")]
    for name in ("yara", "finn", "sena", "nils"):
        [run] = shop.runs(name, "prospects")
        began = datetime.fromisoformat(run["since"])
        for one in run["messages"]:
            late = datetime.fromisoformat(one["reserved_at"]) - began
            day = _day_of(one["step"]["step"], name)
            assert day <= late / DAY < day + 1.5, (name, one)
    [ended] = shop.runs("cleo", "prospects")
    assert ended["reason"] == "filled a cart"


def _day_of(step: str, name: str) -> int:
    code = {"yara": 7, "finn": 10, "sena": 14}.get(name, 0)
    return {
        "need_a_hand": 1, "welcome_family": 1, "welcome_guide": 1, "any_questions": 2, "trending": 3,
        "video": 4, "webinar": 5, "guided_tour": 6, "questionnaire": 12, "first_order_code": code,
    }[step]  # fmt: skip
