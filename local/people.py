"""Somebody who may sign in to the console of the stack on this machine."""

import secrets
from contextlib import suppress
from typing import Any

from local.deployment import client
from local.place import Place

EMAIL = "owner@example.com"
OWNERS = "*.owner"
"""The group whose members own every shop (kairos.domain.access.group_of)."""


def ready_person(place: Place, outputs: dict[str, str]) -> dict[str, str]:
    """See to it that there is one; {"email", "password"}. The password stays in the stack's folder.

    outputs: of the stack.
    """
    pool, directory = outputs["PeoplePoolId"], client(place, "cognito-idp")
    password = _password(place)
    told = [{"Name": "email", "Value": EMAIL}, {"Name": "email_verified", "Value": "true"}]
    with suppress(directory.exceptions.UsernameExistsException):
        directory.admin_create_user(
            UserPoolId=pool, Username=EMAIL, MessageAction="SUPPRESS", UserAttributes=told
        )
    directory.admin_set_user_password(UserPoolId=pool, Username=EMAIL, Password=password, Permanent=True)
    _join(directory, pool, OWNERS)
    return {"email": EMAIL, "password": password}


def _password(place: Place) -> str:
    kept = place.home / "console-password"
    if not kept.exists():
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_urlsafe(15))
    return kept.read_text()


def _join(directory: Any, pool: str, group: str) -> None:
    with suppress(directory.exceptions.GroupExistsException):
        directory.create_group(UserPoolId=pool, GroupName=group)
    directory.admin_add_user_to_group(UserPoolId=pool, Username=EMAIL, GroupName=group)
