"""The shape of each event on the bus, as consumers outside this repository may rely on it."""

import gzip
import json
from datetime import datetime
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from kairos.adapters.events import BusEvents, NotPublished
from kairos.adapters.memory import MemoryFiles, MemoryItems
from kairos.domain.event import Event
from kairos.domain.product import ProductSnapshot
from kairos.domain.segment import Cause, Transition
from kairos.services.recording.documents import store_product
from kairos.services.recording.prices import price_events
from kairos.services.segments.evaluation import mark_of
from kairos.services.segments.telling import Told, events_for

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


class PriceDropped(BaseModel):
    """Concerns many customers; old_price and new_price in minor units of the shop's currency."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
    shop: str
    cause: Annotated[str, StringConstraints(pattern=r"^product:.+$")]
    occurred_at: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")]
    version: str
    old_price: int
    new_price: int


class SegmentEntered(Detail):
    cause: Annotated[str, StringConstraints(pattern=r"^segment:[a-z0-9][a-z0-9_-]*$")]
    version: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}\.\d+$")]


class SegmentLeft(SegmentEntered):
    pass


class SegmentsRecomputed(BaseModel):
    """Concerns many customers, whose transitions stand in the file."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
    shop: str
    cause: Annotated[str, StringConstraints(pattern=r"^recompute:[0-9a-f]{32}$")]
    occurred_at: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")]
    version: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]
    file: Annotated[str, StringConstraints(pattern=r"^transitions/velo/[0-9a-f]{32}\.jsonl\.gz$")]


class Line(BaseModel):
    """One transition in the file of SegmentsRecomputed. id: as it had been told by itself."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
    customer: Node
    segment: str
    entered: bool
    at: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00$")]
    cause: Literal["rule", "import", "threshold", "repair"]


ADA, BOB = "c" + "0" * 26, "e" + "1" * 26


def moved(cause: Cause, entered: bool = True, customer: str = ADA) -> Told:
    """Somebody entered or left the loyal customers."""
    at = datetime.fromisoformat("2026-03-01T12:00:05.000123+00:00")
    of = f"{mark_of('an occasion', customer)}.7"
    made = Transition(segment="loyal", entered=entered, at=at, cause=cause, of=of)
    return Told(customer, made)


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


def test_a_price_drop_has_exactly_its_shape():
    items = MemoryItems()
    for minute, price in ((0, 1000), (5, 800)):
        at = datetime.fromisoformat(f"2026-03-01T12:{minute:02}:00+00:00")
        told = ProductSnapshot(id="9", updated_at=at, price=price, currency="EUR")
        store_product(items, "velo", told)
    (event,) = price_events(items, "velo", [told])
    entry = published(event)
    assert entry["DetailType"] == "PriceDropped"
    detail = PriceDropped.model_validate_json(entry["Detail"])
    assert (detail.cause, detail.old_price, detail.new_price) == ("product:9", 1000, 800)


@pytest.mark.parametrize("cause", ["event", "time"])
@pytest.mark.parametrize(("entered", "model"), [(True, SegmentEntered), (False, SegmentLeft)])
def test_a_transition_of_one_customer_has_exactly_its_shape(cause, entered, model):
    (told,) = events_for(MemoryFiles(), "velo", "a delivery", [moved(cause, entered)])
    entry = published(told)
    assert entry["DetailType"] == model.__name__
    assert model.model_validate_json(entry["Detail"]).cause == "segment:loyal"


def test_transitions_of_many_are_one_event_and_a_file_of_one_line_each():
    files = MemoryFiles()
    some = [
        moved("rule"),
        moved("threshold", customer=BOB),
        moved("import", False),
        moved("repair", False, BOB),
    ]
    (told,) = events_for(files, "velo", "a recompute", some)
    entry = published(told)
    assert entry["DetailType"] == "SegmentsRecomputed"
    detail = SegmentsRecomputed.model_validate_json(entry["Detail"])
    lines = gzip.decompress(files.get(detail.file)).decode().splitlines()
    read = [Line.model_validate_json(line) for line in lines]
    assert [(one.customer, one.entered, one.cause) for one in read] == [
        (ADA, True, "rule"),
        (BOB, True, "threshold"),
        (ADA, False, "import"),
        (BOB, False, "repair"),
    ]


def test_told_again_transitions_have_the_ids_that_they_had():
    some = [moved("event"), moved("event", False), moved("time", customer=BOB), moved("rule")]
    once, again = (events_for(MemoryFiles(), "velo", "a delivery", some) for _ in range(2))
    assert once == again
    assert len({one.id for one in once}) == len(some)


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
