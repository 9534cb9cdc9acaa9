"""What rows tell: a snapshot, or why there is none; and what they say of consent."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from kairos.adapters.history.values import flag
from kairos.domain.consent import Channel, ConsentState, ConsentStatement
from kairos.domain.customer import CustomerSnapshot
from kairos.domain.identity import Identities
from kairos.domain.imports import BadRow
from kairos.domain.order import OrderSnapshot


class Telling(NamedTuple):
    """snapshot: None where the rows name nobody or are all bad. line: its first row's.

    good, nobody: rows, beside the bad ones. undated: consents that were left out since nobody knows
    when they were given.
    """

    snapshot: OrderSnapshot | CustomerSnapshot | None = None
    line: int = 0
    good: int = 0
    nobody: int = 0
    bad: tuple[BadRow, ...] = ()
    undated: int = 0


class Said(NamedTuple):
    """statements: of consent. undated: how many were left out."""

    statements: tuple[ConsentStatement, ...] = ()
    undated: int = 0


_ACCEPTS = frozenset({"accepts_email", "accepts_sms"})
_NOTHING_SAID = Said()


def consent(told: Mapping[str, Any], who: Identities, at: datetime | None, kind: str) -> Said:
    """What the row says of consent to e-mail and SMS. at: when it was said, None if nobody knows.

    "No" is a withdrawal only where the file tells its time: most files mean by it that nothing was ever said.
    """
    if _ACCEPTS.isdisjoint(told):
        return _NOTHING_SAID
    statements, undated = [], 0
    channels: tuple[tuple[Channel, str | None], ...] = (("email", who.email), ("sms", who.phone))
    for channel, address in channels:
        given = flag(told.get(f"accepts_{channel}", ""))
        if given is None or address is None or not (given or "consent_at" in told):
            continue
        if at is None:
            undated += 1
            continue
        state: ConsentState = "granted" if given else "withdrawn"
        statements.append(
            ConsentStatement(
                channel=channel, address=address, state=state, stated_at=at, source=f"import of {kind}s"
            )
        )
    return Said(tuple(statements), undated)
