"""How long a text message is: characters, their coding, and the segments that are paid for.

GSM 03.38 (3GPP TS 23.038, 6.2.1): the basic alphabet takes one septet a character, the extension table two;
any other character makes the whole text UCS-2, where characters beyond the basic plane take two units.
"""

from typing import Literal, NamedTuple

Coding = Literal["GSM", "UCS-2"]

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("\f^{}\\[~]|€")

_GSM_ALONE, _GSM_JOINED = 160, 153
_UCS2_ALONE, _UCS2_JOINED = 70, 67


class Length(NamedTuple):
    """units: septets (GSM) or 16-bit units (UCS-2) of the whole text. segments: what is charged."""

    coding: Coding
    units: int
    segments: int


def length_of(text: str) -> Length:
    """The text's length as it is sent. A character of two units is never parted between two segments."""
    if set(text) <= _BASIC | _EXTENSION:
        return _measured("GSM", [2 if char in _EXTENSION else 1 for char in text], _GSM_ALONE, _GSM_JOINED)
    return _measured("UCS-2", [2 if ord(char) > 0xFFFF else 1 for char in text], _UCS2_ALONE, _UCS2_JOINED)


def _measured(coding: Coding, sizes: list[int], alone: int, joined: int) -> Length:
    units = sum(sizes)
    if units <= alone:
        return Length(coding, units, 1)
    segments, left = 1, joined
    for size in sizes:
        if size > left:
            segments, left = segments + 1, joined
        left -= size
    return Length(coding, units, segments)
