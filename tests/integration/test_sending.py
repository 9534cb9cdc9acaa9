"""Every channel on the deployed stack: what is sent stands in the outbox, what comes back suppresses."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from kairos.domain.run import run_id
from local.running_stack import RunningStack
from local.traffic import Plain
from tests.integration.shops import open_shop, sender_of, until, until_recorded

SIGNING_KEY = bytes(range(32))
SECRET = "whsec_" + base64.b64encode(SIGNING_KEY).decode()
PHONE = "+41790001122"
WAITING = {"wait_newcomer": "P30D"}
"""The run's own machine waits; the tests ask for its messages."""


class Browser:
    """A browser's subscription; reads what was encrypted for it (RFC 8291, from the receiver's side)."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self._key, self._auth = ec.generate_private_key(ec.SECP256R1()), b"0123456789abcdef"
        self._public = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def subscription(self) -> dict[str, Any]:
        keys = {"p256dh": _encoded(self._public), "auth": _encoded(self._auth)}
        return {"endpoint": self.endpoint, "expirationTime": None, "keys": keys}

    def reads(self, body: bytes) -> dict[str, Any]:
        salt, sender, sealed = body[:16], body[21:86], body[86:]
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)
        shared = self._key.exchange(ec.ECDH(), theirs)
        keying = _derived(shared, self._auth, b"WebPush: info\x00" + self._public + sender, 32)
        key = _derived(keying, salt, b"Content-Encoding: aes128gcm\x00", 16)
        nonce = _derived(keying, salt, b"Content-Encoding: nonce\x00", 12)
        told: dict[str, Any] = json.loads(AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\x02"))
        return told


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


class Counter:
    """A shop with every channel set up, whose customers leave carts."""

    def __init__(self, running: RunningStack) -> None:
        self.running = running
        self.here = running.told["endpoint_url"].replace("localhost", "127.0.0.1").rstrip("/")
        app = running.aws("sns").create_platform_application(
            Name="lumen", Platform="GCM", Attributes={"PlatformCredential": "x"}
        )["PlatformApplicationArn"]
        channels = {
            "sms": {"sender_id": "Lumen"},
            "push": {"android": app},
            "web_push": {"contact": "mailto:hello@shop.example.com"},
            "webhook": {"url": f"{self.here}/_kairos/webhook/lumen"},
        }
        secrets = {"webhook": "a-secret-that-signs", "outgoing_webhook": SECRET}
        self.shop = open_shop(
            running, "generic", currency="EUR", languages=["en"], channels=channels, secrets=secrets
        )
        self.ask("PUT", "/scenarios/abandoned_cart", {"enabled": True, "settings": WAITING})

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        status, told = self.running.api(method, f"/v1/shops/{self.shop}{path}", body)
        assert status in (200, 201), told
        return told

    def leaves_cart(self, name: str, email: str, phone: str | None = None) -> str:
        """Somebody leaves a cart, and consents to everything; answers the run that it starts."""
        now = datetime.now(UTC).isoformat()
        channels = ["email", *(["sms"] if phone else [])]
        consents = [
            {"channel": one, "state": "granted", "at": now, "source": "checkout", "wording": "Yes."}
            for one in channels
        ]
        cart: dict[str, Any] = {
            "type": "cart",
            "id": f"cart-{name}-{self.shop}",
            "created_at": now,
            "updated_at": now,
            "currency": "EUR",
            "total": "54.90",
            "lines": [{"product_id": "p-1", "title": "Desk lamp", "quantity": 1, "price": "54.90"}],
            "customer": {"id": name, "email": email, **({"phone": phone} if phone else {})},
            "consents": consents,
        }
        sender = sender_of(self.running, self.shop, "generic")
        sent = sender.post(Plain(json.dumps(cart).encode(), {"Content-Type": "application/json"}))
        assert sent.status == 200, sent.body
        until_recorded(self.running)
        until(lambda: self.running.execution(self.shop, cart["id"]) is not None, "the run has begun")
        return run_id(self.shop, "abandoned_cart", f"cart:{cart['id']}")

    def customer(self, email: str) -> str:
        found = self.running.customer(self.shop, email)
        assert found is not None
        return str(found["id"])

    def consents_to(self, email: str, channel: str) -> None:
        said = {"channel": channel, "state": "granted", "source": "test"}
        self.ask("PUT", f"/customers/{self.customer(email)}/consents", {"consents": [said]})

    def registers(self, email: str, wish: dict[str, Any]) -> None:
        self.ask("POST", f"/customers/{self.customer(email)}/endpoints", wish | {"wording": "Yes."})

    def sends(self, run: str, channel: str) -> dict[str, Any]:
        """What stands in the outbox once the run has asked for a message on this channel."""
        functions = self.running.aws("lambda").list_functions()["Functions"]
        [name] = [one["FunctionName"] for one in functions if "SendMessage" in one["FunctionName"]]
        before = len(self.running.mails())
        step = {"shop": self.shop, "run": run, "step": "reminder_1", "channels": [channel]}
        told = self.running.aws("lambda").invoke(FunctionName=name, Payload=json.dumps(step).encode())
        answer = json.load(told["Payload"])
        assert answer["decision"] == "send", answer

        def arrived() -> list[dict[str, Any]]:
            return [one for one in self.running.mails(before) if one["channel"] == channel]

        until(lambda: bool(arrived()), f"a message on {channel} stands in the outbox")
        [found] = arrived()
        return found


@pytest.fixture(scope="module")
def counter(stack: dict[str, Any]) -> Counter:
    return Counter(RunningStack(stack))


@pytest.mark.parametrize(("kind", "reason"), [("bounce", "bounced"), ("complaint", "complained")])
def test_what_comes_back_suppresses_the_address(counter: Counter, kind: str, reason: str) -> None:
    email = f"{kind}+channels@simulator.amazonses.com"
    run = counter.leaves_cart(kind, email)
    assert counter.sends(run, "email")["to"] == [email]
    path = f"/customers/{counter.customer(email)}"

    def suppressed() -> list[tuple[str, str]]:
        return [(one["channel"], one["reason"]) for one in counter.ask("GET", path)["suppressions"]]

    until(lambda: suppressed() == [("email", reason)], f"the address is suppressed: {reason}")


def test_a_text_message_stands_in_the_outbox_with_its_sender(counter: Counter) -> None:
    run = counter.leaves_cart("sam", "sam@example.com", PHONE)
    told = counter.sends(run, "sms")
    assert told["to"] == [PHONE]
    assert told["attributes"]["AWS.SNS.SMS.SenderID"]["StringValue"] == "Lumen"
    assert "/v1/unsubscribe/" in told["text"]


def test_a_notification_of_a_phone_stands_in_the_outbox(counter: Counter) -> None:
    run = counter.leaves_cart("pia", "pia@example.com")
    counter.registers("pia@example.com", {"channel": "push", "platform": "android", "token": "t" * 32})
    told = counter.sends(run, "push")
    assert ":endpoint/GCM/" in told["to"][0]
    assert json.loads(json.loads(told["text"])["GCM"])["fcmV1Message"]["message"]["notification"]["body"]


def test_a_notification_of_a_browser_stands_in_the_outbox_and_only_the_browser_reads_it(
    counter: Counter,
) -> None:
    run = counter.leaves_cart("wim", "wim@example.com")
    browser = Browser(f"{counter.here}/_kairos/web_push/wim")
    counter.registers("wim@example.com", {"channel": "web_push", "subscription": browser.subscription})
    told = counter.sends(run, "web_push")
    key = counter.ask("GET", "")["channels"]["web_push"]["public_key"]
    assert told["headers"]["authorization"].endswith(f", k={key}")
    assert browser.reads(base64.b64decode(told["body"]))["title"]


def test_an_outgoing_webhook_stands_in_the_outbox_signed(counter: Counter) -> None:
    run = counter.leaves_cart("vic", "vic@example.com")
    counter.consents_to("vic@example.com", "webhook")
    told = counter.sends(run, "webhook")
    headers = told["headers"]
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{told['text']}".encode()
    right = base64.b64encode(hmac.new(SIGNING_KEY, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{right}"
    assert json.loads(told["text"])["data"]["customer"] == "vic"
