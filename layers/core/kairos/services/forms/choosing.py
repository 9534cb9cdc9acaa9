"""Channels as the preferences page leaves them: each a consent given to us, or withdrawn with us."""

from collections.abc import Collection
from typing import NamedTuple

from kairos import keys
from kairos.domain.consent import Consent, ConsentState, ConsentStatement
from kairos.domain.shop import Shop
from kairos.ports import Item
from kairos.services.customers import KnownCustomer
from kairos.services.forms.answering import Answering
from kairos.services.mailing_stops import lift_stop
from kairos.services.recording.storing import agree
from kairos.services.sending.permission import objection_to
from kairos.services.sending.reaching import Address, addresses_of, every_address

SOURCE = "preferences page"


class Proof(NamedTuple):
    """What a consent is proven by. language: of the page; origin: keyed hash of the network address."""

    language: str
    origin: str


def choose_channels(
    given: Answering, shop: Shop, known: KnownCustomer, wanted: Collection[str], proof: Proof
) -> None:
    """Grant those chosen, withdraw the others; what is as it should be stays as it was said.

    A channel that is not chosen is withdrawn on all phones and browsers of theirs, and also where nothing
    was ever said: soft opt-in ends by a withdrawal alone. What is left ticked because of soft opt-in is no
    consent (Court of Justice, C-673/17: a box that was ticked for them), and stays what it was.
    """
    profile = known.profile
    for address in every_address(given.items, given.key, shop.id, profile, known.held):
        if address.channel not in wanted and (address.granted or not address.withdrawn):
            _state(given, shop.id, address, _said(given, address, "withdrawn"))
    for channel, address in addresses_of(given.items, given.key, shop.id, profile, known.held).items():
        if channel in wanted and objection_to(shop, profile, address) in ("no consent", "stopped mailing"):
            wording = given.choice(shop, proof.language, channel)
            granted = _said(given, address, "granted").model_copy(
                update={"wording": wording, "origin": proof.origin}
            )
            _state(given, shop.id, address, granted)
            lift_stop(given.items, shop.id, channel, address.node, granted.stated_at)


def _said(given: Answering, address: Address, state: ConsentState) -> ConsentStatement:
    return ConsentStatement(
        channel=address.channel,
        address=address.value,
        state=state,
        stated_at=given.clock.now(),
        source=SOURCE,
    )


def _state(given: Answering, shop: str, address: Address, said: ConsentStatement) -> None:
    place = keys.consent(shop, address.channel, address.node)

    def stated(held: Item | None) -> Item:
        known = Consent.model_validate(held.body) if held else Consent()
        return Item(place, "", known.model_copy(update={"ours": said}).as_json())

    agree(given.items, place, stated)
