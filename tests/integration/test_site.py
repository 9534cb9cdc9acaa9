"""Visits on the deployed stack, under the permissions that it grants: posted, compacted, shown, erased."""

import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest

from local.running_stack import RunningStack
from local.traffic import Plain
from tests.integration.shops import open_shop, sender_of, until_recorded


@pytest.fixture(scope="module")
def running(stack: dict[str, Any]) -> RunningStack:
    return RunningStack(stack)


class Site:
    """A shop whose visitors post what they do."""

    def __init__(self, running: RunningStack) -> None:
        self.running = running
        self.shop = open_shop(running, "generic", currency="EUR")
        self.at = datetime.now(UTC) - timedelta(hours=2)
        status, told = running.api("GET", f"/v1/shops/{self.shop}")
        assert status == 200, told
        self._key = told["write_key"]

    def visits(self, email: str | None, *places: tuple[str, str]) -> None:
        """One visit that begins with a page and goes on to these, a minute apart."""
        told = [("page", "https://shop.example.com/lamps?from=mail"), *places]
        events = [
            {
                "id": f"e{number}",
                "kind": kind,
                "at": (self.at + timedelta(minutes=number)).isoformat(),
                "device": "phone",
                ("stage" if kind == "checkout_step" else "target"): target,
            }
            for number, (kind, target) in enumerate(told)
        ]
        body: dict[str, Any] = {
            "visitor": str(uuid.uuid4()),
            "sent_at": self.at.isoformat(),
            "events": events,
        }
        if email:
            body["identify"] = {"email": email}
        path = f"/v1/shops/{self.shop}/activity?key={quote(self._key)}"
        status, answer = self.running.client.ask_json("POST", path, body)
        assert status == 200, answer

    def order(self, email: str) -> None:
        at = (self.at + timedelta(minutes=2)).isoformat()
        amounts = {"currency": "EUR", "total": "25.00"}
        told = {"type": "order", "id": "1", "updated_at": at, "placed_at": at, "status": "paid"}
        body = told | {"amounts": amounts, "customer": {"id": "c1", "email": email}}
        sender = sender_of(self.running, self.shop, "generic")
        sent = sender.post(Plain(json.dumps(body).encode(), {"Content-Type": "application/json"}))
        assert sent.status == 200, sent.body

    def compact(self) -> None:
        name = self.running.told["outputs"]["CompactSiteFunctionName"]
        answer = self.running.aws("lambda").invoke(FunctionName=name, Payload=b"{}")
        assert "FunctionError" not in answer, answer["Payload"].read()

    def shown(self) -> dict[str, Any]:
        start = quote((self.at - timedelta(days=1)).isoformat())
        status, told = self.running.api("GET", f"/v1/shops/{self.shop}/site?from={start}")
        assert status == 200, told
        return dict(told)


def test_visits_reach_the_site_and_an_erased_customers_go(running: RunningStack) -> None:
    site = Site(running)
    site.visits(None, ("product", "p-1"))
    site.visits(None, ("product", "p-1"))
    site.visits("ada@example.com", ("product", "p-2"), ("checkout_step", "payment"))
    site.order("ada@example.com")
    until_recorded(running)
    site.compact()
    told = site.shown()
    total = told["total"]
    assert (total["visits"], total["orders"], total["revenue"]) == (3, 1, "25.00")
    assert [(len(one["path"]), one["visits"]) for one in told["paths"]] == [(2, 2), (2, 1)]
    assert told["landings"][0]["target"] == "/lamps"
    assert [one["reached"] for one in told["funnel"]["steps"]] == [1, 1, 1, 1, 1]

    ada = running.customer(site.shop, "ada@example.com")
    assert ada is not None
    assert running.api("DELETE", f"/v1/shops/{site.shop}/customers/{ada['id']}")[0] == 204
    site.compact()
    assert (site.shown()["total"]["visits"], site.shown()["total"]["orders"]) == (2, 0)
