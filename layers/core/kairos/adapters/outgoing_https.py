"""POST to, or GET, an address that somebody else chose: on the public internet alone, once, and bounded.

The host is resolved once, every address found must be public, and the connection is made to the address
that was checked, so that a second answer of the name server leads nowhere else. Redirects are not followed.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple
from urllib.parse import urlsplit

from kairos.ports import NotSent

CONNECT_SECONDS = 3.0
TOTAL_SECONDS = 10.0
"""From the connection to the answer's end, however slowly it drips."""

MOST_ANSWERED = 16_384
"""Bytes of a POST's answer that are read; what is beyond is not looked at."""

_TRANSLATED = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("2002::/16"))
"""Addresses that stand for one of IPv4, private ones too: NAT64 (RFC 6052) and 6to4 (RFC 3056)."""


class Posted(NamedTuple):
    """The answer, of either. headers: names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    loopback: bool = False,
    seconds: float | None = None,
) -> Posted:
    """One POST. Raises NotSent where nothing can have been sent; whatever else it raises tells nothing.

    loopback: this machine may be called too, also by plain HTTP; for a stack on a laptop. seconds: from the
    connection to the answer's end, TOTAL_SECONDS if left out.
    """
    wanted = _Wanted("POST", body, headers, seconds or TOTAL_SECONDS, MOST_ANSWERED)
    return _called(url, wanted, loopback)


def get(url: str, headers: Mapping[str, str], loopback: bool, seconds: float, most: int) -> Posted:
    """One GET, like `post`. most: bytes of the answer that are read, and one more where there are more."""
    return _called(url, _Wanted("GET", None, headers, seconds, most + 1), loopback)


class _Wanted(NamedTuple):
    method: str
    body: bytes | None
    headers: Mapping[str, str]
    seconds: float
    most: int


def _called(url: str, wanted: _Wanted, loopback: bool) -> Posted:
    try:
        parts = urlsplit(url)
        told_port = parts.port
    except ValueError:
        raise NotSent("not an https address", for_now=False) from None
    host, secure = parts.hostname or "", parts.scheme == "https"
    if not host or parts.username or not (secure or (loopback and parts.scheme == "http")):
        raise NotSent("not an https address", for_now=False)
    port = told_port or (443 if secure else 80)
    address = _checked_address(host, port, loopback)
    if not secure and not ipaddress.ip_address(address).is_loopback:
        raise NotSent("not an https address", for_now=False)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return _exchange(_connected(host, address, port, secure), path, wanted)


def _checked_address(host: str, port: int, loopback: bool) -> str:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotSent("unknown host", for_now=True) from None
    addresses = [str(one[4][0]) for one in found]
    if not addresses or not all(_may_be_called(one, loopback) for one in addresses):
        raise NotSent("forbidden address", for_now=False)
    return addresses[0]


def _may_be_called(address: str, loopback: bool) -> bool:
    """Public: neither private, shared, loopback, link-local (where metadata services live) nor multicast."""
    told = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(told, ipaddress.IPv6Address):
        if told.is_site_local:  # no longer in use, but Python calls it global
            return False
        told = told.ipv4_mapped or told
    if loopback and told.is_loopback:
        return True
    if any(told in network for network in _TRANSLATED if network.version == told.version):
        return False
    return told.is_global and not told.is_multicast and not told.is_reserved


@cache
def _trusted() -> ssl.SSLContext:
    return ssl.create_default_context()


def _connected(host: str, address: str, port: int, secure: bool) -> http.client.HTTPConnection:
    """A connection to this very address. Raises NotSent: no request was begun."""
    try:
        plain = socket.create_connection((address, port), CONNECT_SECONDS)
    except OSError as error:
        raise NotSent(f"no connection: {type(error).__name__}", for_now=True) from error
    connection = http.client.HTTPConnection(_in_url(host), port, timeout=TOTAL_SECONDS)
    connection.auto_open = 0  # it has its socket, and never opens another
    if secure:
        connection.default_port = 443  # so that the Host header names no port where none is needed
    try:
        connection.sock = _trusted().wrap_socket(plain, server_hostname=host) if secure else plain
    except (OSError, ValueError) as error:
        plain.close()
        raise NotSent(f"no TLS: {type(error).__name__}", for_now=True) from error
    connection.sock.settimeout(TOTAL_SECONDS)
    return connection


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _exchange(connection: http.client.HTTPConnection, path: str, wanted: _Wanted) -> Posted:
    held: socket.socket = connection.sock
    overdue = threading.Timer(wanted.seconds, _cut, [held])
    overdue.daemon = True
    overdue.start()
    try:
        connection.request(wanted.method, path, wanted.body, dict(wanted.headers))
        answer = connection.getresponse()
        told = {name.lower(): value for name, value in answer.getheaders()}
        return Posted(answer.status, told, _beginning(answer, wanted.most))
    finally:
        overdue.cancel()
        connection.close()


def _beginning(answer: http.client.HTTPResponse, most: int) -> bytes:
    """What the answer says, as far as it may; its status is known, whatever becomes of the rest."""
    try:
        return answer.read(most)
    except (OSError, http.client.HTTPException):
        return b""


def _cut(held: socket.socket) -> None:
    """Let whoever waits on this socket go on, with an error."""
    try:
        held.shutdown(socket.SHUT_RDWR)
    except OSError:
        held.close()
