"""Channels as the preferences page leaves them: each a consent given to us, or withdrawn with us."""

from collections.abc import Collection

from kairos import keys
from kairos.domain.consent import Consent, ConsentStatement
from kairos.ports import Item
from kairos.services.customers import KnownCustomer
from kairos.services.forms.answering import Answering
from kairos.services.recording.storing import agree
from kairos.services.sending.reaching import Address, addresses_of

SOURCE = "preferences page"


def choose_channels(given: Answering, shop: str, known: KnownCustomer, wanted: Collection[str]) -> None:
    """Grant those chosen, withdraw the others; what is as it should be stays as it was said."""
    addresses = addresses_of(given.items, given.key, shop, known.profile, known.held)
    for channel, address in addresses.items():
        if address.granted != (channel in wanted):
            _state(given, shop, address, channel in wanted)


def _state(given: Answering, shop: str, address: Address, granted: bool) -> None:
    said = ConsentStatement(
        channel=address.channel,
        address=address.value,
        state="granted" if granted else "withdrawn",
        stated_at=given.clock.now(),
        source=SOURCE,
    )
    place = keys.consent(shop, address.channel, address.node)

    def stated(held: Item | None) -> Item:
        known = Consent.model_validate(held.body) if held else Consent()
        return Item(place, "", known.model_copy(update={"ours": said}).as_json())

    agree(given.items, place, stated)
