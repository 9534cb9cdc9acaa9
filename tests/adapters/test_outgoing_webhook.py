"""What the answers of push services and of webhooks' receivers mean."""

from collections.abc import Callable
from typing import Any

import pytest

from kairos.adapters import outgoing_webhook, web_push
from kairos.adapters.outgoing_https import Posted
from kairos.adapters.web_push_encryption import decoded, new_private_key, public_key_of
from kairos.ports import NotSent, OutgoingWebhook, Vapid, WebPush
from tests.adapters.test_web_push_encryption import AUTH, P256DH

WEBHOOK = OutgoingWebhook("https://hooks.example.com/in", b"{}", {"webhook-id": "m1"})
_PRIVATE = new_private_key()
BROWSER = WebPush(
    endpoint="https://push.example.com/send/1",
    p256dh=P256DH,
    auth=AUTH,
    title="Lumen",
    text="Your cart",
    url="https://shop.example.com/cart",
    image=None,
    message_id="0" * 32,
    ttl=3600,
    vapid=Vapid(_PRIVATE, public_key_of(_PRIVATE), "mailto:shop@example.com"),
    at=1_700_000_000,
)
Sends = Callable[[int], Any]


@pytest.fixture(params=["webhook", "web_push"])
def send(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Sends:
    """Sends one message to a receiver that answers with this status."""

    def sends(status: int) -> Any:
        answer = Posted(status, {"location": "https://push.example.com/m/1"}, b"")
        for module in (outgoing_webhook, web_push):
            monkeypatch.setattr(module, "post", lambda *_: answer)
        if request.param == "webhook":
            return outgoing_webhook.WebhookProvider().send(WEBHOOK)
        return web_push.WebPushProvider().send(BROWSER)

    return sends


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_what_was_taken_has_an_id(send: Sends, status: int) -> None:
    assert send(status) in {"m1", "https://push.example.com/m/1"}


@pytest.mark.parametrize("status", [429, 503])
def test_a_receiver_that_is_busy_is_tried_again(send: Sends, status: int) -> None:
    with pytest.raises(NotSent) as refused:
        send(status)
    assert (refused.value.for_now, refused.value.gone) == (True, False)


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 401, 403, 413])
def test_a_refusal_or_a_redirect_is_for_good(send: Sends, status: int) -> None:
    with pytest.raises(NotSent) as refused:
        send(status)
    assert (refused.value.for_now, refused.value.gone) == (False, False)


@pytest.mark.parametrize("status", [500, 502, 504, 599])
def test_any_other_error_of_the_server_tells_nothing(send: Sends, status: int) -> None:
    with pytest.raises(ConnectionError):
        send(status)


@pytest.mark.parametrize("status", [404, 410])
def test_a_subscription_that_is_gone_is_told(monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    monkeypatch.setattr(web_push, "post", lambda *_: Posted(status, {}, b""))
    with pytest.raises(NotSent) as refused:
        web_push.WebPushProvider().send(BROWSER)
    assert refused.value.gone


def test_a_notification_is_posted_as_push_services_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    posted: list[Any] = []

    def keep(*asked: Any) -> Posted:
        posted.append(asked)
        return Posted(201, {}, b"")

    monkeypatch.setattr(web_push, "post", keep)
    web_push.WebPushProvider().send(BROWSER)
    url, body, headers, loopback = posted[0]
    assert (url, loopback) == (BROWSER.endpoint, False)
    assert headers["content-encoding"] == "aes128gcm"
    assert headers["ttl"] == "3600"
    assert headers["topic"] == BROWSER.message_id
    assert headers["authorization"].endswith(f", k={BROWSER.vapid.public}")
    assert len(decoded(P256DH)) == body[20] == 65  # the length of the key in the header (RFC 8188, 2.1)
    assert b"Your cart" not in body


def test_a_subscription_that_cannot_be_used_ends_the_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_push, "post", lambda *_: pytest.fail("nothing may be posted"))
    with pytest.raises(NotSent) as refused:
        web_push.WebPushProvider().send(BROWSER._replace(p256dh="AAAA"))
    assert not refused.value.for_now
