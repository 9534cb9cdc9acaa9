"""Signing as Standard Webhooks 1.0.0 has it."""

from datetime import UTC, datetime

import pytest

from kairos.domain.standard_webhooks import key_of, signature


def test_the_specifications_own_example_is_signed_alike() -> None:
    """The example of the reference libraries (standard-webhooks/standard-webhooks, libraries/*/tests)."""
    at = datetime.fromtimestamp(1614265330, UTC)
    body = b'{"test": 2432232314}'
    told = signature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", at, body)
    assert told == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_secret_that_is_no_base64_is_told() -> None:
    with pytest.raises(ValueError, match=r"."):
        key_of("whsec_not base64!")
