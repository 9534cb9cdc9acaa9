"""Signing up by the hosted form: whoever owns the address confirms it by a link, and only then is mailed.

The proof of the consent is kept with it: when, in which words, and a keyed hash of the network address.
"""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from kairos import keys
from kairos.domain.answer import FormAnswer
from kairos.domain.consent import Consent, ConsentStatement
from kairos.domain.errors import NotFound
from kairos.domain.identity import Identities
from kairos.domain.message import LedgerEntry, Step
from kairos.domain.shop import Shop
from kairos.domain.value import digest
from kairos.ports import Delete, Item, Put, Unchanged
from kairos.services.forms.answering import Answering, keep
from kairos.services.forms.tokens import OfSignUp, confirm_token
from kairos.services.limits import Limit, allowed
from kairos.services.recording.links import record_links
from kairos.services.recording.storing import agree
from kairos.services.sending import ledger

SCENARIO, STEP = "double_opt_in", "confirm"
PER_ADDRESS = Limit("confirm", 3, timedelta(days=1))
"""Mails that ask one address to confirm; our own default."""

LASTS = timedelta(days=7)
"""How long a sign-up waits for its confirmation; our own default."""

_MOST_MAILS = PER_ADDRESS.most * LASTS.days
"""Sign-ups that wait at one address; as many as can be asked for while one lasts, so that none pushes another
out."""

_STAYS = frozenset({"bounced", "complained"})


class SignUp(NamedTuple):
    """What was posted. wording: what they agreed to. origin: keyed hash of the network address."""

    email: str
    language: str
    wording: str
    origin: str
    said: FormAnswer


def sign_up(given: Answering, shop: Shop, wish: SignUp) -> None:
    """Ask the address to confirm, unless it is mailed already, can't be, or was asked often enough.

    The caller learns nothing of which it was: else the form would tell who is a customer. Without double
    opt-in the consent counts at once; what was said beside it is then kept only of an address nobody knew,
    for anybody might have typed it. For the same reason nothing but a confirmation lifts a withdrawal or a
    suppression, whatever the shop settled.
    """
    node, now = given.key.node(shop.id, "email", wish.email), given.clock.now()
    places = keys.consent(shop.id, "email", node), keys.suppression(shop.id, "email", node)
    found = given.items.get_many([*places, keys.identity(shop.id, node)])
    consent, suppression = (found.get(place) for place in places)
    said_before = Consent.model_validate(consent.body) if consent else Consent()
    reason = suppression.body.get("reason") if suppression else None
    if reason in _STAYS or (said_before.granted and suppression is None):
        return
    if not allowed(given.items, now, shop.id, PER_ADDRESS, node):
        return
    if shop.pages.double_opt_in or said_before.withdrawn or suppression is not None:
        _ask(given, shop, node, wish, now)
        return
    known = keys.identity(shop.id, node) in found
    said = FormAnswer(form="sign_up", at=wish.said.at, language=wish.language) if known else wish.said
    pending = _pending(wish._replace(said=said))
    _grant(given, shop.id, node, pending, "sign-up form", wish.origin)
    _know(given, shop.id, node, pending, None)


def _ask(given: Answering, shop: Shop, node: str, wish: SignUp, now: datetime) -> None:
    """Reserve the mail in the ledger and queue it, as every message is."""
    step = Step(shop=shop.id, scenario=SCENARIO, run=digest([node, now.isoformat()])[:32], step=STEP)
    entry = LedgerEntry(
        message_id=step.message_id,
        step=step,
        customer=node,
        channel="email",
        address_node=node,
        purpose="confirmation",
        state="reserved",
        reserved_at=now,
    )
    token = confirm_token(given.key, OfSignUp(shop.id, node, entry.message_id))
    place, expires = keys.sign_up(shop.id, node), int((now + LASTS).timestamp())
    told = _pending(wish) | {"link": f"{given.api_url}/v1/forms/{token}", "expires_at": expires}
    ledger.watch(given.items, given.clock, shop.id, entry.message_id)
    given.items.write(
        Put(Item(keys.message(shop.id, entry.message_id), "1", entry.as_json()), Unchanged(None))
    )

    def pending(held: Item | None) -> Item:
        """Each mail's own sign-up, oldest first: who types the address too changes nothing of the others."""
        waiting = [
            (one, known)
            for one, known in (held.body.get("mails", {}) if held else {}).items()
            if known["expires_at"] > now.timestamp() and one != entry.message_id
        ]
        waiting.sort(key=lambda one: one[1]["expires_at"])
        mails = dict([*waiting, (entry.message_id, told)][-_MOST_MAILS:])
        return Item(place, "", {"email": wish.email, "mails": mails}, expires)

    agree(given.items, place, pending)
    given.queue.send({"shop": shop.id, "message_id": entry.message_id, "channel": "email"})
    given.counts.add("SignUpsAsked")


def _pending(wish: SignUp) -> dict[str, Any]:
    return {
        "email": wish.email,
        "language": wish.language,
        "wording": wish.wording,
        "origin": wish.origin,
        "said": wish.said.as_json(),
    }


def is_waiting(given: Answering, token: OfSignUp) -> bool:
    """Whether this mail's sign-up waits for its confirmation; False where it is confirmed.

    Raises NotFound where there is none, or it has expired.
    """
    if _waiting(given, token) is not None:
        return True
    consent = given.items.get(keys.consent(token.shop, "email", token.address_node))
    if consent is None or not Consent.model_validate(consent.body).granted:
        raise NotFound("sign-up", "")
    return False


def language_asked(given: Answering, token: OfSignUp) -> str | None:
    """The language of the form that this mail's sign-up came from; None where it does not wait."""
    pending = _waiting(given, token)
    return str(pending["language"]) if pending else None


def _waiting(given: Answering, token: OfSignUp) -> dict[str, Any] | None:
    """What was typed for this very mail."""
    held = given.items.get(keys.sign_up(token.shop, token.address_node))
    pending: dict[str, Any] | None = held.body.get("mails", {}).get(token.message_id) if held else None
    if pending is None or pending["expires_at"] <= given.clock.now().timestamp():
        return None
    return pending


def confirm(given: Answering, token: OfSignUp, origin: str) -> None:
    """The consent counts from now on, and what was typed for this mail; what others typed is dropped.

    Repeating it changes nothing. Raises NotFound.
    """
    pending = _waiting(given, token)
    if pending is None:
        is_waiting(given, token)
        return
    _accept(given, token.shop, token.address_node, pending, origin)
    given.items.write(Delete(keys.sign_up(token.shop, token.address_node)))
    given.counts.add("SignUpsConfirmed")


def _accept(given: Answering, shop: str, node: str, pending: dict[str, Any], origin: str) -> None:
    """Consent first: whoever resumes after a crash finds the sign-up still waiting."""
    _grant(given, shop, node, pending, "sign-up form, confirmed by mail", origin)
    suppression = given.items.get(keys.suppression(shop, "email", node))
    if suppression is not None and suppression.body.get("reason") not in _STAYS:
        given.items.write(Delete(suppression.key, Unchanged(suppression.version)))
    _know(given, shop, node, pending, given.clock.now())


def _grant(given: Answering, shop: str, node: str, pending: dict[str, Any], source: str, origin: str) -> None:
    granted = ConsentStatement(
        channel="email",
        address=str(pending["email"]),
        state="granted",
        stated_at=given.clock.now(),
        source=source,
        wording=pending["wording"],
        origin=origin,
    )
    place = keys.consent(shop, "email", node)

    def stated(held: Item | None) -> Item:
        known = Consent.model_validate(held.body) if held else Consent()
        return Item(place, "", known.model_copy(update={"ours": granted}).as_json())

    agree(given.items, place, stated)


def _know(
    given: Answering, shop: str, node: str, pending: dict[str, Any], confirmed_at: datetime | None
) -> None:
    """Keep who signed up and what they said. The address is proven only where it was confirmed."""
    identities = Identities(email=str(pending["email"]), verified=confirmed_at is not None)
    record_links(given.items, shop, given.key, identities, given.clock.now())
    said = FormAnswer.model_validate(pending["said"])
    proven = said.model_copy(
        update={"identities": identities, "confirmed_at": confirmed_at, "origin": pending["origin"]}
    )
    keep(given, shop, node, proven, proven.at.strftime("%Y%m%dT%H%M%SZ"))
