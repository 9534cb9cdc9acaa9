"""What each form asks: of the reader of a message only what is not known of them yet."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from kairos.domain.consent import Channel
from kairos.domain.pages import LEFT_BECAUSE, REASONS_TO_LEAVE, AskedField, Question
from kairos.domain.person import Person
from kairos.domain.places import area_of
from kairos.domain.profile import Profile
from kairos.domain.shop import Shop
from kairos.services.sending.content import language_of
from kairos.services.sending.permission import objection_to
from kairos.services.sending.reaching import Address

FieldKind = Literal["email", "text", "words", "date", "one_of", "some_of", "score", "consent"]

_CHOICES: dict[str, tuple[str, ...]] = {
    "gender": ("female", "male", "other"),
    "area": ("urban", "residential"),
    "frequency": ("normal", "fewer"),
}


class Field(NamedTuple):
    """One field of a form. name: of the input, and of the words for it in the box.

    kind: text is one line, words several; one_of: radio buttons, some_of: boxes. choices: values; labels:
    what the shop itself calls the field and its values, where the box has no words for them. value: what
    stands in it at first.
    """

    name: str
    kind: FieldKind
    required: bool = False
    choices: tuple[str, ...] = ()
    label: Mapping[str, str] | None = None
    own_choices: bool = False
    value: tuple[str, ...] = ()


def sign_up_fields(shop: Shop) -> list[Field]:
    """Address and agreement, between them what the shop wants to know."""
    asked = [_field(one) for one in shop.pages.sign_up_asks]
    return [Field("email", "email", required=True), *asked, Field("consent", "consent", required=True)]


def questionnaire_fields(shop: Shop, profile: Profile) -> list[Field]:
    """What the shop wants to know, and does not know of this customer."""
    asked = [_field(one) for one in shop.pages.questionnaire_asks if not is_known(profile.person, one)]
    own = [one for one in shop.pages.questions if one.name not in profile.person.attributes]
    return asked + [_own(one) for one in own]


def reason_field(profile: Profile) -> list[Field]:
    """Why they buy no more, unless they have told."""
    told = LEFT_BECAUSE in profile.person.attributes
    return [] if told else [Field(LEFT_BECAUSE, "one_of", choices=REASONS_TO_LEAVE)]


def survey_fields() -> list[Field]:
    """A score, and why."""
    return [Field("score", "score", required=True), Field("comment", "words")]


def preferences_fields(shop: Shop, profile: Profile, addresses: Mapping[Channel, Address]) -> list[Field]:
    """How to be reached and about what. Ticked is every channel that the shop may write on, by consent or by
    soft opt-in. A birthday is asked for, and never shown: links are passed on.
    """
    open_now = tuple(c for c, one in addresses.items() if objection_to(shop, profile, one) is None)
    person, topics = profile.person, shop.pages.topics
    told = person.attributes.get("topics", "").split(", ")
    fields = [
        Field("channels", "some_of", choices=tuple(addresses), value=open_now),
        Field(
            "frequency",
            "one_of",
            choices=_CHOICES["frequency"],
            value=(profile.wanted_frequency or "normal",),
        ),
    ]
    if topics:
        chosen = tuple(one for one in topics if one in told)
        fields.append(Field("topics", "some_of", choices=topics, own_choices=True, value=chosen))
    if len(shop.languages) > 1:
        fields.append(Field("language", "one_of", choices=shop.languages, value=(_spoken(shop, person),)))
    return fields if is_known(person, "birthday") else [*fields, _field("birthday")]


def _spoken(shop: Shop, person: Person) -> str:
    """Which of the shop's languages they are written to in; whatever they save unread is that."""
    if person.language in shop.languages:
        return str(person.language)
    base = language_of(shop, person.language)[0]
    return next(one for one in shop.languages if one.split("-")[0] == base)


def is_known(person: Person, field: AskedField) -> bool:
    """Whether nobody needs to be asked. An area may be known by the city."""
    if field == "area":
        return area_of(person) is not None
    if field == "looking_for":
        return field in person.attributes
    return getattr(person, field) is not None


def _field(name: AskedField) -> Field:
    if name == "birthday":
        return Field(name, "date")
    if name == "looking_for":
        return Field(name, "words")
    return Field(name, "one_of" if name in _CHOICES else "text", choices=_CHOICES.get(name, ()))


def _own(question: Question) -> Field:
    kind: FieldKind = "one_of" if question.choices else "text"
    return Field(question.name, kind, choices=question.choices, label=question.label, own_choices=True)
