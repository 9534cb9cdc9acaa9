"""Post signed webhooks to a shop's address, many at once over connections that stay open.

`python -m local.traffic SHOP --platform shopify --secret-file FILE < webhooks.jsonl` posts what
`python -m local.shop_generator` prints; the secret's file holds nothing else.
"""

import argparse
import base64
import hashlib
import hmac
import http.client
import json
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, Protocol
from urllib.parse import urlsplit

from local.demo_shop.webhook import Webhook
from local.place import default_place

CONNECTIONS = 16
_TRIES = 3
_TIMEOUT_SECONDS = 30
_TOO_MANY, _SERVER_ERRORS = 429, 500
_OK = 200


class Signed(Protocol):
    """What can be posted: raw body and headers, all but the signature."""

    @property
    def raw(self) -> bytes: ...

    @property
    def headers(self) -> Mapping[str, str]: ...


class Plain(NamedTuple):
    """A body with its headers, of whatever platform."""

    raw: bytes
    headers: Mapping[str, str]


class Answer(NamedTuple):
    """status: of HTTP; 0 where there was no answer, and then body says why."""

    status: int
    body: bytes


class Counts(NamedTuple):
    """What became of the posts. statuses: how often each; errors: a few bodies of refusals."""

    posted: int
    statuses: Counter[int]
    errors: list[str]
    seconds: float

    @property
    def accepted(self) -> int:
        """Answered with 200."""
        return self.statuses[_OK]


SIGNATURE_HEADERS = {
    "shopify": "X-Shopify-Hmac-Sha256",
    "woocommerce": "X-WC-Webhook-Signature",
    "prestashop": "X-Kairos-Signature",
    "magento": "X-Kairos-Signature",
    "generic": "X-Kairos-Signature",
}


def signature(secret: str, raw: bytes) -> str:
    """Base64 of the HMAC-SHA256 of the raw body, as Shopify and WooCommerce sign."""
    return base64.b64encode(hmac.new(secret.encode(), raw, hashlib.sha256).digest()).decode()


class Client:
    """Requests to one server; each thread keeps a connection of its own open."""

    def __init__(self, base_url: str) -> None:
        parts = urlsplit(base_url)
        self._host, self._port, self._path = parts.hostname or "", parts.port, parts.path.rstrip("/")
        self._secure = parts.scheme == "https"
        self._own = threading.local()

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """One request to a path below the base address, tried again where no answer or a busy one came."""
        answer = Answer(0, b"no answer")
        for attempt in range(_TRIES):
            answer = self._once(method, self._path + path, body, dict(headers or {}))
            if answer.status and answer.status != _TOO_MANY and answer.status < _SERVER_ERRORS:
                break
            time.sleep(0.2 * 2**attempt)
        return answer

    def ask_json(self, method: str, path: str, body: Any = None, key: str | None = None) -> tuple[int, Any]:
        """One request with JSON both ways. key: an API key."""
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
        raw = None if body is None else json.dumps(body).encode()
        answer = self.ask(method, path, raw, headers)
        try:
            return answer.status, json.loads(answer.body or b"null")
        except ValueError:
            return answer.status, answer.body.decode(errors="replace")

    def _once(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        try:
            connection = self._connection()
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            return Answer(answer.status, answer.read())
        except (OSError, http.client.HTTPException) as error:
            self._own.connection = None
            return Answer(0, f"{type(error).__name__}: {error}".encode())

    def _connection(self) -> http.client.HTTPConnection:
        known: http.client.HTTPConnection | None = getattr(self._own, "connection", None)
        if known is None:
            make = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
            known = self._own.connection = make(self._host, self._port, timeout=_TIMEOUT_SECONDS)
        return known


class Sender:
    """Posts the webhooks of one shop. secret: the one that the shop signs with."""

    def __init__(self, client: Client, shop: str, secret: str, platform: str = "shopify") -> None:
        self._client, self._secret = client, secret
        self._path = f"/v1/shops/{shop}/webhooks/{platform}"
        self._header = SIGNATURE_HEADERS[platform]

    def post(self, one: Signed) -> Answer:
        """Post one."""
        headers = {**one.headers, self._header: signature(self._secret, one.raw)}
        return self._client.ask("POST", self._path, one.raw, headers)

    def post_all(
        self,
        many: Iterable[Signed],
        progress: Callable[[int], None] | None = None,
        connections: int = CONNECTIONS,
    ) -> Counts:
        """Post all, `connections` at once. progress: told the number posted so far, after each."""
        begun, statuses, errors = time.monotonic(), Counter[int](), list[str]()
        with ThreadPoolExecutor(connections) as pool:
            for number, answer in enumerate(pool.map(self.post, many), start=1):
                statuses[answer.status] += 1
                if answer.status != _OK and len(errors) < 5:
                    errors.append(f"{answer.status} {answer.body.decode(errors='replace')[:300]}")
                if progress:
                    progress(number)
        return Counts(sum(statuses.values()), statuses, errors, time.monotonic() - begun)


def _read(lines: Iterable[str]) -> Iterator[Webhook]:
    for line in lines:
        told = json.loads(line)
        yield Webhook(told["topic"], told["body"], datetime.fromisoformat(told["at"]))


def main(arguments: list[str]) -> int:
    """Post the webhooks of standard input to the local stack; answers 1 if any was refused."""
    parser = argparse.ArgumentParser(prog="python -m local.traffic", description=__doc__)
    parser.add_argument("shop")
    parser.add_argument("--platform", default="shopify", choices=sorted(SIGNATURE_HEADERS))
    parser.add_argument("--secret-file", type=Path, required=True)
    parser.add_argument("--connections", type=int, default=CONNECTIONS)
    told = parser.parse_args(arguments)
    place = default_place()
    if not place.stack_file.exists():
        print("The stack is not up. Run `make up` first.", file=sys.stderr)
        return 1
    stack = json.loads(place.stack_file.read_text())
    sender = Sender(Client(stack["api_url"]), told.shop, told.secret_file.read_text().strip(), told.platform)
    counts = sender.post_all(_read(sys.stdin), connections=told.connections)
    print(f"{counts.accepted} of {counts.posted} accepted in {counts.seconds:.1f} s {dict(counts.statuses)}")
    print("\n".join(counts.errors), file=sys.stderr)
    return 0 if counts.accepted == counts.posted else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
