"""The figures of the ten segments that rivals are written for, in the codes of the invented shop."""

from kairos.domain.codes import ACTIVITY_KINDS, CHANNELS, ENGAGEMENT_KINDS, GENDERS, bits_of, code_of
from local.bench.chances import DAY, SECONDS
from local.bench.shop_words import catalogue, dictionaries

EMAIL = bits_of(CHANNELS, ("email",))
FEMALE = code_of(GENDERS, "female")
GERMANY = list(dictionaries()["country"]).index("DE")
VIEWED = code_of(ACTIVITY_KINDS, "product")
OPENED = code_of(ENGAGEMENT_KINDS, "opened")
BIG_SPENDING = 50_000


def days_ago(days: int) -> int:
    """The last second that is older than so many days."""
    return SECONDS - days * DAY


def products_of(category: str) -> list[int]:
    """Codes of the category's products; as `product` and as `target`, which begin alike."""
    ids = catalogue().chosen(categories=[category])
    return [code for code, word in enumerate(dictionaries()["product"]) if word in ids]
