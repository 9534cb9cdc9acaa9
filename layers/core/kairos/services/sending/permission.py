"""Whether an address may be sent to: consent, or what the law of some countries takes for it."""

from typing import Literal

from kairos.domain.places import country_of
from kairos.domain.profile import Profile
from kairos.domain.shop import Shop
from kairos.services.sending.reaching import Address

Objection = Literal["no consent", "suppressed", "stopped mailing"]


def objection_to(shop: Shop, profile: Profile | None, address: Address) -> Objection | None:
    """Why no marketing may go to this address of the customer; None where it may."""
    if not (address.granted or _softly_consented(shop, profile, address)):
        return "no consent"
    if address.stopped:
        return "stopped mailing"
    return "suppressed" if address.suppressed else None


def _softly_consented(shop: Shop, profile: Profile | None, address: Address) -> bool:
    """Soft opt-in: somebody who bought, who never withdrew, in a country where the shop relies on that.

    Directive 2002/58/EC, article 13(2), as each country has it. The country is that of their own address:
    where it is not known, there is no such consent.
    """
    if profile is None or address.channel != "email" or address.withdrawn or not profile.counting_orders:
        return False
    lives_in = profile.person.address
    country = country_of(lives_in) if lives_in else None
    return country is not None and country in shop.sending.soft_opt_in
