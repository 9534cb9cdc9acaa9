"""What the state machines do between the Lambdas' answers, as events of a virtual clock.

That the definitions' loops do this is proven in tests/statemachines; here their tables are read, and their
waits played.
"""

from collections.abc import Mapping
from typing import Any

import yaml

from kairos.domain.message import CodeWish, StepRequest
from kairos.services.checking import Checking, CheckRequest, check
from kairos.services.sending.send import Sending, answer
from kairos.services.stepping import read_timeline, take_step
from local.place import ROOT

MACHINES = ROOT / "statemachines"
_OPEN = ("not ordered_since_cart", "cart_abandoned")

Wait = float | None
"""Seconds after which to ask again; None: the run is over."""


def timelines() -> dict[str, Mapping[str, Any]]:
    """By scenario: the table of steps in its definition."""
    found = {}
    for path in sorted(MACHINES.glob("*.asl.yaml")):
        states = yaml.safe_load(path.read_text())["States"]
        if "FollowSteps" in states:
            found[path.name.partition(".")[0]] = states["FollowSteps"]["Arguments"]["Input"]
    return found


class FollowedSteps:
    """follow_steps of one run."""

    def __init__(self, sending: Sending, table: Mapping[str, Any], given: Mapping[str, Any]) -> None:
        self._sending = sending
        self._timeline = read_timeline({**table, "shop": given["shop"], "run": given["run"]})

    def go_on(self) -> Wait:
        told = take_step(self._sending, self._timeline)
        return told.wait_seconds if told.decision == "wait" else None


class LeftCart:
    """abandoned_cart of one run."""

    def __init__(self, sending: Sending, checking: Checking, given: Mapping[str, Any]) -> None:
        self._sending, self._checking, self._given = sending, checking, given
        self._next = self._look

    def go_on(self) -> Wait:
        return self._next()

    def _look(self) -> Wait:
        request = CheckRequest(
            shop=self._given["shop"],
            run=self._given["run"],
            criteria=("recent_buyer",),
            only_if=(*_OPEN, "not ordered_recently"),
        )
        self._found = found = check(self._checking, request)
        if found.decision != "go":
            return found.wait_seconds if found.decision == "wait" else None
        self._recent = found.facts["recent_buyer"]
        self._quiet = found.durations["wait_recent_buyer" if self._recent else "wait_newcomer"]
        self._next = self._remind
        return max(0, self._quiet - found.quiet_seconds)

    def _remind(self) -> Wait:
        told = answer(
            self._sending,
            StepRequest(
                shop=self._given["shop"],
                run=self._given["run"],
                step="reminder_1",
                only_if=(*_OPEN, "not ordered_recently"),
                quiet_for=self._quiet,
                last=self._recent,
            ),
        )
        if told.decision == "wait":
            return told.wait_seconds
        if told.decision == "end" or self._recent:
            return None
        self._next = self._offer
        return self._found.durations["code_wait"]

    def _offer(self) -> Wait:
        settings, durations = self._given["settings"], self._found.durations
        told = answer(
            self._sending,
            StepRequest(
                shop=self._given["shop"],
                run=self._given["run"],
                step="reminder_2",
                only_if=(*_OPEN, "not recent_buyer"),
                quiet_for=durations["code_wait"],
                code=CodeWish(
                    source=settings["code_source"],
                    pool=settings["code_pool"],
                    percent=settings["code_percent"],
                    valid_for=durations["code_valid"],
                    pause=durations["next_code_after"],
                ),
                last=True,
            ),
        )
        return told.wait_seconds if told.decision == "wait" else None
