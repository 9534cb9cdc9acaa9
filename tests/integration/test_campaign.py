"""A campaign on the deployed stack: paced, stopped, resumed, complete, and once each."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from local.running_stack import RunningStack
from tests.integration.shops import open_shop, until
from tests.integration.test_imports import run_import

SOME, MANY = 200, 5_000
CONTENT = {"en": {"heading": "New in our workshop", "text": "Have a look at what we made for you."}}
PACE = 60
"""Members a minute of the stack's clock, on which an hour lasts less than a second."""


@pytest.fixture(params=[SOME, pytest.param(MANY, marks=pytest.mark.proof)])
def members(request: pytest.FixtureRequest) -> int:
    found: int = request.param
    return found


class Audience:
    """A shop with so many customers who take e-mails."""

    def __init__(self, running: RunningStack, folder: Path, members: int) -> None:
        self.running = running
        self.shop = open_shop(running, "generic", currency="EUR", languages=["en"])
        rows = (f"{self._address(n)},P{n},yes,2026-01-02T10:00:00Z" for n in range(members))
        file = folder / "customers.csv"
        file.write_text("\n".join(["email,customer_id,accepts_email,consent_at", *rows]) + "\n")
        wish = {"kind": "customers", "mapping": "kairos"}
        told = run_import(running, self.shop, file, wish)
        assert (told["state"], told["customers"]) == ("done", members), told
        until(lambda: self.reachable() == members, "all are in the snapshot", 300)

    def _address(self, number: int) -> str:
        return f"member-{number}.{self.shop}@example.com"

    def api(self, method: str, path: str, body: Any = None) -> Any:
        status, told = self.running.api(method, f"/v1/shops/{self.shop}{path}", body)
        assert status in (200, 201, 204), told
        return told

    def wish(self, confirm: bool) -> dict[str, Any]:
        return {"segment": "newsletter_subscribers", "content": CONTENT, "pace": PACE, "confirm": confirm}

    def reachable(self) -> int | None:
        status, told = self.running.api("POST", f"/v1/shops/{self.shop}/campaigns", self.wish(confirm=False))
        return told["would_reach"] if status == 200 else None

    def mailed(self) -> Counter[str]:
        """How many mails each member got."""
        mine = f".{self.shop}@example.com"
        mails = self.running.mails()
        return Counter(to for one in mails for to in one["to"] if to.endswith(mine))


def test_a_campaign_is_paced_stopped_resumed_and_complete_once_each(
    stack: dict[str, Any], tmp_path: Path, members: int
) -> None:
    shop = Audience(RunningStack(stack), tmp_path, members)
    campaign = shop.api("POST", "/campaigns", shop.wish(confirm=True))["id"]
    runs = f"/scenarios/campaign/runs/{campaign}"
    until(lambda: shop.mailed().total() > 0, "the first mails go", 120)
    shop.api("DELETE", runs)
    until(lambda: shop.api("GET", f"/campaigns/{campaign}")["state"] == "stopped", "it is stopped", 30)

    def queues_are_empty() -> bool:
        return shop.running.waiting_in("EmailQueueUrl") == 0

    until(queues_are_empty, "what was reserved is out", 300)
    stopped_at = shop.mailed().total()
    assert stopped_at < members

    shop.api("POST", f"{runs}/resume")
    until(lambda: shop.api("GET", f"/campaigns/{campaign}")["state"] == "done", "it is done", 600)
    until(lambda: shop.mailed().total() == members, "all have it", 300)
    assert set(shop.mailed().values()) == {1}
    told = shop.api("GET", f"/campaigns/{campaign}")
    assert (told["counts"]["queued"], told["counts"]["sent"]) == (members, members)
