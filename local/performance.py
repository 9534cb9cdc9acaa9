"""Carts are left, and everybody in the cast does what their part says, as soon as the moment has come.

Nothing is timed: each act waits for what it follows from (a run that began, a mail that came).
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from local.demo_shop.cast import Actor, Part
from local.demo_shop.webhook import Webhook
from local.running_stack import Execution, RunningStack, Visit
from local.traffic import Sender

_PATIENCE_SECONDS = 90
_LAST_MAILS_SECONDS = 15
_OK = 200
Mails = list[dict[str, Any]]


class Performance:
    """One showing. say: takes each line that is told; find: a customer's profile by address."""

    def __init__(
        self,
        stack: RunningStack,
        sender: Sender,
        shop: str,
        cast: tuple[Actor, ...],
        say: Callable[[str], None],
    ) -> None:
        self._stack, self._sender, self._shop, self._cast, self._say = stack, sender, shop, cast, say
        self._told: dict[str, int] = {}
        self._done: set[str] = set()
        self._mails: dict[str, Mails] = {one.person.email: [] for one in cast}
        self._mails_seen = len(stack.mails())

    def run(self, find: Callable[[str], dict[str, Any] | None]) -> list[tuple[Part, Mails]]:
        """Play to the end; answers what everybody got. Ends early when nothing happens any more."""
        for actor in self._cast:
            for webhook in actor.past():
                self._post(webhook)
        self._wait_for_profiles(find)
        for actor in self._cast:
            self._post(actor.leaves_cart(datetime.now(UTC)), actor)
        for actor in self._cast:
            if actor.part.role != "late":
                self._post(actor.begins_checkout(datetime.now(UTC)), actor)
        self._watch()
        return [(one.part, self._mails[one.person.email]) for one in self._cast]

    def _wait_for_profiles(self, find: Callable[[str], dict[str, Any] | None]) -> None:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        missing = list(self._cast)
        while missing and time.monotonic() < deadline:
            missing = [one for one in missing if find(one.person.email) is None]

    def _watch(self) -> None:
        """Look until every run is over and every mail has come, or nothing is to be hoped for."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not self._look() and time.monotonic() < deadline:
            time.sleep(0.1)
        deadline = time.monotonic() + _LAST_MAILS_SECONDS
        while self._awaits_mails() and time.monotonic() < deadline:
            time.sleep(0.1)
            self._take_mails()

    def _awaits_mails(self) -> bool:
        return any(len(self._mails[one.person.email]) < one.part.mails for one in self._cast)

    def _look(self) -> bool:
        """Tell what is new, and act on it; answers whether every run is over."""
        self._take_mails()
        over = True
        for actor in self._cast:
            execution = self._stack.execution(self._shop, actor.cart_token)
            if execution:
                self._tell(actor, execution)
            self._act(actor, execution)
            over = over and execution is not None and execution.status != "RUNNING"
        return over

    def _act(self, actor: Actor, execution: Execution | None) -> None:
        """What this part does now, if its moment has come."""
        role, now = actor.part.role, datetime.now(UTC)
        waits = execution is not None and "WaitForOrder" in execution.states
        if role == "late" and self._others_wait() and self._once(actor, "checkout"):
            self._post(actor.begins_checkout(now), actor)
        elif role == "orders" and waits and self._once(actor, "order"):
            self._post(actor.orders(now), actor)
        elif role == "empties" and waits and self._once(actor, "empty"):
            self._post(actor.empties_cart(now - timedelta(seconds=1), now), actor)
        elif role == "unsubscribes" and self._mails[actor.person.email] and self._once(actor, "unsubscribe"):
            self._unsubscribe(actor)

    def _others_wait(self) -> bool:
        return len(self._told) >= len(self._cast) - 1

    def _once(self, actor: Actor, act: str) -> bool:
        mark = f"{actor.person.number} {act}"
        fresh = mark not in self._done
        self._done.add(mark)
        return fresh

    def _post(self, webhook: Webhook, actor: Actor | None = None) -> None:
        answer = self._sender.post(webhook)
        taken = (
            "accepted" if answer.status == _OK else f"refused: {answer.status} {answer.body.decode()[:200]}"
        )
        if actor:
            self._line(self._stack.shown_now(), actor, f"webhook {webhook.topic} {taken}")

    def _unsubscribe(self, actor: Actor) -> None:
        """As a mail program does it: the address in List-Unsubscribe, one POST (RFC 8058)."""
        link = self._mails[actor.person.email][0]["headers"]["List-Unsubscribe"].strip("<>")
        path = link.removeprefix(self._stack.told["api_url"])
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        page = self._stack.client.ask("GET", path)
        answer = self._stack.client.ask("POST", path, b"List-Unsubscribe=One-Click", form)
        told = f"unsubscribes by the mail's link: page {page.status}, one click {answer.status}"
        self._line(self._stack.shown_now(), actor, told)

    def _take_mails(self) -> None:
        new = self._stack.mails(skip=self._mails_seen)
        self._mails_seen += len(new)
        for mail in new:
            actor = next((one for one in self._cast if one.person.email in mail["to"]), None)
            if actor:
                self._mails[actor.person.email].append(mail)
                self._line(datetime.fromisoformat(mail["at"]), actor, f"mail “{mail['subject']}”")

    def _tell(self, actor: Actor, execution: Execution) -> None:
        """The states entered since the last look, in one line."""
        key = actor.cart_token
        new = execution.visits[self._told.get(key, 0) :]
        self._told[key] = len(execution.visits)
        words = [word for visit in new if (word := _word(visit))]
        ending = _ending(execution) if self._ends(actor, execution) else ""
        if words or ending:
            at = new[0].at if new else self._stack.shown_now()
            self._line(at, actor, " → ".join(words) + ending)

    def _ends(self, actor: Actor, execution: Execution) -> bool:
        return execution.status != "RUNNING" and self._once(actor, "end")

    def _line(self, at: datetime, actor: Actor, text: str) -> None:
        self._say(f"  {at:%d %b %H:%M}  {actor.person.first_name:10} {actor.part.story:38} {text}")


def _word(visit: Visit) -> str:
    if visit.answer is None:
        return visit.state if visit.state not in {"ChooseWait", "AfterReminder", "AfterCode"} else ""
    decision, reason = visit.answer.get("decision", ""), visit.answer.get("reason", "")
    return f"{decision} ({reason})" if reason and decision != "send" else str(decision)


def _ending(execution: Execution) -> str:
    told = execution.output
    reason = told.get("reason") or f"{execution.status.lower()} {told.get('Cause', '')}".strip()
    return f" (over: {reason})"
