"""Web push: encrypted as RFC 8291 has it, signed as RFC 8292 has it."""

import json

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from kairos.adapters.web_push_encryption import (
    MOST_PLAINTEXT,
    Ephemeral,
    authorization,
    decoded,
    encrypted,
    new_ephemeral,
    new_private_key,
    public_key_of,
)
from kairos.ports import Vapid

# RFC 8291, section 5 and appendix A.
PLAINTEXT = b"When I grow up, I want to be a watermelon"
P256DH = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
SENDERS_KEY = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6Tlz"
    "AC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def test_the_example_of_rfc_8291_is_encrypted_alike() -> None:
    key = ec.derive_private_key(int.from_bytes(decoded(SENDERS_KEY)), ec.SECP256R1())
    assert encrypted(PLAINTEXT, P256DH, AUTH, Ephemeral(key, decoded(SALT))) == decoded(BODY)


def test_no_two_messages_are_encrypted_alike() -> None:
    one, other = (encrypted(PLAINTEXT, P256DH, AUTH, new_ephemeral(bytes(16))) for _ in range(2))
    assert one != other


@pytest.mark.parametrize(
    ("p256dh", "auth"), [("", AUTH), (P256DH[:-4], AUTH), ("not base64!", AUTH), (P256DH, "###")]
)
def test_a_subscription_whose_keys_are_none_is_told(p256dh: str, auth: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        encrypted(PLAINTEXT, p256dh, auth, new_ephemeral(bytes(16)))


def test_a_text_that_no_push_service_must_take_is_told() -> None:
    assert len(encrypted(b"a" * MOST_PLAINTEXT, P256DH, AUTH, new_ephemeral(bytes(16)))) == 4096
    with pytest.raises(ValueError, match="too long"):
        encrypted(b"a" * (MOST_PLAINTEXT + 1), P256DH, AUTH, new_ephemeral(bytes(16)))


def test_the_sender_tells_who_it_is_to_this_push_service_for_half_a_day() -> None:
    private = new_private_key()
    vapid = Vapid(private, public_key_of(private), "mailto:shop@example.com")
    told = authorization("https://push.example.com:8443/send/1?x=2", vapid, 1_700_000_000)
    assert told.startswith("vapid t=")
    token, _, key = told.removeprefix("vapid t=").partition(", k=")
    assert key == vapid.public
    header, claims, signature = token.split(".")
    assert json.loads(decoded(header)) == {"typ": "JWT", "alg": "ES256"}
    assert json.loads(decoded(claims)) == {
        "aud": "https://push.example.com:8443",
        "exp": 1_700_000_000 + 12 * 3600,
        "sub": "mailto:shop@example.com",
    }
    raw = decoded(signature)
    der = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decoded(key))
    public.verify(der, f"{header}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))


@pytest.mark.parametrize("private", ["", "AAAA", "not base64!"])
def test_a_private_key_that_is_none_is_told(private: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        public_key_of(private)
