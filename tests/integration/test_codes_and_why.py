"""One shop on the deployed stack: a code given, used and told; and who got nothing, with the reason."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from local.running_stack import RunningStack
from local.traffic import Plain
from tests.integration.shops import open_shop, sender_of, troubles, until, until_recorded

SOON = {"wait_newcomer": "PT2H", "code_wait": "P1D", "code_pool": "welcome"}
"""On the stack's clock two hours last a second and a half, and a day 17: time for a bounce to be told."""

PEOPLE = ("ada", "bob", "cyd", "dan")


class Four:
    """Ada buys with her code, Bob never consented, Cyd's address bounces, Dan had just ordered."""

    def __init__(self, running: RunningStack) -> None:
        self.running = running
        self.shop = open_shop(running, "generic", currency="EUR", languages=["en"])
        pool = {"name": "welcome", "codes": [f"HELLO-{number}" for number in range(9)]}
        self.ask("POST", "/codes/pools", pool)
        self.ask("PUT", "/scenarios/abandoned_cart", {"enabled": True, "settings": SOON})

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        status, told = self.running.api(method, f"/v1/shops/{self.shop}{path}", body)
        if status not in (200, 201):
            print(troubles(self.running))
        assert status in (200, 201), told
        return told

    def email(self, name: str) -> str:
        return f"bounce+{name}@simulator.amazonses.com" if name == "cyd" else f"{name}@example.com"

    def post(self, told: dict[str, Any]) -> None:
        sender = sender_of(self.running, self.shop, "generic")
        sent = sender.post(Plain(json.dumps(told).encode(), {"Content-Type": "application/json"}))
        assert sent.status == 200, sent.body

    def leaves_cart(self, name: str) -> None:
        now = datetime.now(UTC).isoformat()
        consent = {"channel": "email", "state": "granted", "at": now, "source": "checkout", "wording": "Yes."}
        line = {"product_id": "p-1", "title": "Desk lamp", "quantity": 1, "price": "54.90"}
        cart = {
            "type": "cart",
            "id": f"cart-{name}-{self.shop}",
            "created_at": now,
            "updated_at": now,
            "currency": "EUR",
            "total": "54.90",
            "lines": [line],
            "customer": {"id": name, "email": self.email(name)},
        }
        self.post(cart if name == "bob" else {**cart, "consents": [consent]})

    def orders(self, name: str, *codes: str) -> None:
        now = datetime.now(UTC).isoformat()
        amounts = {"currency": "EUR", "total": "52.15"}
        order = {
            "type": "order",
            "id": f"order-{name}",
            "updated_at": now,
            "placed_at": now,
            "status": "paid",
        }
        customer = {"id": name, "email": self.email(name)}
        self.post({**order, "amounts": amounts, "codes": list(codes), "customer": customer})

    def customer(self, name: str) -> str:
        found = self.running.customer(self.shop, self.email(name))
        assert found is not None
        return str(found["id"])

    def why(self, name: str) -> list[dict[str, Any]]:
        """What was decided for the customer's only run, oldest first."""
        path = f"/customers/{self.customer(name)}/why?scenario=abandoned_cart&language=en"
        [run] = self.ask("GET", path)["runs"]
        return list(run["decisions"])

    def is_over(self, name: str) -> bool:
        path = f"/customers/{self.customer(name)}/why?scenario=abandoned_cart"
        return [run["state"] for run in self.ask("GET", path)["runs"]] == ["ended"]

    def codes(self, name: str) -> list[dict[str, Any]]:
        return list(self.ask("GET", f"/codes?customer={self.customer(name)}")["codes"])


@pytest.fixture(scope="module")
def four(stack: dict[str, Any]) -> Four:
    made = Four(RunningStack(stack))
    made.orders("dan")
    until_recorded(made.running)
    for name in PEOPLE:
        made.leaves_cart(name)
    until_recorded(made.running)
    for name in PEOPLE:
        until(lambda name=name: made.is_over(name), f"the run of {name} is over", 300)  # type: ignore[misc]
    return made


def test_a_code_is_issued_used_by_an_order_and_both_show_in_the_timeline(four: Four) -> None:
    [given] = four.codes("ada")
    assert given["state"] == "open"
    four.orders("ada", given["code"].lower())
    until_recorded(four.running)
    [used] = four.codes("ada")
    assert (used["state"], [one["by"] for one in used["uses"]]) == ("used", ["holder"])
    entries = four.ask("GET", f"/customers/{four.customer('ada')}/timeline")["entries"]
    told = [(one["kind"], one["what"]) for one in entries if one.get("code") == given["code"]]
    assert told == [("code", "used"), ("code", "given")]  # newest first


@pytest.mark.parametrize(
    ("name", "reason"), [("bob", "no consent"), ("cyd", "suppressed"), ("dan", "ordered too recently")]
)
def test_why_explains_what_was_not_sent(four: Four, name: str, reason: str) -> None:
    last = four.why(name)[-1]
    assert last["reason"] == reason
    assert len(last["sentence"].split()) > 4


def test_no_two_reasons_are_told_by_the_same_sentence(four: Four) -> None:
    told = {four.why(name)[-1]["sentence"].split(" ", 6)[-1] for name in ("bob", "cyd", "dan")}
    assert len(told) == 3
