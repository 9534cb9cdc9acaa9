"""How many segments a text message takes (3GPP TS 23.038; 160/153 septets, 70/67 units)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kairos.domain.sms_text import length_of


@pytest.mark.parametrize(
    ("text", "coding", "units", "segments"),
    [
        ("", "GSM", 0, 1),
        ("a" * 160, "GSM", 160, 1),
        ("a" * 161, "GSM", 161, 2),
        ("a" * 306, "GSM", 306, 2),
        ("a" * 307, "GSM", 307, 3),
        ("Grüße à 10 £, §", "GSM", 15, 1),
        ("€" * 80, "GSM", 160, 1),
        ("€" * 81, "GSM", 162, 2),
        # 152 septets and a character of two: it does not fit into the first segment's 153.
        ("a" * 152 + "€" + "a" * 152, "GSM", 306, 3),
        ("ç", "UCS-2", 1, 1),
        ("ё" * 70, "UCS-2", 70, 1),
        ("ё" * 71, "UCS-2", 71, 2),
        ("ё" * 134, "UCS-2", 134, 2),
        ("ё" * 135, "UCS-2", 135, 3),
        ("🎁" * 35, "UCS-2", 70, 1),
        ("🎁" * 36, "UCS-2", 72, 2),
        ("ё" * 66 + "🎁" + "ё" * 66, "UCS-2", 134, 3),
    ],
)
def test_a_text_takes_as_many_segments_as_the_standard_says(
    text: str, coding: str, units: int, segments: int
) -> None:
    assert length_of(text) == (coding, units, segments)


@given(st.text(max_size=400), st.characters())
def test_a_longer_text_never_takes_fewer_segments(text: str, more: str) -> None:
    assert length_of(text + more).segments >= length_of(text).segments
