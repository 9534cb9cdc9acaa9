"""Channels as the preferences page leaves them: each a consent given to us, or withdrawn with us."""

from collections.abc import Collection

from kairos import keys
from kairos.domain.consent import Consent, ConsentState, ConsentStatement
from kairos.domain.shop import Shop
from kairos.ports import Item
from kairos.services.customers import KnownCustomer
from kairos.services.forms.answering import Answering
from kairos.services.recording.storing import agree
from kairos.services.sending.permission import objection_to
from kairos.services.sending.reaching import Address, addresses_of, every_address

SOURCE = "preferences page"


def choose_channels(given: Answering, shop: Shop, known: KnownCustomer, wanted: Collection[str]) -> None:
    """Grant those chosen, withdraw the others; what is as it should be stays as it was said.

    A channel that is not chosen is withdrawn on all phones and browsers of theirs, and also where nothing
    was ever said: soft opt-in ends by a withdrawal alone. What is left ticked because of soft opt-in is no
    consent (Court of Justice, C-673/17: a box that was ticked for them), and stays what it was.
    """
    profile = known.profile
    for address in every_address(given.items, given.key, shop.id, profile, known.held):
        if address.channel not in wanted and (address.granted or not address.withdrawn):
            _state(given, shop.id, address, "withdrawn")
    for channel, address in addresses_of(given.items, given.key, shop.id, profile, known.held).items():
        if channel in wanted and objection_to(shop, profile, address) == "no consent":
            _state(given, shop.id, address, "granted")


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
