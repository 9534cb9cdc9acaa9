"""Which page a form's address leads to: what GET shows, and what POST does before it shows the next."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Literal, NamedTuple

from kairos import keys
from kairos.domain.errors import NotFound
from kairos.domain.identity import IdentityKey
from kairos.domain.message import LedgerEntry
from kairos.domain.shop import Shop
from kairos.services import double_opt_in
from kairos.services.customers import KnownCustomer, read_customer
from kairos.services.double_opt_in import SignUp
from kairos.services.forms.answering import Answering, answer_of, keep
from kairos.services.forms.asking import (
    Field,
    preferences_fields,
    questionnaire_fields,
    reason_field,
    sign_up_fields,
    survey_fields,
)
from kairos.services.forms.choosing import Proof, choose_channels
from kairos.services.forms.low_scores import tell_of_low_score
from kairos.services.forms.reading import Posted, Read, Wrong, read
from kairos.services.forms.tokens import OfPerson, OfShop, OfSignUp, find_token
from kairos.services.limits import Limit, allowed
from kairos.services.sending.content import language_of
from kairos.services.sending.reaching import addresses_of
from kairos.services.shops import load_shop

PER_ORIGIN = Limit("form", 20, timedelta(hours=1))
"""Forms sent from one network address to one shop; our own default."""

PER_READER = Limit("reader", 30, timedelta(hours=1))
"""Forms sent by one link; our own default."""

_ASKING_WHY = "feedback_request"
"""The scenario whose questionnaire asks first why somebody buys no more."""

PageName = Literal[
    "sign_up",
    "sent",
    "confirm",
    "confirmed",
    "questionnaire",
    "survey",
    "preferences",
    "thanks",
    "saved",
    "nothing",
    "busy",
]


class Page(NamedTuple):
    """What is to be shown. fields: to be filled; values, wrong: what was posted, and what is wrong with it.

    unsubscribe: address that withdraws everything, where the page is about a reader. notifies: the reader may
    switch notifications on in this browser, if the shop sends them.
    """

    name: PageName
    shop: Shop
    language: str
    fields: tuple[Field, ...] = ()
    values: Posted = MappingProxyType({})
    wrong: Mapping[str, Wrong] = MappingProxyType({})
    unsubscribe: str | None = None
    notifies: bool = False


class Visit(NamedTuple):
    """Who comes how. token: the end of the address; accepts: the browser's languages; origin: its network
    address, which is kept as a keyed hash alone; posted: None for GET.
    """

    token: str
    accepts: str | None
    origin: str
    posted: Posted | None = None


def visit(given: Answering, coming: Visit) -> Page:
    """The page to show. Only a POST changes anything. Raises NotFound for an address that is no longer good,
    or never was.
    """
    token = find_token(given.items, given.key, coming.token)
    shop = load_shop(given.items, token.reader.shop if isinstance(token, OfPerson) else token.shop)
    if shop is None:
        raise NotFound("form", "")
    if isinstance(token, OfShop):
        return _signing_up(given, shop, coming)
    if isinstance(token, OfSignUp):
        return _confirming(given, shop, token, coming)
    return _answering(given, shop, token, coming)


def _signing_up(given: Answering, shop: Shop, coming: Visit) -> Page:
    language = language_of(shop, (coming.accepts or "").partition(",")[0].partition(";")[0])[0]
    fields = tuple(sign_up_fields(shop))
    if coming.posted is None:
        return Page("sign_up", shop, language, fields)
    told = read(fields, coming.posted, given.clock.now().date())
    if told.wrong:
        return Page("sign_up", shop, language, fields, coming.posted, told.wrong)
    origin = origin_hash(given.key, shop.id, coming.origin)
    if not allowed(given.items, given.clock.now(), shop.id, PER_ORIGIN, origin):
        return Page("busy", shop, language)
    said = answer_of("sign_up", told, given.clock.now()).model_copy(update={"language": language})
    wish = SignUp(told.one("email") or "", language, given.wording(shop, language), origin, said)
    double_opt_in.sign_up(given, shop, wish)
    return Page("sent" if shop.pages.double_opt_in else "confirmed", shop, language)


def _confirming(given: Answering, shop: Shop, token: OfSignUp, coming: Visit) -> Page:
    waiting = double_opt_in.is_waiting(given, token)
    language = language_of(shop, double_opt_in.language_asked(given, token) or coming.accepts)[0]
    if coming.posted is None:
        return Page("confirm" if waiting else "confirmed", shop, language, notifies=not waiting)
    double_opt_in.confirm(given, token, origin_hash(given.key, shop.id, coming.origin))
    return Page("confirmed", shop, language, notifies=True)


def _answering(given: Answering, shop: Shop, token: OfPerson, coming: Visit) -> Page:
    node = node_of_reader(given, token)
    known = read_customer(given.items, shop.id, node)
    if known.profile is None:
        raise NotFound("form", "")
    language = language_of(shop, known.profile.person.language)[0]
    fields = tuple(_fields(given, shop, token, known))
    link = f"{given.api_url}/v1/unsubscribe/{token.link}"
    if not fields:
        return Page("nothing", shop, language)
    shown = Page(token.form, shop, language, fields, unsubscribe=link, notifies=token.form == "preferences")
    if coming.posted is None:
        return shown
    told = read(fields, coming.posted, given.clock.now().date())
    if told.wrong:
        return shown._replace(values=coming.posted, wrong=told.wrong)
    if not allowed(given.items, given.clock.now(), shop.id, PER_READER, node):
        return Page("busy", shop, language)
    proof = Proof(language, origin_hash(given.key, shop.id, coming.origin))
    _keep(given, shop, token, known, told, proof)
    spoken = told.one("language")
    return Page("saved" if token.form == "preferences" else "thanks", shop, spoken or language)


def _fields(given: Answering, shop: Shop, token: OfPerson, known: KnownCustomer) -> list[Field]:
    profile = known.profile
    if token.form == "survey" or profile is None:
        return survey_fields()
    if token.form == "questionnaire":
        asks_why = _scenario_of(given, token) == _ASKING_WHY
        return (reason_field(profile) if asks_why else []) + questionnaire_fields(shop, profile)
    addresses = addresses_of(given.items, given.key, shop.id, profile, known.held)
    return preferences_fields(shop, profile, addresses)


def _scenario_of(given: Answering, token: OfPerson) -> str | None:
    """Of the message whose link it is."""
    held = given.items.get(keys.message(token.reader.shop, token.reader.message_id))
    return LedgerEntry.model_validate(held.body).step.scenario if held else None


def _keep(
    given: Answering, shop: Shop, token: OfPerson, known: KnownCustomer, told: Read, proof: Proof
) -> None:
    """Consents and what support is to know first; then the answer, which folds and tells."""
    node, now = node_of_reader(given, token), given.clock.now()
    if token.form == "preferences":
        choose_channels(given, shop, known, told.values.get("channels", ()), proof)
    said = answer_of(token.form, told, now, token.reader.message_id)
    tell_of_low_score(given.items, shop, known, said)
    keep(given, shop.id, node, said, token.reader.message_id)


def node_of_reader(given: Answering, token: OfPerson) -> str:
    """The node that the answers hang on: the reader's address, else whom the message was for."""
    reader = token.reader
    if given.items.get(keys.identity(reader.shop, reader.address_node)) is not None:
        return reader.address_node
    held = given.items.get(keys.message(reader.shop, reader.message_id))
    if held is None:
        raise NotFound("form", "")
    return LedgerEntry.model_validate(held.body).customer


def origin_hash(key: IdentityKey, shop: str, origin: str) -> str:
    """The network address as it may be kept: 32 hex digits, different in every shop and deployment."""
    return hmac.new(key.secret, f"origin\x00{shop}\x00{origin}".encode(), hashlib.sha256).hexdigest()[:32]
