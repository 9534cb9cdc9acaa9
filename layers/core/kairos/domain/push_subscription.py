"""A browser's push subscription as anybody may send it: checked before a message is ever posted there."""

import base64
import re
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import urlsplit

from kairos.domain.errors import Refused

_POINT_BYTES, _SECRET_BYTES = 65, 16
"""RFC 8291, 3.1 and 3.2: an uncompressed point of P-256, and the secret that is shared with it."""

_UNCOMPRESSED = 4
_LONGEST = 1000
_HTTPS = 443
_PUBLIC_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{1,59})")
_NOT_PUBLIC = (".localhost", ".local", ".internal", ".home.arpa", ".lan", ".test", ".invalid")


class PushSubscription(NamedTuple):
    """endpoint: where messages are posted. p256dh: the browser's public key; auth: its secret; base64url."""

    endpoint: str
    p256dh: str
    auth: str


def read_subscription(value: Callable[[str], str]) -> PushSubscription:
    """The subscription of these values, told by their names. Raises Refused naming the field."""
    told = PushSubscription(read_endpoint(value("endpoint")), value("p256dh"), value("auth"))
    point = _decoded("p256dh", told.p256dh)
    if len(point) != _POINT_BYTES or point[0] != _UNCOMPRESSED:
        raise Refused("p256dh", "Is no uncompressed point of P-256, 65 bytes.", _REMEDY)
    if len(_decoded("auth", told.auth)) != _SECRET_BYTES:
        raise Refused("auth", "Is not 16 bytes.", _REMEDY)
    return told


def read_endpoint(address: str) -> str:
    """The address if it is one of a push service: https, by name, in public. Raises Refused.

    What the name leads to is looked at when a message is posted there.
    """
    remedy = "Send the https:// address of the subscription as the browser gave it."
    if len(address) > _LONGEST or not re.fullmatch(r"[!-~]+", address):
        raise Refused("endpoint", f"Is no address of at most {_LONGEST} characters.", remedy)
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise Refused("endpoint", "Is no address.", remedy) from None
    if parts.scheme != "https" or parts.username is not None or port not in {None, _HTTPS}:
        raise Refused("endpoint", "Is no https address of a push service.", remedy)
    if not _PUBLIC_HOST.fullmatch(host) or host.endswith(_NOT_PUBLIC):
        raise Refused("endpoint", "Does not name a public host.", remedy)
    return address


_REMEDY = "Send it in base64url as the browser gave it."


def _decoded(field: str, text: str) -> bytes:
    bare = text.rstrip("=")
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,100}", bare):
        raise Refused(field, "Is not base64url.", _REMEDY)
    try:
        return base64.urlsafe_b64decode(bare + "=" * (-len(bare) % 4))
    except ValueError:
        raise Refused(field, "Is not base64url.", _REMEDY) from None
