from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kairos.domain.consent import Consent, ConsentStatement, newest

START = datetime(2026, 3, 1, tzinfo=UTC)


def said(state: str, days: int = 0) -> ConsentStatement:
    return ConsentStatement(
        channel="email",
        address="a@example.com",
        state=state,
        stated_at=START + timedelta(days=days),
        source="test",
    )


statements = st.builds(said, st.sampled_from(["granted", "withdrawn"]), st.integers(0, 5))


def test_unknown_means_no():
    assert not Consent().granted


def test_the_shops_consent_is_enough():
    assert Consent(shop=said("granted")).granted


def test_a_later_snapshot_of_the_shop_never_undoes_a_withdrawal_made_with_us():
    assert not Consent(shop=said("granted", days=9), ours=said("withdrawn", days=1)).granted


def test_a_consent_given_to_us_holds_against_an_older_no_of_the_shop():
    assert Consent(shop=said("withdrawn", days=1), ours=said("granted", days=2)).granted


def test_a_later_withdrawal_in_the_shop_ends_a_consent_given_to_us():
    assert not Consent(shop=said("withdrawn", days=3), ours=said("granted", days=2)).granted


@given(st.lists(statements, min_size=1), st.randoms())
def test_the_newest_statement_wins_whatever_the_order_of_arrival(told, chance):
    def fold(statements):
        known = None
        for one in statements:
            known = newest(known, one)
        return known

    shuffled = list(told)
    chance.shuffle(shuffled)
    assert fold(shuffled) == fold(told)


def test_at_equal_times_a_withdrawal_wins():
    assert newest(said("withdrawn"), said("granted")).state == "withdrawn"
    assert newest(said("granted"), said("withdrawn")).state == "withdrawn"
