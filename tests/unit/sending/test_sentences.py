"""Decisions in sentences: every one in every language, with the facts, as people say it."""

import re
from datetime import UTC, datetime
from typing import Any, get_args

import pytest

from kairos.domain.errors import Refused
from kairos.domain.holdout import HOLDOUT
from kairos.domain.message import Outcome, Reason
from kairos.domain.scenarios.registry import SCENARIOS
from kairos.domain.sending_rules import SendingRules
from kairos.services.sending.decisions import Decision, What
from kairos.services.sentences import LANGUAGES, not_started_sentence, sentence, telling
from tests.unit.sending.world import SHOP

AT = datetime(2026, 3, 12, 13, 3, tzinfo=UTC)  # 14:03 in Zurich
EIGHT = datetime(2026, 3, 13, 7, tzinfo=UTC)
NOW = datetime(2026, 11, 22, tzinfo=UTC)
CRITERIA = {
    text
    for one in SCENARIOS.values()
    for named in one.criteria.values()
    for text in (named.holds, named.holds_not)
}
NOT_STARTED = {"switched off", "too old", "nothing against it now: its next change starts it"}
EVERY = sorted({*get_args(Reason), *get_args(Outcome), *CRITERIA, *NOT_STARTED, HOLDOUT, "finished"})
FACTS = {"time_zone": "Europe/Zurich", "channel": "email"}


def decision(what: What = "deferred", reason: str = "quiet hours", **told: Any) -> Decision:
    return Decision.model_validate(
        {"what": what, "reason": reason, "at": AT, "last_at": AT, "until": EIGHT, "facts": FACTS} | told
    )


def said(language: str, told: Decision, now: datetime = NOW) -> str:
    return sentence(told, telling(SHOP, language, now))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reason", EVERY)
def test_there_is_no_reason_without_a_sentence(language: str, reason: str) -> None:
    words = LANGUAGES[language]
    assert reason in words.reasons
    for what in get_args(What):
        full, bare = (
            said(language, decision(what, reason, **more)) for more in ({}, {"facts": {}, "until": None})
        )
        assert not re.search(r"[{}\[\]]", full + bare)
        assert full.endswith(".")
        assert len(bare) <= len(full)


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - {"en"}))
def test_no_sentence_is_left_in_english(language: str) -> None:
    english, other = LANGUAGES["en"], LANGUAGES[language]
    assert set(other.reasons) == set(english.reasons)
    assert set(other.leads) == set(english.leads)
    assert set(other.channels) == set(english.channels)
    same = {name for name, text in english.reasons.items() if other.reasons[name] == text}
    assert same == set()
    assert {name for name, text in english.leads.items() if other.leads[name] == text} == set()


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "Not sent on 12 March at 14:03: in quiet hours until 08:00 (Europe/Zurich)."),
        ("de", "Nicht gesendet am 12. März um 14:03 Uhr: Ruhezeit bis 08:00 Uhr (Europe/Zurich)."),
        ("fr", "Non envoyé le 12 mars à 14:03 : pendant les heures de repos, jusqu'à 08:00 (Europe/Zurich)."),
        ("it", "Non inviato il 12 marzo alle 14:03: nelle ore di riposo, fino alle 08:00 (Europe/Zurich)."),
    ],
)
def test_quiet_hours_in_each_language(language: str, expected: str) -> None:
    assert said(language, decision()) == expected


def test_the_end_of_a_wait_is_told_by_the_customers_clock_and_the_decision_by_the_shops() -> None:
    tokyo = decision(facts={"time_zone": "Asia/Tokyo"})
    assert said("en", tokyo) == "Not sent on 12 March at 14:03: in quiet hours until 16:00 (Asia/Tokyo)."


def test_a_long_wait_names_the_day() -> None:
    capped = decision(
        reason="frequency cap",
        until=datetime(2026, 3, 19, 7, tzinfo=UTC),
        facts=FACTS | {"cap": 1, "cap_window": "P7D"},
    )
    assert said("en", capped) == (
        "Not sent on 12 March at 14:03: the limit of 1 in 7 days is used up;"
        " waiting until 19 March at 08:00 (Europe/Zurich)."
    )
    assert "je 7 Tage" in said("de", capped)
    assert "(1 en 7\xa0jours)" in said("fr", capped)
    assert "ogni 7 giorni" in said("it", capped)


def test_another_year_is_named() -> None:
    assert "on 12 March 2026 at" in said("en", decision(), datetime(2027, 1, 5, tzinfo=UTC))


def test_the_first_of_a_month_in_french_and_the_eighth_in_italian() -> None:
    assert "le 1er mars à" in said("fr", decision(at=datetime(2026, 3, 1, 13, tzinfo=UTC)))
    assert "le 11 mars à" in said("fr", decision(at=datetime(2026, 3, 11, 13, tzinfo=UTC)))
    assert "l'8 marzo alle" in said("it", decision(at=datetime(2026, 3, 8, 13, tzinfo=UTC)))
    assert "il 18 marzo alle" in said("it", decision(at=datetime(2026, 3, 18, 13, tzinfo=UTC)))


def test_a_wait_repeated_says_how_often() -> None:
    assert said("en", decision(count=3)).endswith("(Europe/Zurich). Decided so 3 times.")


def test_a_last_message_left_out_says_why() -> None:
    ended = decision("ended", "finished: no code left")
    assert said("en", ended) == (
        "Ended on 12 March at 14:03: it went all its way, but the last message was left out:"
        " there was no discount code left."
    )


def test_what_never_started_says_why() -> None:
    by = telling(SHOP, "it", NOW)
    assert not_started_sentence("switched off", by) == "Non avviato: lo scenario è disattivato."


def test_the_language_is_the_shops_first_unless_asked_for() -> None:
    assert telling(SHOP, None, NOW).words is LANGUAGES["de"]
    swiss = SHOP.model_copy(update={"languages": ("rm", "fr-CH", "de")})
    assert telling(swiss, None, NOW).words is LANGUAGES["fr"]
    assert telling(SHOP.model_copy(update={"languages": ("rm",)}), None, NOW).words is LANGUAGES["en"]
    assert telling(SHOP, "it", NOW).words is LANGUAGES["it"]


def test_a_language_that_nobody_speaks_here_is_refused() -> None:
    with pytest.raises(Refused, match="language"):
        telling(SHOP, "tlh", NOW)


def test_every_setting_of_sending_stands_in_the_documents() -> None:
    from tests.unit.test_docs import ROOT, first_cells

    told = first_cells((ROOT / "docs/sending.md").read_text(), "## Settings")
    assert told == list(SendingRules.model_fields)


def test_every_reason_and_outcome_stands_in_the_documents() -> None:
    from tests.unit.test_docs import ROOT

    text = (ROOT / "docs/sending.md").read_text()
    reasons, outcomes = text.split("\n## Reasons\n")[1].split("\n## Outcomes\n")
    assert {one for one in get_args(Reason) if f"`{one}`" not in reasons} == set()
    assert {one for one in get_args(Outcome) if f"| `{one}` |" not in outcomes} == set()
