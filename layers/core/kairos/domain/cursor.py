"""Where a list goes on: opaque to whoever carries it, judged when it comes back.

It names the list and the last id shown, so that pages neither repeat nor leave out who stays in the list,
whatever is added or removed meanwhile. It opens nothing: the list is asked with the caller's own rights.
"""

import base64
import binascii
import json
import re

from kairos.domain.errors import Refused
from kairos.domain.value import canonical_json

_ID = re.compile(r"[cepv][0-9a-f]{26}")
_LONGEST = 400


def cursor_after(of: str, after: str) -> str:
    """The cursor that goes on after this customer. of: the list, such as "members/one_time_buyers"."""
    told = canonical_json({"after": after, "of": of}).encode()
    return base64.urlsafe_b64encode(told).rstrip(b"=").decode()


def read_cursor(text: str | None, of: str) -> str:
    """The customer after whom to go on, "" for the beginning. Raises Refused for what is no cursor of it."""
    if not text:
        return ""
    try:
        if len(text) > _LONGEST:
            raise ValueError
        told = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
        after, listed = told["after"], told["of"]
        if listed != of or not _ID.fullmatch(after) or cursor_after(of, after) != text:
            raise ValueError
    except (binascii.Error, ValueError, KeyError, TypeError, RecursionError):
        raise Refused(
            "cursor", "It is none that this list gave out.", "Send the last page's, or begin without one."
        ) from None
    return str(after)
