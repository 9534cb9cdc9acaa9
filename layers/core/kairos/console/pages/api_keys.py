"""API keys: made, shown once, withdrawn."""

from datetime import date, datetime, time
from typing import Any

from kairos.api import read_as
from kairos.console.asked import Answer, Asked, caller_of
from kairos.console.pages.team import ROLES
from kairos.console.sections import SHOP, Route, Section
from kairos.domain.errors import NotFound, Refused
from kairos.services import api_keys
from kairos.services.api_keys import KeyWish

_KEY = f"{SHOP}/keys/{{key}}"


def show(asked: Asked) -> Answer:
    """The shop's keys, without their secrets."""
    return _page(asked)


def make(asked: Asked) -> Answer:
    """The new key, shown on this page and never again."""
    told: dict[str, Any] = {"role": asked.one("role"), "name": asked.one("name")}
    try:
        if ends := asked.one("expires"):
            told["expires_at"] = _end_of(asked, ends)
        wish = read_as(KeyWish, told)
        made = api_keys.create_key(
            asked.parts.items, asked.parts.clock, caller_of(asked), asked.here.id, wish
        )
    except Refused as refusal:
        wrong = "expires" if refusal.field == "expires_at" else refusal.field
        return _page(asked, wrong=wrong, name=told["name"])._replace(status=400)
    return _page(asked, made=made)


def ask_to_withdraw(asked: Asked) -> Answer:
    """Names the key, and what stops with it."""
    key = _key(asked)
    called = key["name"] or f"…{key['last_four']}"
    return asked.page(
        "sure.html",
        title=asked.say("api_keys.withdraw_title", name=called),
        text=asked.say("api_keys.withdraw_text"),
        button=asked.say("api_keys.withdraw"),
        action=f"{asked.at}/keys/{key['id']}/withdraw",
        back=f"{asked.at}/keys",
        named=[f"{called}: {asked.say('frame.role.' + key['role'])}"],
        typed="",
    )


def withdraw(asked: Asked) -> Answer:
    """The key opens the shop no more."""
    api_keys.withdraw_key(asked.parts.items, asked.here.id, asked.path["key"])
    return asked.go(f"{asked.at}/keys", "api_keys.withdrawn")


def _end_of(asked: Asked, day: str) -> str:
    """The end of that day at the shop."""
    try:
        told = date.fromisoformat(day)
    except ValueError:
        raise Refused("expires_at", "It is no day.", "Choose one.") from None
    return datetime.combine(told, time(23, 59, 59), asked.here.zone).isoformat()


def _key(asked: Asked) -> dict[str, Any]:
    for one in api_keys.list_keys(asked.parts.items, caller_of(asked), asked.here.id):
        if one["id"] == asked.path["key"]:
            return one
    raise NotFound("key", asked.path["key"])


def _page(asked: Asked, made: dict[str, Any] | None = None, wrong: str = "", name: str = "") -> Answer:
    return asked.page(
        "api_keys.html",
        found=api_keys.list_keys(asked.parts.items, caller_of(asked), asked.here.id),
        made=made,
        wrong=wrong,
        name=name,
        roles=ROLES,
        now=asked.parts.clock.now().isoformat(),
        tab="keys",
    )


SECTION = Section(
    "api_keys",
    (
        Route("GET", f"{SHOP}/keys", "owner", show),
        Route("POST", f"{SHOP}/keys", "owner", make),
        Route("GET", f"{_KEY}/withdraw", "owner", ask_to_withdraw),
        Route("POST", f"{_KEY}/withdraw", "owner", withdraw),
    ),
)
