"""Who may post where no HMAC is made: CloudCart's API key, and the key pair of Adobe Commerce's webhooks."""

import base64
import hashlib
import hmac
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from kairos.adapters.platforms.signatures import is_signed, kept_headers

LAYER = Path(__file__).resolve().parents[3] / "layers/core"
BODY = b'[{"id": 1}]'
HEADER = "X-Adobe-Commerce-Webhook-Signature"
PRIVATE = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def by_commerce(body: bytes = BODY, key: rsa.RSAPrivateKey = PRIVATE) -> str:
    """As Commerce signs: RSA with SHA-256 over the base64 of the body."""
    signed = key.sign(base64.b64encode(body), padding.PKCS1v15(), hashes.SHA256())
    return base64.b64encode(signed).decode()


@pytest.mark.parametrize("header", ["X-CloudCart-ApiKey", "x-cloudcart-apikey", "X-Kairos-Secret"])
def test_cloudcart_s_key_opens_in_either_header(header: str) -> None:
    assert is_signed("cloudcart", {header: "KEY4"}, BODY, ["KEY4"])
    assert is_signed("cloudcart", {header: "KEY4"}, BODY, ["new", "KEY4"])


@pytest.mark.parametrize("told", ["", "KEY", "KEY44", "key4", "\u2603"])
def test_another_key_does_not_open(told: str) -> None:
    assert not is_signed("cloudcart", {"X-CloudCart-ApiKey": told}, BODY, ["KEY4"])
    assert not is_signed("cloudcart", {}, BODY, ["KEY4", ""])


def test_the_secret_itself_opens_no_other_platform() -> None:
    for header in ("X-Kairos-Secret", "X-CloudCart-ApiKey", "X-Kairos-Signature"):
        for platform in ("prestashop", "magento", "generic"):
            assert not is_signed(platform, {header: "secret"}, BODY, ["secret"])


def test_commerce_s_signature_verifies_under_its_public_key() -> None:
    assert is_signed("magento", {HEADER: by_commerce()}, BODY, [pem(PRIVATE)])
    assert is_signed("magento", {HEADER: by_commerce()}, BODY, ["an-hmac-secret", f"\n{pem(PRIVATE)}"])


def test_a_signature_of_another_key_or_body_does_not_pass() -> None:
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    assert not is_signed("magento", {HEADER: by_commerce(key=other)}, BODY, [pem(PRIVATE)])
    assert not is_signed("magento", {HEADER: by_commerce(b"[]")}, BODY, [pem(PRIVATE)])


@pytest.mark.parametrize("told", ["", "no base64 \u2603", "AAAA", base64.b64encode(b"x" * 256).decode()])
def test_what_is_no_signature_does_not_pass(told: str) -> None:
    assert not is_signed("magento", {HEADER: told}, BODY, [pem(PRIVATE)])


@pytest.mark.parametrize(
    "key",
    [
        "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
        pem(ec.generate_private_key(ec.SECP256R1())),
    ],
)
def test_a_key_that_is_no_rsa_key_verifies_nothing(key: str) -> None:
    assert not is_signed("magento", {HEADER: by_commerce()}, BODY, [key])


def test_a_public_key_is_never_taken_for_a_secret() -> None:
    """Everybody knows it: an HMAC under its text, or the text itself, would be anybody's signature."""
    key = pem(PRIVATE)
    forged = base64.b64encode(hmac.new(key.encode(), BODY, hashlib.sha256).digest()).decode()
    assert not is_signed("magento", {"X-Kairos-Signature": forged}, BODY, [key])
    assert not is_signed("cloudcart", {"X-Kairos-Secret": key}, BODY, [key])


@pytest.mark.parametrize("form", [PublicFormat.PKCS1, PublicFormat.SubjectPublicKeyInfo])
@pytest.mark.parametrize("before", ["", "\ufeff", "\n", "my key: "])
@pytest.mark.parametrize("platform", ["magento", "generic"])
def test_nor_in_any_other_form_of_it(form: PublicFormat, before: str, platform: str) -> None:
    key = before + PRIVATE.public_key().public_bytes(Encoding.PEM, form).decode()
    forged = base64.b64encode(hmac.new(key.encode(), BODY, hashlib.sha256).digest()).decode()
    assert not is_signed(platform, {"X-Kairos-Signature": forged}, BODY, [key])


def test_a_module_s_hmac_passes_beside_it() -> None:
    signed = base64.b64encode(hmac.new(b"secret", BODY, hashlib.sha256).digest()).decode()
    assert is_signed("magento", {"X-Kairos-Signature": signed}, BODY, [pem(PRIVATE), "secret"])


def test_the_headers_that_tell_the_topic_are_kept() -> None:
    told = {"X-Kairos-Topic": "order", "X-Adobe-Event-Code": "x", HEADER: "y", "X-CloudCart-ApiKey": "KEY4"}
    assert kept_headers("magento", told) == {"x-kairos-topic": "order", "x-adobe-event-code": "x"}
    assert kept_headers("cloudcart", told) == {"x-kairos-topic": "order"}


def test_the_library_is_imported_for_such_a_signature_alone() -> None:
    script = (
        "import sys; from kairos.adapters.platforms.signatures import is_signed; "
        "is_signed('magento', {'x-kairos-signature': 'x'}, b'', ['secret']); "
        "print([m for m in sys.modules if m.startswith('cryptography')])"
    )
    told = subprocess.run(
        [sys.executable, "-c", script], cwd=LAYER, capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == "[]"
