"""Carts are left, and everybody in the cast does what their part says, as soon as the moment has come.

Nothing is timed: each act waits for what it follows from (a run that began, a mail that came).
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

from local.demo_shop.cast import Actor, Part
from local.demo_shop.shopify.telling import CURRENCY
from local.demo_shop.webhook import Webhook
from local.running_stack import Execution, RunningStack, Visit
from local.traffic import Sender

_PATIENCE_SECONDS = 90
_LAST_MAILS_SECONDS = 15
_BRANCHES = {"ChooseWait", "AfterReminder", "AfterCode", "EndRun"}
Mails = list[dict[str, Any]]


class Performance:
    """One showing at a shop whose scenario is on. say: takes each line that is told."""

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

    def run(self) -> list[tuple[Part, Mails]]:
        """Play to the end; answers what everybody got. Ends early when nothing happens any more."""
        for actor in self._cast:
            for webhook in actor.past():
                self._sender.post(webhook)
        self._wait_for_profiles()
        for actor in self._cast:
            self._post(actor.leaves_cart(datetime.now(UTC)), actor, f"fills a cart, {_worth(actor)}")
        for actor in self._cast:
            if actor.part.role != "late":
                self._post(actor.begins_checkout(datetime.now(UTC)), actor, "begins to check out")
        self._watch()
        return [(one.part, self._mails[one.person.email]) for one in self._cast]

    def _wait_for_profiles(self) -> None:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        missing = list(self._cast)
        while missing and time.monotonic() < deadline:
            missing = [one for one in missing if self._find(one) is None]

    def _find(self, actor: Actor) -> dict[str, Any] | None:
        return self._stack.customer(self._shop, actor.person.email)

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
            self._post(actor.begins_checkout(now), actor, "says who they are")
        elif role == "orders" and waits and self._once(actor, "order"):
            self._post(actor.orders(now), actor, "orders")
        elif role == "empties" and waits and self._once(actor, "empty"):
            self._post(actor.empties_cart(now - timedelta(seconds=1), now), actor, "empties the cart")
        elif role == "unsubscribes" and self._mails[actor.person.email] and self._once(actor, "unsubscribe"):
            self._unsubscribe(actor)

    def _others_wait(self) -> bool:
        return len(self._told) >= len(self._cast) - 1

    def _once(self, actor: Actor, act: str) -> bool:
        mark = f"{actor.person.number} {act}"
        fresh = mark not in self._done
        self._done.add(mark)
        return fresh

    def _post(self, webhook: Webhook, actor: Actor, act: str) -> None:
        answer = self._sender.post(webhook)
        taken = "accepted"
        if answer.status != HTTPStatus.OK:
            taken = f"refused with {answer.status}: {answer.body.decode(errors='replace')[:200]}"
        self._line(self._stack.shown_now(), actor, f"{act} ({webhook.topic} {taken})")

    def _unsubscribe(self, actor: Actor) -> None:
        """As a mail program does it: the address in List-Unsubscribe, one POST (RFC 8058)."""
        link = self._mails[actor.person.email][0]["headers"]["List-Unsubscribe"].strip("<>")
        path = link.removeprefix(self._stack.told["api_url"])
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        page = self._stack.client.ask("GET", path)
        answer = self._stack.client.ask("POST", path, b"List-Unsubscribe=One-Click", form)
        told = f"unsubscribes by the mail's link (page {page.status}, one click {answer.status})"
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
        """What is new in an execution, in one line."""
        if self._once(actor, "profile"):
            self._line(self._stack.shown_now(), actor, _profile(self._find(actor), actor))
        key = actor.cart_token
        new = execution.visits[self._told.get(key, 0) :]
        self._told[key] = len(execution.visits)
        words = [word for visit in new if (word := _word(visit))]
        if execution.status not in {"RUNNING", "SUCCEEDED"} and self._once(actor, "failure"):
            words.append(f"{execution.status.lower()}: {execution.output.get('Cause', 'no cause told')}")
        if words:
            self._line(new[0].at if new else self._stack.shown_now(), actor, " → ".join(words))

    def _line(self, at: datetime, actor: Actor, text: str) -> None:
        self._say(f"  {at:%d %b %H:%M}  {actor.person.first_name:9} {actor.part.story:38} {text}")


def _word(visit: Visit) -> str:
    """A state, or how a task answered; branches tell nothing that the answers before them don't."""
    if visit.answer is None:
        return "" if visit.state in _BRANCHES else visit.state
    decision, reason = visit.answer.get("decision", ""), visit.answer.get("reason", "")
    failed = (visit.answer.get("facts") or {}).get("failed_condition")
    why = f"{reason}: {failed}" if failed else reason
    return f"{decision} ({why})" if why and decision != "send" else str(decision)


def _worth(actor: Actor) -> str:
    total = sum(item.total for item in actor.items)
    items = "1 item" if len(actor.items) == 1 else f"{len(actor.items)} items"
    return f"{items} for {CURRENCY} {total // 100}.{total % 100:02d}"


def _profile(profile: dict[str, Any] | None, actor: Actor) -> str:
    """What the profile knows as the run begins."""
    if profile is None:
        return "no profile yet"
    orders = len(profile.get("orders", ()))
    carts = any(one["key"] == actor.cart_token for one in profile.get("carts", ()))
    told = "1 order" if orders == 1 else f"{orders or 'no'} orders"
    return f"profile knows {told} and {'the' if carts else 'no'} cart"
