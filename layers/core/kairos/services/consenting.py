"""Consents that the shop states by the API, for a customer it names by id."""

from collections.abc import Sequence
from typing import Annotated, NamedTuple

from pydantic import Field, StringConstraints

from kairos.domain.consent import Channel, ConsentState, ConsentStatement
from kairos.domain.errors import Refused
from kairos.domain.identity import IdentityKey
from kairos.domain.profile import Profile
from kairos.domain.value import Instant, Value
from kairos.ports import Clock, Items, Queue
from kairos.services.recording.consents import record_consents
from kairos.services.segments.touching import Touched, tell_snapshot

_Text = Annotated[str, StringConstraints(min_length=1, max_length=2000)]


class StatedConsent(Value):
    """One statement of the person, as the shop tells it. at: when it was made, now where not said."""

    channel: Channel
    state: ConsentState
    at: Instant | None = None
    source: Annotated[str, StringConstraints(min_length=1, max_length=200)] = "api"
    wording: _Text | None = None


class ConsentsWish(Value):
    """What a customer agreed to, or no longer does; what is left out stays as it is."""

    consents: Annotated[tuple[StatedConsent, ...], Field(min_length=1, max_length=50)]


class Consenting(NamedTuple):
    """What stating consents needs. changed: takes customers to look at again."""

    items: Items
    key: IdentityKey
    clock: Clock
    changed: Queue


def state_consents(parts: Consenting, shop: str, profile: Profile, wish: ConsentsWish) -> None:
    """Keep them for the customer's addresses. They are the shop's word: a withdrawal made with us stands.

    Raises Refused naming the field.
    """
    said = [
        ConsentStatement(
            channel=one.channel,
            address=address,
            state=one.state,
            stated_at=_stated_at(parts, one, at),
            source=one.source,
            wording=one.wording,
        )
        for at, one in enumerate(wish.consents)
        for address in _addresses(profile, one.channel, at)
    ]
    record_consents(parts.items, shop, parts.key, said)
    tell_snapshot(parts.changed, shop, Touched(frozenset({profile.id})), "import")


def _stated_at(parts: Consenting, one: StatedConsent, at: int) -> Instant:
    now = parts.clock.now()
    if one.at is not None and one.at > now:
        raise Refused(f"consents[{at}].at", "That time is still to come.", "Send when it was said.")
    return one.at or now


def _addresses(profile: Profile, channel: Channel, at: int) -> Sequence[str]:
    """Those of the customer that the channel reaches; for advertising each that a network may know."""
    by_channel: dict[Channel, tuple[str | None, ...]] = {
        "email": (profile.email,),
        "sms": (profile.phone,),
        "advertising": (profile.email, profile.phone),
        "messenger": (profile.platform_id,),
        "webhook": (profile.platform_id,),
    }
    if channel not in by_channel:
        problem = f"Consent to {channel} belongs to a device, not to a customer."
        raise Refused(f"consents[{at}].channel", problem, "Let the script tag or a webhook state it.")
    found = [one for one in by_channel[channel] if one]
    if not found:
        problem = f"The customer has no address that {channel} reaches."
        raise Refused(f"consents[{at}].channel", problem, "Record the address first.")
    return found
