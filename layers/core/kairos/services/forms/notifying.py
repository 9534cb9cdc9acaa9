"""Notifications in the reader's own browser, switched on and off on the pages that know the reader."""

from typing import Literal

from kairos.domain.errors import NotFound, Refused
from kairos.domain.push_subscription import read_endpoint, read_subscription
from kairos.domain.shop import Shop
from kairos.services import double_opt_in
from kairos.services.customers import KnownCustomer, read_customer, resolve
from kairos.services.devices import MOST_ENDPOINTS
from kairos.services.endpoints import Registering, endpoints_of, register, unregister
from kairos.services.forms.answering import Answering
from kairos.services.forms.showing import PER_READER, Visit, node_of_reader
from kairos.services.forms.tokens import OfPerson, OfSignUp, find_token
from kairos.services.limits import allowed
from kairos.services.sending.reaching import addresses_of
from kairos.services.shops import load_shop

SOURCE = "hosted page"
FIELD = "notifications"
_PAGES = ("preferences.", "confirm.")

Switched = Literal["on", "off", "busy"]


def is_switch(coming: Visit) -> bool:
    """Whether the page's script posts, not its form."""
    return coming.posted is not None and FIELD in coming.posted and coming.token.startswith(_PAGES)


def switch(given: Answering, coming: Visit) -> Switched:
    """Register the browser that posts, or remove it; answers whether any browser of the reader's takes
    messages afterwards, or "busy" for one too many. Repeating it changes nothing but the proof.

    posted: notifications ("on", "off"), endpoint, and for "on" p256dh, auth and the page's language.
    Raises Refused naming the field, NotFound where no page offers it.
    """
    shop, node = _reader(given, coming.token)
    wanted = _posted(coming, FIELD)
    if wanted not in {"on", "off"}:
        raise Refused(FIELD, "Is neither on nor off.", "Send on or off.")
    read_endpoint(_posted(coming, "endpoint"))
    if wanted == "on":
        read_subscription(lambda name: _posted(coming, name))
    if not allowed(given.items, given.clock.now(), shop.id, PER_READER, node):
        return "busy"
    if wanted == "on":
        _switch_on(given, shop, node, coming)
    else:
        _switch_off(given, shop, node, coming)
    return "on" if _takes_messages(given, shop, read_customer(given.items, shop.id, node)) else "off"


def _reader(given: Answering, text: str) -> tuple[Shop, str]:
    """The shop, and the reader's node, of an address whose page offers it."""
    token = find_token(given.items, given.key, text)
    if isinstance(token, OfPerson) and token.form == "preferences":
        name, node = token.reader.shop, node_of_reader(given, token)
    elif isinstance(token, OfSignUp) and not double_opt_in.is_waiting(given, token):
        name, node = token.shop, token.address_node
    else:
        raise NotFound("form", "")
    shop = load_shop(given.items, name)
    if shop is None or shop.channels.web_push is None or shop.channels.web_push.public_key is None:
        raise NotFound("form", "")
    if read_customer(given.items, name, node).profile is None:
        raise NotFound("form", "")
    return shop, node


def _switch_on(given: Answering, shop: Shop, node: str, coming: Visit) -> None:
    told, parts = read_subscription(lambda name: _posted(coming, name)), _registering(given)
    known = endpoints_of(given.items, shop.id, resolve(given.items, shop.id, node).nodes)
    new = given.key.node(shop.id, "visitor", told.endpoint) not in {one["id"] for one in known}
    if new and len(known) >= MOST_ENDPOINTS:
        raise Refused("endpoint", f"{MOST_ENDPOINTS} are registered.", "Switch it off elsewhere first.")
    wording = given.notice(shop, _posted(coming, "language"))
    more = {"p256dh": told.p256dh, "auth": told.auth}
    register(
        parts, shop.id, node, "web_push", told.endpoint, more, given.clock.now(), SOURCE, wording, by="person"
    )


def _switch_off(given: Answering, shop: Shop, node: str, coming: Visit) -> None:
    """What is not the reader's, or no more, stays as it is."""
    address = given.key.node(shop.id, "visitor", _posted(coming, "endpoint"))
    try:
        unregister(_registering(given), shop.id, node, address)
    except NotFound:
        return


def _takes_messages(given: Answering, shop: Shop, known: KnownCustomer) -> bool:
    found = addresses_of(given.items, given.key, shop.id, known.profile, known.held).get("web_push")
    return found is not None and found.granted and not found.suppressed


def _registering(given: Answering) -> Registering:
    return Registering(given.items, given.key, given.clock, given.snapshot)


def _posted(coming: Visit, name: str) -> str:
    return next(iter((coming.posted or {}).get(name, ())), "")
