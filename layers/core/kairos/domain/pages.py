"""What a shop settles about its hosted pages, and about what its messages may point to."""

from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field, StringConstraints

from kairos.domain.value import Value

Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
LanguageCode = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
Topic = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[^,]{1,60}$")]
"""Several are kept as one attribute, with commas between them."""

Short = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Wording = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]
Link = Annotated[str, StringConstraints(pattern=r"^https?://[^\s<>\"]+$", max_length=500)]
Mailbox = Annotated[str, StringConstraints(pattern=r"^[^\s@<>\",;]+@[^\s@<>\",;]+\.[^\s@<>\",;]+$")]

AskedField = Literal["first_name", "last_name", "birthday", "gender", "area", "looking_for"]
"""What a form may ask by itself. area: urban or residential; looking_for: in the person's own words."""

LEFT_BECAUSE = "left_because"
"""What the questionnaire asks of who comes by `feedback_request`, and the attribute that it becomes."""

REASONS_TO_LEAVE = ("price", "quality", "service", "found_elsewhere", "not_needed", "another_reason")

OWN_FIELDS = frozenset(
    {
        LEFT_BECAUSE,
        *get_args(AskedField),
        *("birthday_day", "birthday_month", "birthday_year"),
        *("topics", "email", "language", "frequency", "channels", "score", "comment", "consent"),
    }
)
"""Names of the forms' own inputs. What is posted under them never becomes an attribute."""


def _not_ours(name: str) -> str:
    if name in OWN_FIELDS:
        raise ValueError(
            f"{name!r} is asked by the forms themselves; choose another name, my_{name} for instance"
        )
    return name


class Question(Value):
    """One question of the shop's own. name: the attribute of the profile that the answer becomes.

    label: the question by language; where the reader's is missing, the first one. choices: what may be
    answered, empty for free text.
    """

    name: Annotated[Name, AfterValidator(_not_ours)]
    label: Annotated[dict[LanguageCode, Short], Field(min_length=1)]
    choices: Annotated[tuple[Short, ...], Field(max_length=20)] = ()


class PageSettings(Value):
    """double_opt_in: who signs up is mailed only after they confirmed by a link in a mail.

    colour: of buttons, "#rrggbb". sign_up_asks, questionnaire_asks: what the forms ask of whom it is not
    known yet. questions: the shop's own, asked by the questionnaire. topics: what a customer may choose to
    hear about. wording: what one agrees to when signing up, by language, instead of the words in the box.
    test_addresses: where tests of templates may be sent, besides the sender's own domain.
    guide, video, video_still, webinar, chat, returns: addresses that messages may point to.
    """

    double_opt_in: bool = True
    colour: Colour | None = None
    sign_up_asks: tuple[AskedField, ...] = ("first_name",)
    questionnaire_asks: tuple[AskedField, ...] = ("birthday", "area", "looking_for")
    questions: Annotated[tuple[Question, ...], Field(max_length=10)] = ()
    topics: Annotated[tuple[Topic, ...], Field(max_length=20)] = ()
    wording: dict[LanguageCode, Wording] = Field(default_factory=dict)
    test_addresses: Annotated[tuple[Mailbox, ...], Field(max_length=20)] = ()
    guide: Link | None = None
    video: Link | None = None
    video_still: Link | None = None
    webinar: Link | None = None
    chat: Link | None = None
    returns: Link | None = None

    def __hash__(self) -> int:
        """Shops are looked up by what they are; dictionaries have no hash of their own."""
        return hash((self.colour, self.sign_up_asks, self.topics, tuple(sorted(self.wording))))
