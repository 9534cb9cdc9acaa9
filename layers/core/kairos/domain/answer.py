"""What a person answered to one of our forms: their own word about themselves."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from kairos.domain.identity import Identities
from kairos.domain.pages import LEFT_BECAUSE
from kairos.domain.person import Gender, Person
from kairos.domain.value import Instant, Value

FormName = Literal["sign_up", "questionnaire", "survey", "preferences", "note"]
"""note: no form, but what a scenario noted of them."""

Frequency = Literal["normal", "fewer"]
"""How often a person wants to hear from the shop: as the shop's rules say, or half as often."""

LONGEST_COMMENT = 2_000
Comment = Annotated[str, StringConstraints(max_length=LONGEST_COMMENT)]


class FormAnswer(Value):
    """One form, answered at `at`. Fields that the form did not ask, or that were left empty, are None.

    identities: whom a confirmed sign-up makes known. attributes: area, topics, looking_for, and answers to
    the shop's own questions. score: 0 (worst) to 10 (best). message_id: of the message whose link it was.
    confirmed_at: of a sign-up, when its mail's link was followed; origin: keyed hash of the network address
    that it came from. reason_at: when the reason to leave among the attributes was given, None for `at`.
    """

    form: FormName
    at: Instant
    identities: Identities | None = None
    first_name: str | None = None
    last_name: str | None = None
    language: str | None = None
    birthday: date | None = None
    gender: Gender | None = None
    attributes: dict[str, str] = Field(default_factory=dict)
    wanted_frequency: Frequency | None = None
    score: int | None = Field(default=None, ge=0, le=10)
    comment: Comment | None = None
    message_id: str | None = None
    confirmed_at: Instant | None = None
    origin: str | None = None
    reason_at: Instant | None = None

    @property
    def person(self) -> Person:
        """What it says about the person."""
        return Person(
            first_name=self.first_name,
            last_name=self.last_name,
            language=self.language,
            birthday=self.birthday,
            gender=self.gender,
            attributes=self.attributes,
        )

    def person_since(self, last_order: datetime | None) -> Person:
        """Likewise, without a reason to leave that was given before the customer ordered again."""
        person = self.person
        if last_order is None or last_order <= (self.reason_at or self.at):
            return person
        kept = {name: told for name, told in person.attributes.items() if name != LEFT_BECAUSE}
        return person.model_copy(update={"attributes": kept})

    def and_then(self, later: "FormAnswer") -> "FormAnswer":
        """Both answers to the same form: what the later one leaves open stays as it was said before."""
        told = {name: value for name, value in later if value is not None}
        return self.model_copy(update={**told, "attributes": {**self.attributes, **later.attributes}})
