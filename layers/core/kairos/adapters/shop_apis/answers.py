"""What every shop's API may answer: HTTP's own part of it."""

import json
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any

from kairos.adapters.outgoing_https import post
from kairos.ports import NotMade, NotSent

BUSY = frozenset({408, 423, 425, 429, 430})
"""Statuses that pass; 430 is Shopify's word for too many requests of a kind that it watches."""


NO_ANSWER = "no answer"

SECONDS = 5.0
"""For a call, the connection's 3 apart: the message's own call must fit into what is left then."""


def ask(address: str, told: Mapping[str, Any], headers: Mapping[str, str], loopback: bool) -> tuple[int, Any]:
    """POST one JSON object once; status and JSON of the answer, None where it is no JSON.

    Raises NotMade: not sent, not to be sent, no answer, busy or out of order.
    """
    if not all(one.isascii() and one.isprintable() for one in headers.values()):
        # A secret that was copied with the end of its line, say.
        raise NotMade("secret unusable", for_now=False)
    wanted = {"content-type": "application/json", "accept": "application/json", **headers}
    try:
        answer = post(address, json.dumps(told).encode(), wanted, loopback, SECONDS)
    except NotSent as refusal:
        reason = NO_ANSWER if refusal.for_now else refusal.reason
        raise NotMade(reason, for_now=refusal.for_now) from refusal
    except (OSError, HTTPException) as wrong:
        raise NotMade(NO_ANSWER, for_now=True) from wrong
    if answer.status in BUSY or answer.status >= 500:
        raise NotMade(f"status {answer.status}", for_now=True)
    try:
        return answer.status, json.loads(answer.body)
    except (ValueError, RecursionError):
        return answer.status, None
