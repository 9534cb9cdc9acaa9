"""Reading a shop's API: one GET at a time, and what its status and headers say of asking again."""

import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from http.client import HTTPException
from typing import Any, NamedTuple

from kairos.adapters.outgoing_https import get
from kairos.adapters.shop_apis.answers import BUSY, NO_ANSWER
from kairos.ports import NotRead, NotSent

MOST_READ = 4 * 1024 * 1024
"""Bytes of one answer: as many as a webhook may have."""

SECONDS = 8.0
"""For an answer, the connection's 3 apart."""

TOKEN_REFUSED = "token refused"  # noqa: S105 - a reason
TOO_BIG = "answer too big"

_LONGEST = timedelta(hours=1)
"""For which a shop is left alone, whatever it says."""

_REFUSING = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
_ABSENT = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})


class Told(NamedTuple):
    """An answer. json: what it says, None where it has no body. headers: names in lower case."""

    json: Any
    headers: Mapping[str, str]


def ask_for(address: str, headers: Mapping[str, str], loopback: bool) -> Told | None:
    """GET what is at the address, once; None where there is nothing (404, 410). Numbers stay as written.

    Raises NotRead: not sent or not to be sent, no answer, busy, refused, too big, or no JSON. Redirects are
    not followed: an address that has moved is for the shop to mend.
    """
    if not all(one.isascii() and one.isprintable() for one in headers.values()):
        # A secret that was copied with the end of its line, say.
        raise NotRead("secret unusable", for_now=False)
    wanted = {"accept": "application/json", **headers}
    try:
        answer = get(address, wanted, loopback, SECONDS, MOST_READ)
    except NotSent as refusal:
        raise NotRead(NO_ANSWER if refusal.for_now else refusal.reason, refusal.for_now) from refusal
    except (OSError, HTTPException) as wrong:
        raise NotRead(NO_ANSWER, for_now=True) from wrong
    if answer.status in _ABSENT:
        return None
    _raise_refusal(answer.status, answer.headers)
    if len(answer.body) > MOST_READ:
        raise NotRead(TOO_BIG, for_now=False)
    if answer.status == HTTPStatus.NO_CONTENT:
        return Told(None, answer.headers)
    try:
        return Told(json.loads(answer.body), answer.headers)
    except (ValueError, RecursionError) as wrong:
        # A shop in maintenance says so on a page, also with status 200; or the answer broke off.
        raise NotRead("no JSON", for_now=True) from wrong


def wait_told(headers: Mapping[str, str]) -> timedelta | None:
    """How long the shop wants to be left alone: Retry-After, in seconds or as a date (RFC 9110, 10.2.3), or
    BigCommerce's X-Rate-Limit-Time-Reset-Ms ("API rate limits"). None where it does not say."""
    return _bounded(_retry_after(headers) or _milliseconds(headers.get("x-rate-limit-time-reset-ms")))


def _retry_after(headers: Mapping[str, str]) -> float | None:
    return _seconds(headers.get("retry-after"))


def _bounded(seconds: float | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=min(max(seconds, 0.0), _LONGEST.total_seconds()))


def _raise_refusal(status: int, headers: Mapping[str, str]) -> None:
    if status in BUSY or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        # BigCommerce tells when its limit is over in every answer: of an outage that says nothing.
        after = (
            wait_told(headers) if status == HTTPStatus.TOO_MANY_REQUESTS else _bounded(_retry_after(headers))
        )
        raise NotRead(f"status {status}", for_now=True, after=after)
    if status in _REFUSING:
        raise NotRead(f"{TOKEN_REFUSED} ({status})", for_now=False)
    if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        raise NotRead(f"status {status}", for_now=False)


def _seconds(told: str | None) -> float | None:
    if told is None:
        return None
    try:
        return float(told) if math.isfinite(float(told)) else None
    except ValueError:
        pass
    try:
        moment = parsedate_to_datetime(told)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - datetime.now(UTC)).total_seconds()


def _milliseconds(told: str | None) -> float | None:
    seconds = _seconds(told)
    return None if seconds is None else seconds / 1000
