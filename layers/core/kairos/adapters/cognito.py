"""The user pool: passwords are judged there, and groups say who has which role in which shop."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from kairos.domain.errors import Throttled
from kairos.ports import Known, PasswordWanted, SignedIn, WeakPassword, WrongPassword

_WRONG = frozenset(
    {
        "NotAuthorizedException",
        "UserNotFoundException",
        "PasswordResetRequiredException",
        "UserNotConfirmedException",
        "CodeMismatchException",
        "ExpiredCodeException",
    }
)
_WEAK = frozenset({"InvalidPasswordException", "PasswordHistoryPolicyViolationException"})


class CognitoPeople:
    """See ports.People and ports.Directory. pool: the user pool's id; app: the id of its one client."""

    def __init__(self, client: Any, pool: str, app: str) -> None:
        self._client = client
        self._pool = pool
        self._app = app

    def sign_in(self, email: str, password: str) -> SignedIn | PasswordWanted:
        """See ports.People."""
        with _in_our_words():
            told = self._client.admin_initiate_auth(
                UserPoolId=self._pool,
                ClientId=self._app,
                AuthFlow="ADMIN_USER_PASSWORD_AUTH",
                AuthParameters={"USERNAME": email, "PASSWORD": password},
            )
        if told.get("ChallengeName") == "NEW_PASSWORD_REQUIRED":
            return PasswordWanted(email, told["Session"])
        if "AuthenticationResult" not in told:
            # A second factor, which the pool does not ask for as template.yaml makes it.
            raise WrongPassword(told.get("ChallengeName", ""))
        return self._known(email)

    def choose_password(self, email: str, password: str, session: str) -> SignedIn:
        """See ports.People."""
        # The pool has taken the address before: what it can't read is the password.
        with _in_our_words(unreadable=WeakPassword):
            self._client.admin_respond_to_auth_challenge(
                UserPoolId=self._pool,
                ClientId=self._app,
                ChallengeName="NEW_PASSWORD_REQUIRED",
                ChallengeResponses={"USERNAME": email, "NEW_PASSWORD": password},
                Session=session,
            )
        return self._known(email)

    def groups(self, person: str) -> tuple[str, ...] | None:
        """See ports.People."""
        try:
            with _in_our_words():
                if not self._client.admin_get_user(UserPoolId=self._pool, Username=person)["Enabled"]:
                    return None
                return self._groups(person)
        except WrongPassword:
            return None

    def members(self, group: str) -> list[Known]:
        """See ports.Directory."""
        found: list[Known] = []
        page: dict[str, str] = {}
        while True:
            try:
                with _in_our_words():
                    told = self._client.list_users_in_group(
                        UserPoolId=self._pool, GroupName=group, Limit=60, **page
                    )
            except ClientError as error:
                if error.response["Error"]["Code"] == "ResourceNotFoundException":
                    return []
                raise
            found += [_as_known(one, one["Attributes"]) for one in told["Users"] if one.get("Enabled", True)]
            if not told.get("NextToken"):
                return found
            page = {"NextToken": told["NextToken"]}

    def invite(self, email: str) -> Known:
        """See ports.Directory."""
        try:
            with _in_our_words():
                told = self._client.admin_create_user(
                    UserPoolId=self._pool,
                    Username=email,
                    UserAttributes=[
                        {"Name": "email", "Value": email},
                        {"Name": "email_verified", "Value": "true"},
                    ],
                    DesiredDeliveryMediums=["EMAIL"],
                )["User"]
                return _as_known(told, told["Attributes"])
        except ClientError as error:
            if error.response["Error"]["Code"] != "UsernameExistsException":
                raise
        with _in_our_words():
            told = self._client.admin_get_user(UserPoolId=self._pool, Username=email)
            known = _as_known(told, told["UserAttributes"])
            if known.invited:
                self._send_first(email)
            return known

    def renew(self, email: str) -> None:
        """See ports.Directory. The pool mails a password of its own making only to who has to replace the
        one they have, which is why they are given one that nobody knows before (Amazon Cognito API
        Reference, AdminSetUserPassword and AdminCreateUser)."""
        with _in_our_words():
            self._client.admin_set_user_password(
                UserPoolId=self._pool, Username=email, Password=secrets.token_urlsafe(32), Permanent=False
            )
            self._send_first(email)

    def _send_first(self, email: str) -> None:
        """Another first password, good for as long as the pool says from now on."""
        self._client.admin_create_user(
            UserPoolId=self._pool, Username=email, MessageAction="RESEND", DesiredDeliveryMediums=["EMAIL"]
        )

    def put_in(self, person: str, group: str) -> None:
        """See ports.Directory."""
        with _in_our_words():
            try:
                self._client.create_group(UserPoolId=self._pool, GroupName=group)
            except ClientError as error:
                if error.response["Error"]["Code"] != "GroupExistsException":
                    raise
            self._client.admin_add_user_to_group(UserPoolId=self._pool, Username=person, GroupName=group)

    def take_out(self, person: str, group: str) -> None:
        """See ports.Directory."""
        try:
            with _in_our_words():
                self._client.admin_remove_user_from_group(
                    UserPoolId=self._pool, Username=person, GroupName=group
                )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceNotFoundException":
                raise

    def _known(self, email: str) -> SignedIn:
        with _in_our_words():
            told = self._client.admin_get_user(UserPoolId=self._pool, Username=email)
            attributes = {one["Name"]: one["Value"] for one in told["UserAttributes"]}
            person = attributes.get("sub", told["Username"])
            return SignedIn(person, attributes.get("email", email), self._groups(told["Username"]))

    def _groups(self, username: str) -> tuple[str, ...]:
        found: list[str] = []
        page: dict[str, str] = {}
        while True:
            told = self._client.admin_list_groups_for_user(
                UserPoolId=self._pool, Username=username, Limit=60, **page
            )
            found += [one["GroupName"] for one in told["Groups"]]
            if not told.get("NextToken"):
                return tuple(found)
            page = {"NextToken": told["NextToken"]}


def _as_known(told: dict[str, Any], attributes: list[dict[str, str]]) -> Known:
    named = {one["Name"]: one["Value"] for one in attributes}
    person, email = named.get("sub", told["Username"]), named.get("email", told["Username"])
    return Known(person, email, told.get("UserStatus") == "FORCE_CHANGE_PASSWORD")


@contextmanager
def _in_our_words(unreadable: type[Exception] = WrongPassword) -> Iterator[None]:
    """WrongPassword, WeakPassword and Throttled for what they mean; anything else passes as it is.

    unreadable: for what can't be an address or a password, with blanks and other signs.
    """
    try:
        yield
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in _WRONG:
            raise WrongPassword(code) from error
        if code == "InvalidParameterException":
            raise unreadable(code) from error
        if code in _WEAK:
            raise WeakPassword(code) from error
        if code in {"TooManyRequestsException", "LimitExceededException", "InternalErrorException"}:
            raise Throttled(f"The user pool asks to slow down: {code}.") from error
        raise
    except BotoCoreError as error:
        raise Throttled(f"The user pool gave no answer: {type(error).__name__}.") from error
