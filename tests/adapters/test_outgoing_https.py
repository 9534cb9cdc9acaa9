"""Calls to addresses that somebody else chose: nowhere but to the public internet, once, bounded."""

import socket
import threading
from collections.abc import Callable, Iterator
from http.client import HTTPException
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from kairos.adapters import outgoing_https
from kairos.adapters.outgoing_https import MOST_ANSWERED, post
from kairos.ports import NotSent

Resolve = Callable[..., list[Any]]


def resolving(*addresses: str) -> Resolve:
    def found(_host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in addresses]

    return found


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "169.254.100.1",
        "0.0.0.0",  # noqa: S104
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "fec0::1",
        "::",
        "fe80::1",
        "fe80::1%eth0",
        "fd00:ec2::254",
        "ff02::1",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "2002:a9fe:a9fe::1",
    ],
)
def test_no_address_within_is_called(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", resolving(address))
    monkeypatch.setattr(socket, "create_connection", _never)
    with pytest.raises(NotSent, match="forbidden address") as refused:
        post("https://hooks.example.com/in", b"", {})
    assert not refused.value.for_now


def test_one_address_within_among_public_ones_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", resolving("93.184.215.14", "10.0.0.1"))
    monkeypatch.setattr(socket, "create_connection", _never)
    with pytest.raises(NotSent, match="forbidden address"):
        post("https://hooks.example.com/in", b"", {})


def test_the_connection_goes_to_the_address_that_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def refuse(address: Any, _timeout: float) -> None:
        asked.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", resolving("93.184.215.14"))
    monkeypatch.setattr(socket, "create_connection", refuse)
    with pytest.raises(NotSent, match="no connection") as refused:
        post("https://hooks.example.com/in", b"", {})
    assert refused.value.for_now
    assert asked == [("93.184.215.14", 443)]


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.com/in",
        "ftp://hooks.example.com/in",
        "https:///in",
        "https://user@hooks.example.com/in",
        "https://hooks.example.com:99999/in",
        "file:///etc/passwd",
    ],
)
def test_only_https_is_spoken(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", _never)
    with pytest.raises(NotSent, match="not an https address") as refused:
        post(url, b"", {})
    assert not refused.value.for_now


def test_plain_http_to_a_public_host_is_refused_on_a_laptop_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", resolving("93.184.215.14"))
    monkeypatch.setattr(socket, "create_connection", _never)
    with pytest.raises(NotSent, match="not an https address"):
        post("http://hooks.example.com/in", b"", {}, loopback=True)


def test_a_host_that_nobody_knows_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: Any, **__: Any) -> None:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(NotSent, match="unknown host") as refused:
        post("https://hooks.example.com/in", b"", {})
    assert refused.value.for_now


def _never(*_: Any, **__: Any) -> None:
    raise AssertionError("it should not have come so far")


class Receiver(BaseHTTPRequestHandler):
    """Answers as the test says, and keeps what it was sent."""

    server: Any

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.received.append((self.path, self.headers, body))
        self.server.answer(self)

    def log_message(self, *_: Any) -> None:
        return None


@pytest.fixture
def receiver() -> Iterator[Any]:
    server: Any = HTTPServer(("127.0.0.1", 0), Receiver)
    server.received, server.answer = [], _ok
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def _ok(handler: Receiver) -> None:
    handler.send_response(201)
    handler.send_header("Location", "/messages/1")
    handler.end_headers()
    handler.wfile.write(b"thanks")


def url(receiver: Any, path: str = "/in?a=b") -> str:
    return f"http://127.0.0.1:{receiver.server_port}{path}"


def test_a_laptop_may_call_itself(receiver: Any) -> None:
    answer = post(url(receiver), b"hello", {"x-told": "yes"}, loopback=True)
    assert (answer.status, answer.headers["location"], answer.body) == (201, "/messages/1", b"thanks")
    path, headers, body = receiver.received[0]
    assert (path, headers["x-told"], body) == ("/in?a=b", "yes", b"hello")
    assert headers["host"] == f"127.0.0.1:{receiver.server_port}"


def test_a_redirect_is_an_answer_and_not_followed(receiver: Any) -> None:
    def elsewhere(handler: Receiver) -> None:
        handler.send_response(307)
        handler.send_header("Location", "/elsewhere")
        handler.end_headers()

    receiver.answer = elsewhere
    assert post(url(receiver), b"", {}, loopback=True).status == 307
    assert len(receiver.received) == 1


def test_of_a_long_answer_only_the_beginning_is_read(receiver: Any) -> None:
    def endless(handler: Receiver) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(b"a" * (MOST_ANSWERED * 3))

    receiver.answer = endless
    assert len(post(url(receiver), b"", {}, loopback=True).body) == MOST_ANSWERED


def test_an_answer_that_drips_ends_when_the_time_is_over(
    receiver: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = threading.Event()

    def drips(handler: Receiver) -> None:
        while not over.wait(0.02):
            handler.wfile.write(b"H")

    receiver.answer = drips
    monkeypatch.setattr(outgoing_https, "TOTAL_SECONDS", 0.2)
    with pytest.raises(HTTPException):
        post(url(receiver), b"", {}, loopback=True)
    over.set()
