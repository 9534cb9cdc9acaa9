"""Registration, consent, tags, groups and sources."""

from datetime import timedelta

from tests.unit.criteria.people import NOW, holds, profile


def test_a_guest_was_never_registered_neither_lately_nor_long_ago() -> None:
    assert not holds({"kind": "registered", "within": "P1Y"}, profile())
    assert not holds({"kind": "registered", "older_than": "P1Y"}, profile())


def test_registered_older_than_turns_true_exactly_then() -> None:
    rule = {"kind": "registered", "older_than": "P60D"}
    assert holds(rule, profile(registered_at=NOW - timedelta(days=60)))
    assert not holds(rule, profile(registered_at=NOW - timedelta(days=60) + timedelta(microseconds=1)))


def test_registered_between_takes_both_days_whole() -> None:
    rule = {"kind": "registered", "between": {"first_day": "2026-03-09", "last_day": "2026-03-09"}}
    assert holds(rule, profile(registered_at=NOW.replace(day=9, hour=0)))
    assert holds(rule, profile(registered_at=NOW.replace(day=9, hour=23, minute=59, second=59)))
    assert not holds(rule, profile(registered_at=NOW.replace(hour=0)))


def test_marketing_is_accepted_on_the_channel_consented_to_and_on_no_other() -> None:
    consenting = profile(accepts=("email",))
    assert holds({"kind": "accepts_marketing", "channel": "email"}, consenting)
    assert not holds({"kind": "accepts_marketing", "channel": "sms"}, consenting)
    assert not holds({"kind": "accepts_marketing", "channel": "email"}, profile())


def test_tags_groups_and_sources_are_words_without_case() -> None:
    told = profile(tags=("VIP",), group="Retail", acquisition="In Store")
    assert holds({"kind": "tag", "any_of": ["other", "vip"]}, told)
    assert holds({"kind": "customer_group", "any_of": ["retail"]}, told)
    assert holds({"kind": "acquisition_source", "any_of": ["in store"]}, told)
    for kind in ("tag", "customer_group", "acquisition_source"):
        assert not holds({"kind": kind, "any_of": ["ads"]}, told)
        assert not holds({"kind": kind, "any_of": ["ads"]}, profile())
