"""What a marketer writes for one broadcast: plain words by language, no template."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from kairos.domain.pages import LanguageCode, Link, Short
from kairos.domain.value import Value

LongText = Annotated[str, Field(max_length=5_000)]


class Article(Value):
    """One piece of a newsletter. text: plain, its line breaks kept."""

    title: Short
    text: LongText = ""
    url: Link | None = None
    image: Link | None = None


class CampaignContent(Value):
    """What a marketer wrote for one broadcast, in the reader's language. No Liquid, no HTML.

    subject: None for the heading. text: plain, its line breaks kept. button_text, button_url: where it
    leads; without a url to the shop. image: above the text.
    """

    heading: Short
    subject: Short | None = None
    text: LongText = ""
    button_text: Annotated[str, Field(max_length=40)] | None = None
    button_url: Link | None = None
    image: Link | None = None
    articles: Annotated[tuple[Article, ...], Field(max_length=10)] = ()


Contents = dict[LanguageCode, CampaignContent]
"""By language ("de")."""


def content_in(contents: Mapping[str, CampaignContent], language: str, usual: str) -> CampaignContent | None:
    """In the reader's language, else in the shop's first, else in the first that it was written in."""
    return contents.get(language) or contents.get(usual) or next(iter(contents.values()), None)
