"""Whether mail in a shop's name arrives: what the provider and the DNS say of its sender.

Gmail and Yahoo ask bulk senders for all of it: DKIM, SPF in alignment, and DMARC (Google, "Email sender
guidelines"; Yahoo, "Sender Best Practices").
"""

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from kairos.domain.errors import Unavailable
from kairos.domain.shop import Shop
from kairos.ports import Names, SenderIdentities, SenderIdentity

Check = Literal["verified", "dkim", "spf", "dmarc"]
State = Literal["good", "waiting", "missing", "unknown"]
"""waiting: the records were told, and not seen yet. unknown: nobody gave an answer."""

_MOST_PARENTS = 5
_INCLUDED = "include:amazonses.com"


class Record(NamedTuple):
    """What is to stand in the DNS."""

    type: Literal["CNAME", "MX", "TXT"]
    name: str
    value: str


class Finding(NamedTuple):
    """One check. found: what stands there now. wanted: the records with which it is good."""

    check: Check
    state: State
    found: str | None = None
    wanted: tuple[Record, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """As the API shows it."""
        return {**self._asdict(), "wanted": [one._asdict() for one in self.wanted]}


class Senders(NamedTuple):
    """What checking needs."""

    identities: SenderIdentities
    names: Names


def check_sender(parts: Senders, shop: Shop) -> dict[str, Any]:
    """{"email", "domain", "ready", "checks"}. ready: all four are good."""
    email = shop.sender.email
    domain = email.rpartition("@")[2].lower()
    found = list(_findings(parts, email, domain))
    return {
        "email": email,
        "domain": domain,
        "ready": all(one.state == "good" for one in found),
        "checks": [one.as_json() for one in found],
    }


def _findings(parts: Senders, email: str, domain: str) -> Iterator[Finding]:
    try:
        identity = parts.identities.show(domain)
        alone = parts.identities.show(email) if identity is None else None
    except Unavailable:
        yield from (Finding("verified", "unknown"), Finding("dkim", "unknown"), Finding("spf", "unknown"))
    else:
        yield _verified(identity, alone, domain)
        yield _dkim(identity, domain)
        yield _spf(parts.names, identity, domain)
    yield _dmarc(parts.names, domain)


def _verified(identity: SenderIdentity | None, alone: SenderIdentity | None, domain: str) -> Finding:
    """Of a domain that is not verified an address may be, for trying things out."""
    known = identity or alone
    if known is None:
        return Finding("verified", "missing")
    return Finding("verified", "good" if known.verified else "waiting", domain if identity else None)


def _dkim(identity: SenderIdentity | None, domain: str) -> Finding:
    if identity is None:
        return Finding("dkim", "missing")
    wanted = tuple(
        Record("CNAME", f"{token}._domainkey.{domain}", f"{token}.{identity.dkim_zone}")
        for token in identity.tokens
    )
    if identity.dkim == "good":
        return Finding("dkim", "good", domain)
    return Finding("dkim", "waiting" if identity.dkim == "waiting" else "missing", None, wanted)


def _spf(names: Names, identity: SenderIdentity | None, domain: str) -> Finding:
    """Judged at the domain that bounces go to, which has to be the sender's own: else SPF passes for the
    provider and not in alignment (RFC 7489, 3.1.2)."""
    bounces = identity.mail_from if identity else None
    at = bounces or f"bounce.{domain}"
    wanted: tuple[Record, ...] = (Record("TXT", at, f"v=spf1 {_INCLUDED} ~all"),)
    if identity is not None:
        wanted = (Record("MX", at, f"10 feedback-smtp.{identity.region}.amazonses.com"), *wanted)
    if identity is None or bounces is None:
        return Finding("spf", "missing", None, wanted)
    try:
        found = _beginning(names.texts(bounces), "v=spf1")
    except Unavailable:
        return Finding("spf", "good" if identity.mail_from_state == "good" else "unknown", None, wanted)
    if found and _INCLUDED in found.lower() and identity.mail_from_state == "good":
        return Finding("spf", "good", found)
    return Finding("spf", "waiting" if found else "missing", found, wanted)


def _dmarc(names: Names, domain: str) -> Finding:
    """The record of the domain, else of one above it: RFC 7489, 6.6.3, asks for the organisation's, which
    walking up finds without a list of suffixes."""
    wanted = (Record("TXT", f"_dmarc.{domain}", f"v=DMARC1; p=none; rua=mailto:dmarc@{domain}"),)
    labels = domain.split(".")
    try:
        for first in range(min(len(labels) - 1, _MOST_PARENTS)):
            found = _beginning(names.texts("_dmarc." + ".".join(labels[first:])), "v=DMARC1")
            if found:
                return Finding("dmarc", "good", found)
    except Unavailable:
        return Finding("dmarc", "unknown", None, wanted)
    return Finding("dmarc", "missing", None, wanted)


def _beginning(texts: list[str], start: str) -> str | None:
    return next((one for one in texts if one.lower().startswith(start.lower())), None)
