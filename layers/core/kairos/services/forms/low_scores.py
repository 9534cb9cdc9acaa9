"""Telling support of a bad answer to a survey, however good the customer's score is otherwise."""

from kairos.domain.answer import FormAnswer
from kairos.domain.scenarios.satisfaction import SATISFACTION
from kairos.domain.shop import Shop
from kairos.ports import Items
from kairos.services.acting.complaints import open_inquiry
from kairos.services.customers import KnownCustomer
from kairos.services.scenarios import read_standing


def tell_of_low_score(items: Items, shop: Shop, known: KnownCustomer, said: FormAnswer) -> None:
    """An inquiry with support for each survey answered badly, while the scenario satisfaction is on.

    Each answer counts by itself: one that turns no score, or comes after another bad one, is none the better.
    Repeating it leaves the same.
    """
    standing = read_standing(items, shop.id, SATISFACTION)
    settings = SATISFACTION.recall_settings(standing.settings)
    if standing.enabled and said.score is not None and said.score < settings.low_score_below:
        open_inquiry(items, shop.id, known, f"survey-{said.message_id}", said.at)
