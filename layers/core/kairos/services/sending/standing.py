"""How a customer answers messages, and by which clock they live: what the moment is chosen by."""

from collections.abc import Mapping
from typing import NamedTuple
from zoneinfo import ZoneInfo

from kairos import keys
from kairos.domain.consent import Channel
from kairos.domain.criteria.engagement import EngagementLevel, engagement_level
from kairos.domain.habits import habits_of, hour_to_send
from kairos.domain.message import LedgerEntry, StepRequest
from kairos.domain.moment import Moment
from kairos.domain.places import country_of
from kairos.domain.profile import Profile
from kairos.domain.shop import Shop
from kairos.domain.timezones import timezone_of
from kairos.ports import Items
from kairos.services.customers import KnownCustomer
from kairos.services.segments.standing import with_standing
from kairos.services.sending.allowed_hours import AllowedHours
from kairos.services.sending.reaching import Address


class Standing(NamedTuple):
    """delivered: messages that reached them, ever. level: None where nobody asks for it yet. hour: of day,
    at which the step shall go to them; None for any."""

    delivered: int = 0
    level: EngagementLevel | None = None
    preferred_channel: Channel | None = None
    hour: int | None = None


def read_standing(
    items: Items,
    request: StepRequest,
    moment: Moment,
    known: KnownCustomer,
    addresses: Mapping[Channel, Address],
) -> Standing:
    """What this step's moment depends on. Who got few messages has no level yet, which spares most reads."""
    shop, rules, profile = moment.shop, moment.shop.sending, known.profile
    if profile is None:
        return Standing()
    wants_hour = request.at_preferred_hour and rules.preferred_hour
    messages = sorted({item.key.sk for item in known.held if item.key.sk.startswith("send#")})
    few = len(messages) < rules.free_until_delivered
    if few and len(request.channels) == 1 and not wants_hour:
        return Standing()
    filled, _ = with_standing(items, shop, known, profile, {"engagement"})
    zone = zone_of(shop, profile)
    hour = hour_to_send(filled, zone) if wants_hour else None
    return Standing(
        delivered=_delivered(items, shop.id, filled, messages, addresses),
        level=engagement_level(filled, moment),
        preferred_channel=habits_of(filled, shop.zone).channel,
        hour=rules.usual_hour if hour is None and wants_hour else hour,
    )


def zone_of(shop: Shop, profile: Profile | None) -> ZoneInfo:
    """The clock by which the customer's hours are told."""
    if shop.sending.shop_zone_for_all or profile is None:
        return shop.zone
    return timezone_of(profile.person.address) or shop.zone


def hours_for(shop: Shop, profile: Profile | None, for_an_hour: bool = False) -> AllowedHours:
    """When the customer may be sent to. Where nothing depends on it, theirs is not looked for.

    for_an_hour: the message shall go at an hour of day.
    """
    rules = shop.sending
    if shop.quiet_hours is None and not rules.avoid_holidays and not for_an_hour:
        return AllowedHours(None, shop.zone)
    address = profile.person.address if profile else None
    country = ((country_of(address) if address else None) or rules.country) if rules.avoid_holidays else None
    province = (address.province or address.region) if country and address else None
    return AllowedHours(shop.quiet_hours, zone_of(shop, profile), country, province)


def _delivered(
    items: Items, shop: str, profile: Profile, messages: list[str], addresses: Mapping[Channel, Address]
) -> int:
    """E-mails that providers reported as delivered; of channels that report little, what was sent."""
    reported = sum(one.kind == "delivered" and one.channel == "email" for one in profile.engagement)
    if addresses.keys() <= {"email"}:
        return reported
    entries = items.get_many(keys.message(shop, one.removeprefix("send#")) for one in messages).values()
    others = [LedgerEntry.model_validate(entry.body) for entry in entries]
    return reported + sum(one.channel != "email" and one.state == "sent" for one in others)
