"""Channels as the preferences page leaves them: each a consent given to us, or withdrawn with us."""

from collections.abc import Collection

from kairos import keys
from kairos.domain.consent import Consent, ConsentState, ConsentStatement
from kairos.ports import Item
from kairos.services.customers import KnownCustomer
from kairos.services.forms.answering import Answering
from kairos.services.recording.storing import agree
from kairos.services.sending.reaching import Address, addresses_of, every_address

SOURCE = "preferences page"


def choose_channels(given: Answering, shop: str, known: KnownCustomer, wanted: Collection[str]) -> None:
    """Grant those chosen, withdraw the others; what is as it should be stays as it was said.

    A channel that is not chosen is withdrawn on all phones and browsers of theirs.
    """
    for address in every_address(given.items, given.key, shop, known.profile, known.held):
        if address.granted and address.channel not in wanted:
            _state(given, shop, address, "withdrawn")
    for channel, address in addresses_of(given.items, given.key, shop, known.profile, known.held).items():
        if channel in wanted and not address.granted:
            _state(given, shop, address, "granted")


def _state(given: Answering, shop: str, address: Address, state: ConsentState) -> None:
    said = ConsentStatement(
        channel=address.channel,
        address=address.value,
        state=state,
        stated_at=given.clock.now(),
        source=SOURCE,
    )
    place = keys.consent(shop, address.channel, address.node)

    def stated(held: Item | None) -> Item:
        known = Consent.model_validate(held.body) if held else Consent()
        return Item(place, "", known.model_copy(update={"ours": said}).as_json())

    agree(given.items, place, stated)
