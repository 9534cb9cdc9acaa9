"""Hashed identifiers in the forms that advertising networks match by."""

import hashlib
import re
from typing import Any, Literal, NamedTuple

Network = Literal["meta", "google"]
NETWORKS: tuple[Network, ...] = ("meta", "google")


class Identifiers(NamedTuple):
    """SHA-256 of the normalised e-mail and phone, 64 hex digits each; None where there is none to give."""

    email: str | None
    phone: str | None


COLUMNS: dict[Network, tuple[str, str]] = {"meta": ("email", "phone"), "google": ("Email", "Phone")}
"""What each network calls the two in the header of a file."""

FORMS: dict[Network, dict[str, Any]] = {
    "meta": {"schema": ["EMAIL", "PHONE"]},
    "google": {"encoding": "HEX"},
}
"""What each network wants to be told beside the members, by the names of its API."""

_WITHOUT_DOTS = frozenset({"gmail.com", "googlemail.com"})


def hashed(network: Network, email: str | None, phone: str | None) -> Identifiers:
    """What the network is given for a person.

    email: as an identity, trimmed and lower case. phone: E.164. Both networks take hexadecimal SHA-256.

    Meta (Marketing API, customer file custom audiences): e-mail in lower case; phone in digits alone, with
    its country code, without plus sign or leading zeros.
    Google (Data Manager API, format user data): e-mail in lower case without white space, and of gmail.com
    and googlemail.com without dots and without what follows a plus sign before the @; phone in E.164.
    """
    named = email and (_as_google_has_it(email) if network == "google" else email.strip().lower())
    called = phone and (phone if network == "google" else re.sub(r"\D", "", phone).lstrip("0"))
    return Identifiers(_sha256(named), _sha256(called))


def _as_google_has_it(email: str) -> str:
    name, _, domain = re.sub(r"\s", "", email).lower().rpartition("@")
    if domain in _WITHOUT_DOTS:
        name = name.partition("+")[0].replace(".", "")
    return f"{name}@{domain}"


def _sha256(text: str | None) -> str | None:
    return hashlib.sha256(text.encode()).hexdigest() if text else None


def as_network_takes(network: Network, one: Identifiers) -> Any:
    """One member: for Meta an entry of `data`, for Google one of `audienceMembers`."""
    if network == "meta":
        return [one.email or "", one.phone or ""]
    named = {"emailAddress": one.email, "phoneNumber": one.phone}
    identifiers = [{name: value} for name, value in named.items() if value]
    return {"userData": {"userIdentifiers": identifiers}}
