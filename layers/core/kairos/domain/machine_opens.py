"""Opens and clicks that no person made: of mail programs' privacy proxies, and of scanners for malware.

Two signs: what calls itself so, and what clicks faster than people do. Image proxies that fetch a picture
only when somebody looks at the mail (Google's, Yahoo's) are no sign: behind them is a person.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

Act = Literal["open", "click"]

APPLE_PRIVACY = "Mozilla/5.0"
"""All that Apple's Mail Privacy Protection says of itself, whether or not the mail is ever looked at."""

_SCANNERS = re.compile(
    r"barracuda|proofpoint|mimecast|zscaler|symantec|messagelabs|trend ?micro|fireeye|cisco|forcepoint"
    r"|sophos|avanan|microsoftpreview|bingpreview|safelinks|urlscan|virustotal|headlesschrome|phantomjs"
    r"|\b(bot|crawler|spider|curl|wget)\b|[a-z]bot/|python-requests|python-urllib|aiohttp|go-http-client"
    r"|okhttp|java/|apache-httpclient|libwww-perl",
    re.IGNORECASE,
)
"""Names by which mail scanners and programs call themselves."""

AT_ONCE = timedelta(seconds=10)
MANY_LINKS = 3
"""So many different links within AT_ONCE: nobody reads so fast."""


class Reported(NamedTuple):
    """One open or click. machine: it called itself one. link: that was clicked."""

    kind: Act
    at: datetime
    link: str | None = None
    machine: bool = False


def calls_itself_machine(user_agent: str | None) -> bool:
    """By its user agent alone."""
    told = (user_agent or "").strip()
    return told == APPLE_PRIVACY or bool(_SCANNERS.search(told))


def by_people(reported: Sequence[Reported], delivered_at: datetime | None) -> list[Reported]:
    """Those of one message's opens and clicks that a person made.

    Many links clicked at once are a machine's clicks; and so is what it opened with them, or whatever else
    happened within AT_ONCE of a delivery that such a burst followed.
    """
    bursts = _bursts([one for one in reported if one.kind == "click"])
    scanned = delivered_at is not None and any(abs(begins - delivered_at) <= AT_ONCE for begins, _ in bursts)

    def machine(one: Reported) -> bool:
        if one.machine or any(begins <= one.at <= ends for begins, ends in bursts):
            return True
        return scanned and delivered_at is not None and one.at - delivered_at <= AT_ONCE

    return [one for one in reported if not machine(one)]


def _bursts(clicks: Sequence[Reported]) -> list[tuple[datetime, datetime]]:
    """Spans of AT_ONCE in which MANY_LINKS different links were clicked."""
    ordered = sorted(clicks, key=lambda one: one.at)
    found = []
    for first in ordered:
        near = [one for one in ordered if first.at <= one.at <= first.at + AT_ONCE]
        if len({one.link for one in near}) >= MANY_LINKS:
            found.append((near[0].at, near[-1].at))
    return found
