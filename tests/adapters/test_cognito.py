"""The user pool, told by its own answers."""

from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber

from kairos.adapters.cognito import CognitoPeople
from kairos.domain.errors import Throttled
from kairos.ports import Known, PasswordWanted, SignedIn, WeakPassword, WrongPassword

POOL, APP = "eu-west-1_Pool", "app0123456789"
USER = {
    "Username": "9f0c",
    "Enabled": True,
    "UserAttributes": [{"Name": "sub", "Value": "9f0c"}, {"Name": "email", "Value": "ada@example.com"}],
}


def groups(*names: str, **more: str) -> dict[str, Any]:
    return {"Groups": [{"GroupName": name} for name in names], **more}


class Pool:
    """The directory whose client answers what it was given."""

    def __init__(self) -> None:
        client = boto3.client(
            "cognito-idp", region_name="eu-west-1", aws_access_key_id="a", aws_secret_access_key="b"
        )
        self.stub = Stubber(client)
        self.stub.activate()
        self.people = CognitoPeople(client, POOL, APP)

    def answers(self, *told: tuple[str, dict[str, Any]]) -> CognitoPeople:
        for method, answer in told:
            self.stub.add_response(method, answer)
        return self.people

    def refuses(self, method: str, code: str) -> CognitoPeople:
        self.stub.add_client_error(method, code)
        return self.people


def test_a_right_password_says_who_and_all_of_their_groups() -> None:
    people = Pool().answers(
        ("admin_initiate_auth", {"AuthenticationResult": {"AccessToken": "t"}}),
        ("admin_get_user", USER),
        ("admin_list_groups_for_user", groups("demo.owner", NextToken="more")),
        ("admin_list_groups_for_user", groups("other.reader")),
    )
    assert people.sign_in("ada@example.com", "p") == SignedIn(
        "9f0c", "ada@example.com", ("demo.owner", "other.reader")
    )


def test_a_first_password_is_to_be_replaced() -> None:
    told = {"ChallengeName": "NEW_PASSWORD_REQUIRED", "Session": "s" * 20}
    people = Pool().answers(("admin_initiate_auth", told))
    assert people.sign_in("ada@example.com", "p") == PasswordWanted("ada@example.com", "s" * 20)


def test_a_second_factor_that_nobody_asks_for_opens_nothing() -> None:
    people = Pool().answers(("admin_initiate_auth", {"ChallengeName": "SMS_MFA", "Session": "s" * 20}))
    with pytest.raises(WrongPassword):
        people.sign_in("ada@example.com", "p")


@pytest.mark.parametrize(
    ("code", "raised"),
    [
        ("NotAuthorizedException", WrongPassword),
        ("UserNotFoundException", WrongPassword),
        ("PasswordResetRequiredException", WrongPassword),
        ("InvalidParameterException", WrongPassword),
        ("TooManyRequestsException", Throttled),
    ],
)
def test_refusals_are_told_in_our_words(code: str, raised: type[Exception]) -> None:
    with pytest.raises(raised):
        Pool().refuses("admin_initiate_auth", code).sign_in("ada@example.com", "p")


@pytest.mark.parametrize("code", ["InvalidPasswordException", "InvalidParameterException"])
def test_a_weak_password_is_not_taken(code: str) -> None:
    with pytest.raises(WeakPassword):
        Pool().refuses("admin_respond_to_auth_challenge", code).choose_password(
            "ada@example.com", "p", "s" * 20
        )


@pytest.mark.parametrize("enabled", [True, False])
def test_who_is_shut_out_has_no_groups_at_all(enabled: bool) -> None:
    pool = Pool()
    people = pool.answers(("admin_get_user", {**USER, "Enabled": enabled}))
    if enabled:
        pool.answers(("admin_list_groups_for_user", groups("demo.owner")))
    assert people.groups("9f0c") == (("demo.owner",) if enabled else None)


def test_who_is_gone_has_none_either() -> None:
    assert Pool().refuses("admin_get_user", "UserNotFoundException").groups("9f0c") is None


FIRST = {"UserPoolId": POOL, "Username": "ada@example.com", "DesiredDeliveryMediums": ["EMAIL"]}


@pytest.mark.parametrize("signed_in", [True, False])
def test_who_let_an_invitation_lapse_is_sent_another_one(signed_in: bool) -> None:
    pool = Pool()
    pool.stub.add_client_error("admin_create_user", "UsernameExistsException")
    status = "CONFIRMED" if signed_in else "FORCE_CHANGE_PASSWORD"
    pool.answers(("admin_get_user", {**USER, "UserStatus": status}))
    if not signed_in:
        pool.stub.add_response("admin_create_user", {}, {**FIRST, "MessageAction": "RESEND"})
    assert pool.people.invite("ada@example.com") == Known("9f0c", "ada@example.com", not signed_in)
    pool.stub.assert_no_pending_responses()


def test_a_lost_password_is_replaced_by_a_first_one() -> None:
    pool = Pool()
    unknown = {"UserPoolId": POOL, "Username": "ada@example.com", "Password": ANY, "Permanent": False}
    pool.stub.add_response("admin_set_user_password", {}, unknown)
    pool.stub.add_response("admin_create_user", {}, {**FIRST, "MessageAction": "RESEND"})
    pool.people.renew("ada@example.com")
    pool.stub.assert_no_pending_responses()
