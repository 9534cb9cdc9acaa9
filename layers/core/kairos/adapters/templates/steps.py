"""What the messages in the box are made of: which blocks, and where their button leads. Data, not files."""

import tomllib
from functools import cache
from typing import Annotated, Literal, get_args

from pydantic import Field, StringConstraints, field_validator

from kairos.adapters.templates.box import default_file
from kairos.adapters.templates.variables import LISTS
from kairos.domain.value import Value

Inner = Literal["cart", "your_cart", "code", "featured", "picture", "story", "still", "note", "button"]
"""Blocks in the message's own card, in the order in which a step names them. story: what a marketer wrote
for this broadcast, else the intro."""

Outer = Literal["video", "chat", "guide", "articles"]
"""Blocks with a card of their own, beneath; lists of products are such, too."""

_LIST = "|".join(LISTS)
Lists = Annotated[str, StringConstraints(pattern=rf"^({_LIST})( else ({_LIST}))*$")]
"""A list of products; "new_products else trending": the first of them that holds any."""

Target = Literal[
    "cart",
    "shop",
    "product",
    "campaign",
    "returns",
    "questionnaire",
    "survey",
    "preferences",
    "guide",
    "video",
    "webinar",
    "chat",
]
LINKS: dict[Target, str] = {
    "cart": "cart.url",
    "shop": "shop.url",
    "product": "product.url | default: shop.url",
    "campaign": "campaign.button_url | default: shop.url",
    "returns": "returns.url | default: shop.url",
    "questionnaire": "questionnaire_url",
    "survey": "survey_url",
    "preferences": "preferences_url",
    "guide": "guide.url",
    "video": "video.url",
    "webinar": "webinar.url",
    "chat": "chat.url",
}
"""Where a button can lead, as Liquid. Without such an address there is no button."""


class StepLayout(Value):
    """blocks: what stands between the words at the top and the foot, from top to bottom. button: where the
    message's button leads, and its link on short channels."""

    blocks: tuple[Inner | Outer | Lists, ...] = Field(min_length=1)
    button: Target

    @field_validator("blocks")
    @classmethod
    def _cards_come_last(cls, blocks: tuple[str, ...]) -> tuple[str, ...]:
        inner = [is_inner(one) for one in blocks]
        if inner != sorted(inner, reverse=True):
            raise ValueError("blocks of the message's own card come before those with a card of their own")
        if len(set(blocks)) < len(blocks):
            raise ValueError("a block stands once")
        return blocks


def is_inner(block: str) -> bool:
    """Whether it stands in the message's own card."""
    return block in _INNER


_INNER = frozenset(get_args(Inner))


@cache
def layouts() -> dict[tuple[str, str], StepLayout]:
    """By scenario and step. Raises ValidationError for a table that is none."""
    told = tomllib.loads(default_file("steps.toml") or "")
    return {
        (scenario, step): StepLayout.model_validate(layout)
        for scenario, steps in told.items()
        for step, layout in steps.items()
    }


def link_of(scenario: str, step: str) -> str:
    """Where the step's message leads, as a Liquid expression; to the cart where no layout says."""
    layout = layouts().get((scenario, step))
    return LINKS[layout.button if layout else "cart"]
