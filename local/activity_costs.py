"""What a million events of the script tag cost on AWS, from counted units.

`python -m local.activity_costs` prints the table, `python -m local.activity_costs docs/activity.md` also puts
it there. Counted like local.costs: the real recorder on a store that counts; running times are assumed.
"""

import base64
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from kairos.adapters.platforms.signatures import IDENTIFY_HEADER
from kairos.domain.delivery import Delivery
from local.bench.activity import BATCHES_A_VISIT, EVENTS_A_BATCH, KINDS
from local.costs import ASSUMED_LOG_BYTES, GIB_SECOND, LOG_GIB, MEMORY_GIB, NOW, PRICES, World
from local.counted_items import Units
from local.shop_generator import SHOP

VISITS = 25
QUEUED_TOGETHER = 5
"""Batches that one invocation of record_events takes off the queue: up to ten, fewer on a calm day."""

RECEIVING_MS, RECORDING_MS = 15, 60
"""Of one batch. Assumed: the one thing here that is not counted."""

SERVICES = ("API Gateway", "Lambda", "SQS", "S3", "DynamoDB", "CloudWatch Logs")


class Counted(NamedTuple):
    """Units of DynamoDB for each batch."""

    writes: float
    reads: float

    def dollars(self) -> dict[str, float]:
        """US dollars by service for a million events."""
        batches = 1_000_000 / EVENTS_A_BATCH
        together = 1 / QUEUED_TOGETHER
        seconds = (RECEIVING_MS + RECORDING_MS) / 1000
        # Beside its own units: who counts a shop's batches reads and writes once for those queued together.
        writes, reads = self.writes + together, self.reads + together
        each = {
            "API Gateway": PRICES["API Gateway"],
            "Lambda": (1 + together) * PRICES["Lambda requests"] + seconds * MEMORY_GIB * GIB_SECOND * 1e6,
            "SQS": (1 + 2 * together) * PRICES["SQS"],
            "S3": together * PRICES["S3 puts"],
            "DynamoDB": writes * PRICES["DynamoDB writes"] + reads * PRICES["DynamoDB reads"],
            "CloudWatch Logs": (1 + together) * ASSUMED_LOG_BYTES / 2**30 * LOG_GIB * 1e6,
        }
        return {name: batches * cost / 1e6 for name, cost in each.items()}


def count(known: bool) -> Counted:
    """Visits of people nobody knows, or of customers who are logged in."""
    world = World(customers=1)
    with world.items.counted() as units:
        for delivery in _deliveries(known):
            outcome = world.recorder.for_a_batch().record(delivery)
            if outcome.kind != "recorded":
                raise RuntimeError(f"A batch was not recorded: {outcome}")
    used: Units = units[0]
    return Counted(used.writes / (VISITS * BATCHES_A_VISIT), used.reads / (VISITS * BATCHES_A_VISIT))


def _deliveries(known: bool) -> Iterator[Delivery]:
    for visit in range(VISITS):
        for number in range(BATCHES_A_VISIT):
            yield _delivery(visit, number, known)


def _delivery(visit: int, number: int, known: bool) -> Delivery:
    """Who is logged in is named once a day, with the first batch."""
    at = NOW.isoformat()
    events = [
        {"id": str(UUID(int=((visit * 10 + number) * 10 + place))), "kind": kind, "at": at, "target": "4711"}
        for place, kind in enumerate(KINDS)
    ]
    body: dict[str, Any] = {"visitor": str(UUID(int=visit)), "sent_at": at, "events": events}
    named = known and number == 0
    if named:
        body["identify"] = {"email": f"visitor-{visit}@example.com", "platform_id": f"v-{visit}"}
    return Delivery(
        shop=SHOP,
        platform="activity",
        source="activity",
        headers={IDENTIFY_HEADER: "verified"} if named else {},
        body=base64.b64encode(json.dumps(body).encode()).decode(),
        received_at=NOW,
    )


def table() -> str:
    """The table of the document, Markdown."""
    columns = {"of people nobody knows": count(known=False), "of customers": count(known=True)}
    told = [one.dollars() for one in columns.values()]
    lines = [f"| a million events | {' | '.join(columns)} |", "|---|---|---|"]
    units = " | ".join(f"{one.writes:.1f} / {one.reads:.1f}" for one in columns.values())
    lines.append(f"| DynamoDB, writes / reads of a batch | {units} |")
    for service in SERVICES:
        lines.append(f"| {service} | {' | '.join(f'${one[service]:.2f}' for one in told)} |")
    sums = " | ".join(f"**${sum(one.values()):.2f}**" for one in told)
    return "\n".join([*lines, f"| **together** | {sums} |"])


def main(arguments: list[str]) -> int:
    """Print the table; put it into the documents named."""
    made = table()
    print(made)
    for path in map(Path, arguments):
        text = path.read_text()
        start = text.index("| a million events |")
        end = text.index("\n\n", start) if "\n\n" in text[start:] else len(text.rstrip("\n"))
        path.write_text(text[:start] + made + text[end:])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
