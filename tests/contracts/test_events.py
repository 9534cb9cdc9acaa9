"""The shape of each event on the bus, as consumers outside this repository may rely on it."""

import json
from datetime import datetime
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from kairos.adapters.events import BusEvents, NotPublished
from kairos.domain.event import Event

Node = Annotated[str, StringConstraints(pattern=r"^[cepv][0-9a-f]{26}$")]


class Detail(BaseModel):
    """What a consumer reads. Exactly this: a field more is as much a change as a field less."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
    shop: str
    customer: Node
    cause: str
    occurred_at: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")]
    version: str


class CartChanged(Detail):
    cause: Annotated[str, StringConstraints(pattern=r"^cart:.+$")]


class OrderRecorded(Detail):
    cause: Annotated[str, StringConstraints(pattern=r"^order:.+$")]


class Client:
    """Takes what is put; refuses the entry whose place is in `refused`."""

    def __init__(self, *refused):
        self.calls = []
        self.refused = refused

    def put_events(self, Entries):  # noqa: N803 - boto3's name
        self.calls.append(Entries)
        answers = [
            {"ErrorCode": "Throttled"} if i in self.refused else {"EventId": "1"} for i in range(len(Entries))
        ]
        return {"FailedEntryCount": len(self.refused), "Entries": answers}


def event(name: Literal["CartChanged", "OrderRecorded"], cause: str) -> Event:
    at = datetime.fromisoformat("2026-03-01T12:00:05+00:00")
    return Event(name=name, shop="velo", customer="c" + "0" * 26, cause=cause, occurred_at=at, version="v1")


def published(told: Event) -> dict:
    client = Client()
    BusEvents(client, "bus").publish([told])
    ((entry,),) = client.calls
    return entry


@pytest.mark.parametrize(
    ("name", "cause", "model"),
    [("CartChanged", "cart:k1", CartChanged), ("OrderRecorded", "order:17", OrderRecorded)],
)
def test_each_event_has_exactly_its_shape(name, cause, model):
    entry = published(event(name, cause))
    assert (entry["EventBusName"], entry["Source"], entry["DetailType"]) == ("bus", "kairos", name)
    assert entry.keys() == {"EventBusName", "Source", "DetailType", "Detail"}
    model.model_validate_json(entry["Detail"])


def test_one_event_stands_here_as_it_goes_over_the_wire():
    assert json.loads(published(event("CartChanged", "cart:k1"))["Detail"]) == {
        "id": "080536a7e698f8c276f391bf4bde2d47",
        "shop": "velo",
        "customer": "c" + "0" * 26,
        "cause": "cart:k1",
        "occurred_at": "2026-03-01T12:00:05Z",
        "version": "v1",
    }


def test_a_field_more_or_less_would_break_the_contract():
    detail = json.loads(published(event("CartChanged", "cart:k1"))["Detail"])
    for broken in ({**detail, "email": "ada@example.com"}, {k: v for k, v in detail.items() if k != "shop"}):
        with pytest.raises(ValidationError):
            CartChanged.model_validate_json(json.dumps(broken))


def test_the_id_is_the_same_whichever_of_their_nodes_the_customer_is_known_by():
    told = event("CartChanged", "cart:k1")
    assert told.id == told.model_copy(update={"customer": "e" + "1" * 26}).id
    assert told.id != told.model_copy(update={"version": "v2"}).id


def test_events_go_out_in_tens():
    client = Client()
    BusEvents(client, "bus").publish([event("OrderRecorded", f"order:{number}") for number in range(23)])
    assert [len(entries) for entries in client.calls] == [10, 10, 3]


def test_one_refused_entry_fails_the_publishing():
    told = [event("OrderRecorded", f"order:{number}") for number in range(3)]
    with pytest.raises(NotPublished, match="Throttled"):
        BusEvents(Client(1), "bus").publish(told)
