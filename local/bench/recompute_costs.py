"""What a recompute writes and costs: counted units, measured seconds, list prices with their date."""

from typing import NamedTuple

from kairos import keys
from kairos.domain.membership import WORD, Membership
from kairos.domain.shop import Shop
from kairos.engine.tables import TABLES
from kairos.services.segments.committing import Proposal, commit
from kairos.services.segments.evaluating import Evaluating
from kairos.services.segments.shelf import load_segments
from kairos.services.shops import load_shop
from local.bench.shops import HOT_DAYS, PARTITION
from local.costs import GIB_SECOND, MEMORY_GIB, PRICES, World
from local.shop_generator import SHOP

PRICED_ON = "2026-11-22"
"""When the list prices of local.costs were looked up."""

S3_GET = 0.40
"""US dollars per million GET requests, us-east-1."""

CPU_GIB = 1769 / 1024
"""GiB of memory that come with one processor (AWS Lambda, "Configure memory")."""

TURNING_DAILY = 0.026
"""Share of customers whom time alone turns in a day, as measured over invented shops."""

TICKS_DAILY = 24 * 60 // 5
STATES = 3
"""Of the machine for each time it plans; besides, one for each partition and phase."""

PHASES = 2
"""measure, recompute: a full pass goes through each partition so often."""

TURNED = "one_time_buyers"
"""A ready-made segment that the profile alone decides."""


class Written(NamedTuple):
    """Of one commit. writes, reads: units of DynamoDB."""

    changed: int
    written: int
    writes: int
    reads: int
    events: int


def written(customers: int = 300) -> Written:
    """A commit that moves every customer of the demo shop into a segment, or out of it; counted."""
    world = World(customers)
    shop = load_shop(world.items, SHOP)
    if shop is None:
        raise RuntimeError("The demo shop is not there.")
    parts = Evaluating(world.items, world.clock, world.taken, world.recorder.objects)
    proposals = _turned(world, shop)
    before, told = world.items.units, len(world.taken.events)
    done = commit(parts, load_segments(world.items, shop), world.clock.now(), proposals, "a bench")
    after = world.items.units
    return Written(
        len(proposals),
        done.written,
        after.writes - before.writes,
        after.reads - before.reads,
        len(world.taken.events) - told,
    )


def _turned(world: World, shop: Shop) -> list[Proposal]:
    """For everybody of whom the bus was ever told: as they stand, but for one segment."""
    layout = load_segments(world.items, shop).layout
    word, bit = divmod(layout.latest[TURNED], WORD)
    proposals = []
    for customer in sorted({event.customer for event in world.taken.events if event.customer}):
        profile = world.items.get(keys.profile(shop.id, customer))
        if profile is None:
            continue
        held = world.items.get(keys.membership(shop.id, customer))
        words = [*Membership.model_validate(held.body if held else {}).words(layout)]
        words[word] ^= 1 << bit
        proposals.append(Proposal(customer, profile.version, tuple(words)))
    return proposals


class Dollars(NamedTuple):
    """US dollars. full: of one pass over everybody that changes nobody. changed: of each customer changed.

    tick: of one with nothing due. month: thirty days of all of it.
    """

    full: float
    changed: float
    tick: float
    month: float


def dollars(customers: int, pass_seconds: float, cost: Written) -> Dollars:
    """pass_seconds: processor time of a full pass over one partition, its opening included."""
    partitions = max(customers // PARTITION, 1)
    seconds = pass_seconds * CPU_GIB / MEMORY_GIB  # a smaller function has less of a processor
    files = len(TABLES) + len(HOT_DAYS) + 3
    states = STATES * PHASES + partitions * PHASES if partitions > 1 else 0
    full = partitions * PHASES * (PRICES["Lambda requests"] / 1e6 + seconds * MEMORY_GIB * GIB_SECOND)
    full += partitions * (files * S3_GET + PRICES["S3 puts"]) / 1e6
    full += states * PRICES["Step Functions"] / 1e6
    changed = (
        cost.writes * PRICES["DynamoDB writes"]
        + cost.reads * PRICES["DynamoDB reads"]
        + cost.events * PRICES["EventBridge"]
    ) / (1e6 * cost.changed)
    tick = (PRICES["Lambda requests"] + 3 * PRICES["DynamoDB reads"]) / 1e6 + 0.1 * MEMORY_GIB * GIB_SECOND
    month = 30 * (full + TURNING_DAILY * customers * changed + TICKS_DAILY * tick)
    return Dollars(full, changed, tick, month)
