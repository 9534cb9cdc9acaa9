"""Closed lists of names as small numbers, which is how the engine keeps them."""

from collections.abc import Iterable
from hashlib import sha256
from typing import get_args

from kairos.domain.activity import ActivityKind, Device
from kairos.domain.cart import CheckoutStep
from kairos.domain.consent import Channel
from kairos.domain.message import LedgerState
from kairos.domain.order import OrderStatus
from kairos.domain.person import Gender
from kairos.domain.profile import EngagementKind
from kairos.domain.visits import ActivityAct

GENDERS: tuple[Gender, ...] = get_args(Gender)
STATUSES: tuple[OrderStatus, ...] = get_args(OrderStatus)
STEPS: tuple[CheckoutStep, ...] = get_args(CheckoutStep)
CHANNELS: tuple[Channel, ...] = get_args(Channel)
ACTIVITY_KINDS: tuple[ActivityKind, ...] = get_args(ActivityKind)
DEVICES: tuple[Device, ...] = get_args(Device)
ENGAGEMENT_KINDS: tuple[EngagementKind, ...] = get_args(EngagementKind)
LEDGER_STATES: tuple[LedgerState, ...] = get_args(LedgerState)
AREAS = ("urban", "residential")
HEMISPHERES = ("north", "south")


def code_of(names: tuple[str, ...], name: str | None) -> int:
    """1 and up for a name of a closed list, 0 for None."""
    return 0 if name is None else names.index(name) + 1


def bits_of(names: tuple[str, ...], some: tuple[str, ...]) -> int:
    """A bit for each name of a closed list, the first being 1."""
    return sum(1 << names.index(one) for one in set(some))


def cart_code(key: str) -> int:
    """A cart's key as 64 bits of its hash."""
    return int.from_bytes(sha256(key.encode()).digest()[:8])


def draw(customer: str) -> int:
    """The customer's lot, 32 bits: by chance, but always the same."""
    return int.from_bytes(sha256(customer.encode()).digest()[:4])


def last_device(acts: Iterable[ActivityAct]) -> int:
    """The device last used, 0 where none is known; of two in the same second the later of DEVICES."""
    return max(((act.at, code_of(DEVICES, act.device)) for act in acts if act.device), default=(None, 0))[1]
