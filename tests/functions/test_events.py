"""The triggers in events/ are what the functions are really given."""

import base64
import json
from typing import Any

import pytest

from kairos.domain.delivery import Delivery
from kairos.domain.event import Event
from tests.functions.conftest import ROOT, read_event

NAMES = sorted(path.stem for path in (ROOT / "events").glob("*.json"))


@pytest.mark.parametrize("name", NAMES)
def test_each_names_made_up_people_and_places_only(name: str) -> None:
    text = json.dumps(read_event(name))
    assert "@" not in text.replace("@example.com", "")


def test_the_queued_delivery_is_the_one_that_receiving_writes() -> None:
    [record] = read_event("record_queue")["Records"]
    delivery = Delivery.model_validate_json(record["body"])
    assert delivery.body == read_event("webhook")["body"]
    assert json.loads(base64.b64decode(delivery.body))["id"] == 5001


def test_the_bus_event_holds_what_recording_tells() -> None:
    told: dict[str, Any] = read_event("cart_changed")
    detail = {name: value for name, value in told["detail"].items() if name != "id"}
    assert Event.model_validate({"name": told["detail-type"], **detail}).cause == "cart:c1-token"
