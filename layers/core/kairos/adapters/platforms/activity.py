"""The script tag's batches: what a visitor did, the cart as it stands, and who they say they are.

Nothing of it is signed but an identify, so it may claim little: an unsigned identify keeps its e-mail as
a mere claim, and its platform id and phone are dropped, since those would lead to somebody else's
customer. A wrong event does not cost the others: it is left out, and told in `refused`.
"""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, ValidationError

from kairos.adapters.platforms import people
from kairos.adapters.platforms.generic import parts
from kairos.adapters.platforms.generic.requests import LineRequest
from kairos.adapters.platforms.message import Message, Reader
from kairos.adapters.platforms.requests import (
    Amount,
    CurrencyCode,
    Id,
    Request,
    Step,
    Text,
    VersionTime,
    minor,
    unreadable,
    validated,
)
from kairos.adapters.platforms.signatures import IDENTIFY_HEADER
from kairos.domain.activity import Activity, ActivityBatch, ActivityKind, BrowserPush, Device
from kairos.domain.cart import CartSnapshot
from kairos.domain.errors import Refused, Unreadable
from kairos.domain.identity import Identities, folded_email
from kairos.domain.push_subscription import read_subscription
from kairos.domain.snapshot import Snapshot

MOST_EVENTS = 100
"""Events in one batch: the tag sends every few seconds; sendBeacon itself stops at 64 kB."""

_Unguessable = Annotated[Id, Field(min_length=16, max_length=128, pattern=r"^[A-Za-z0-9._:-]+$")]
_Short = Annotated[Text, Field(max_length=100)]


class EventRequest(Request):
    """One event. target: page address, product or category id, query, form or event name.

    stage: how far it went, see Activity. device: what it was done on, where the tag says so.
    """

    id: Annotated[Id, Field(max_length=64)]
    kind: ActivityKind
    at: VersionTime
    target: Text | None = None
    stage: _Short | None = None
    seconds: Annotated[int, Field(ge=0, le=86_400)] | None = None
    fields: Annotated[dict[_Short, Annotated[Text, Field(max_length=500)]], Field(max_length=20)] | None = (
        None
    )
    device: Device | None = None


class TagCartRequest(Request):
    """The cart as it now stands. id: the shop's own token for it, where it has one that nobody can guess."""

    id: _Unguessable | None = None
    at: VersionTime | None = None
    currency: CurrencyCode | None = None
    total: Amount | None = None
    lines: Annotated[tuple[LineRequest, ...], Field(max_length=200)] = ()
    restore_url: Text | None = None
    step: Step = "cart"


class IdentifyRequest(Request):
    """Who the visitor is; signature: by the shop's server, see signatures.identify_signature.

    link: the token of a link in one of our mails (`kairos_id`); it counts like an unsigned claim.
    """

    email: Text | None = None
    platform_id: Id | None = None
    phone: Text | None = None
    link: _Short | None = None
    at: VersionTime | None = None
    signature: Text | None = None


class PushRequest(Request):
    """This browser's push subscription; taken together with a signed identify alone."""

    endpoint: Text
    p256dh: _Short
    auth: _Short
    wording: Text | None = None
    language: _Short | None = None
    at: VersionTime | None = None


class BatchRequest(Request):
    """The whole body. The parts are judged one by one, so that one mistake does not cost the rest."""

    visitor: _Unguessable
    sent_at: VersionTime
    events: Annotated[list[Any], Field(max_length=MOST_EVENTS)] = Field(default_factory=list)
    cart: Any = None
    identify: Any = None
    push: Any = None


def read(message: Message) -> list[Snapshot]:
    """One ActivityBatch. Unreadable only if the frame is wrong, or nothing within it can be read."""
    told = validated(BatchRequest, message.body.told, message.body.times)
    refused: list[Unreadable] = []

    def part[R: Request](model: type[R], value: Any, path: str) -> R | None:
        """The part, or None once its complaint is noted."""
        try:
            if not isinstance(value, dict):
                raise Unreadable(path, "is not an object.", "Send a JSON object.")
            return model.model_validate(value, context={"times": message.body.times})
        except ValidationError as wrong:
            first = unreadable(wrong)
            refused.append(Unreadable(f"{path}.{first.field}", first.problem, first.remedy))
        except Refused as wrong:
            refused.append(Unreadable(path, wrong.problem, wrong.remedy))
        return None

    events = [part(EventRequest, one, f"events[{place}]") for place, one in enumerate(told.events)]
    cart = part(TagCartRequest, told.cart, "cart") if told.cart is not None else None
    claim = part(IdentifyRequest, told.identify, "identify") if told.identify is not None else None
    asked = part(PushRequest, told.push, "push") if told.push is not None else None
    read_events = [one for one in events if one]
    if refused and not (read_events or cart or claim):
        raise refused[0]
    latest = message.told_at
    sent_at = min(told.sent_at, latest)
    identities = _identities(told.visitor, claim, message.headers.get(IDENTIFY_HEADER) == "verified")
    push = _push(asked, identities, sent_at, latest, refused) if asked else None
    return [
        ActivityBatch(
            visitor=told.visitor,
            updated_at=sent_at,
            activities=tuple(_activity(one, latest) for one in read_events),
            cart=_cart(cart, identities, message, sent_at) if cart else None,
            identities=identities,
            identified_at=min(claim.at or sent_at, latest)
            if claim and _says_who(claim, identities)
            else None,
            link=claim.link if claim and not _names_somebody(identities) else None,
            push=push,
            refused=tuple(one.field for one in refused),
        )
    ]


def _names_somebody(who: Identities) -> bool:
    return bool(who.email or who.platform_id or who.phone)


def _says_who(claim: IdentifyRequest, who: Identities) -> bool:
    return _names_somebody(who) or claim.link is not None


def _push(
    told: PushRequest, who: Identities, sent_at: datetime, latest: datetime, refused: list[Unreadable]
) -> BrowserPush | None:
    """The subscription, or None once its complaint is noted. An unsigned claim would send a stranger's
    messages to whoever makes it."""
    if not (who.verified and _names_somebody(who)):
        refused.append(Unreadable("push", "nobody is signed for.", "Send it with a signed identify."))
        return None
    try:
        read_subscription(lambda name: str(getattr(told, name)))
    except Refused as wrong:
        refused.append(Unreadable(f"push.{wrong.field}", wrong.problem, wrong.remedy))
        return None
    asked_at = min(told.at or sent_at, latest)
    return BrowserPush(
        endpoint=told.endpoint, p256dh=told.p256dh, auth=told.auth, at=asked_at, wording=told.wording
    )


def _identities(visitor: str, claim: IdentifyRequest | None, verified: bool) -> Identities:
    if claim is None:
        return Identities(visitor=visitor, verified=False)
    email = folded_email(claim.email)
    if not verified:
        return Identities(visitor=visitor, email=email, verified=False)
    return Identities(
        visitor=visitor,
        email=email,
        platform_id=claim.platform_id,
        phone=people.phone(claim.phone, None),
        verified=True,
    )


def _activity(told: EventRequest, latest: datetime) -> Activity:
    """A browser's clock that runs ahead (by up to a day) is taken back to our receipt."""
    return Activity(
        id=told.id,
        kind=told.kind,
        at=min(told.at, latest),
        target=told.target,
        stage=told.stage,
        seconds=told.seconds,
        fields=told.fields,
        device=told.device,
    )


def _cart(told: TagCartRequest, who: Identities, message: Message, sent_at: datetime) -> CartSnapshot:
    """The visitor's cart, under the visitor's id; with a token of the shop's, one telling of that cart.

    As such it stands beside what the shop itself tells of the cart, like a checkout: a cart of Shopify
    names nobody, and its next update must not wipe out whose it is.
    """
    currency = told.currency or message.shop.currency
    lines = parts.lines(told.lines, currency, "cart.lines")
    total = minor(told.total, currency, "cart.total")
    own = f"visitor:{who.visitor}"
    return CartSnapshot(
        kind="checkout" if told.id else "cart",
        id=f"{own}:{told.id}" if told.id else own,
        cart_token=told.id,
        updated_at=min(told.at or sent_at, message.told_at),
        currency=currency,
        total=sum(line.total for line in lines) if total is None else total,
        lines=lines,
        identities=who,
        restore_url=told.restore_url,
        step=told.step,
    )


TOPICS: dict[str, Reader] = {"": read}
