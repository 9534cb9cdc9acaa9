"""Which of a step's channels a message takes."""

from collections.abc import Iterable
from typing import Literal, NamedTuple

from kairos.domain.consent import Channel
from kairos.services.sending.facts import Facts
from kairos.services.sending.permission import objection_to
from kairos.services.sending.reaching import Address

Closed = Literal["no address", "no consent", "suppressed", "stopped mailing"]


class Chosen(NamedTuple):
    """address: where the message goes; None where no channel of the step is open.

    closed: why each that was looked at is not, in the order in which they were.
    """

    address: Address | None
    closed: dict[Channel, Closed]


def choose_channel(facts: Facts) -> Chosen:
    """The customer's preferred channel if the step has it and it is open, else the first open one."""
    wanted, preferred = facts.request.channels, facts.standing.preferred_channel
    closed: dict[Channel, Closed] = {}
    for channel in sorted(dict.fromkeys(wanted), key=lambda one: one != preferred):
        why = closed_because(facts, channel)
        if why is None:
            return Chosen(facts.customer.addresses[channel], closed)
        closed[channel] = why
    return Chosen(None, {channel: closed[channel] for channel in wanted})


def closed_because(facts: Facts, channel: Channel) -> Closed | None:
    """Why nothing may be sent on this channel now; None where it may."""
    address = facts.customer.addresses.get(channel)
    if address is None:
        return "no address"
    return objection_to(facts.shop, facts.customer.profile, address)


def any_open(facts: Facts, channels: Iterable[Channel]) -> bool:
    """Whether one of the channels is."""
    return any(closed_because(facts, channel) is None for channel in channels)
