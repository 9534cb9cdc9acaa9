"""Why somebody buys no more: asked behind the link of feedback_request alone, and kept for later offers."""

from kairos import keys
from kairos.domain.message import LedgerEntry, Step
from kairos.domain.pages import REASONS_TO_LEAVE
from kairos.ports import Item, Put
from tests.unit.forms.reception import MESSAGE, Reception


def sent_by(desk: Reception, scenario: str) -> None:
    """The message behind the link is one of this scenario."""
    entry = LedgerEntry(
        message_id=MESSAGE,
        step=Step(shop="lumen", scenario=scenario, run="run-1", step="step"),
        customer=desk.world.node,
        channel="email",
        address_node=desk.world.node,
        state="sent",
        reserved_at=desk.world.clock.now(),
    )
    desk.world.items.write(Put(Item(keys.message("lumen", MESSAGE), "1", entry.as_json())))


def test_who_comes_by_feedback_request_is_asked_why_first() -> None:
    desk = Reception()
    sent_by(desk, "feedback_request")
    first = desk.get(desk.link("questionnaire")).fields[0]
    assert (first.name, first.kind, first.choices) == ("left_because", "one_of", REASONS_TO_LEAVE)


def test_nobody_else_is_asked_why() -> None:
    desk = Reception()
    sent_by(desk, "prospects")
    assert "left_because" not in [field.name for field in desk.get(desk.link("questionnaire")).fields]


def test_the_reason_is_kept_as_an_attribute_and_not_asked_again() -> None:
    desk = Reception(questionnaire_asks=[])
    sent_by(desk, "feedback_request")
    assert desk.post(desk.link("questionnaire"), {"left_because": "price"}).name == "thanks"

    profile = desk.profile()
    assert profile is not None
    assert profile.person.attributes["left_because"] == "price"
    assert desk.get(desk.link("questionnaire")).name == "nothing"


def test_a_reason_that_is_none_of_those_is_refused() -> None:
    desk = Reception()
    sent_by(desk, "feedback_request")
    assert "left_because" in desk.post(desk.link("questionnaire"), {"left_because": "weather"}).wrong


def test_a_later_answer_without_a_reason_makes_the_reason_no_younger() -> None:
    desk = Reception(questionnaire_asks=["area"])
    sent_by(desk, "feedback_request")
    told_at = desk.world.clock.now()
    desk.post(desk.link("questionnaire"), {"left_because": "not_needed"})
    desk.world.clock.advance(86_400)
    desk.post(desk.link("questionnaire"), {"area": "urban"})

    [said] = desk.answers()
    assert said.attributes == {"left_because": "not_needed", "area": "urban"}
    assert (said.reason_at, said.at) == (told_at, desk.world.clock.now())
