"""Pools of discount codes: how many are left, adding some, and what became of one."""

import re
from typing import Any

from kairos.console.asked import Answer, Asked
from kairos.console.sections import SHOP, Route, Section
from kairos.domain.errors import NotFound, Refused
from kairos.services import codes
from kairos.services.codes.redemption import story_of_code


def show(asked: Asked) -> Answer:
    """The pools, and the story of a code that is asked for."""
    return _page(asked)


def add(asked: Asked) -> Answer:
    """Codes into a pool, which is made if need be. Says how many were new."""
    pool = asked.one("pool") or asked.one("new_pool")
    wanted = [one for one in re.split(r"[\s,;]+", asked.one("codes")) if one]
    try:
        if not wanted:
            raise Refused("codes", "", "")
        done = codes.upload(asked.parts.items, asked.here.id, pool, wanted)
    except Refused as refusal:
        field = refusal.field.partition("[")[0]
        told = {"field": field, "text": f"{refusal.problem} {refusal.remedy}".strip()}
        return _page(asked, wrong=told, typed=asked.one("codes"), name=pool)._replace(status=400)
    return _page(asked, done={**done, "repeated": len(wanted) - done["added"] - done["known"]})


def _page(
    asked: Asked,
    wrong: dict[str, str] | None = None,
    done: dict[str, Any] | None = None,
    typed: str = "",
    name: str = "",
) -> Answer:
    items, shop = asked.parts.items, asked.here
    wanted, story, missing = asked.query.get("code", "").strip()[:64], None, False
    if wanted:
        try:
            story = story_of_code(items, shop.id, wanted, asked.parts.clock.now())
        except NotFound:
            missing = True
    return asked.page(
        "codes.html",
        pools=codes.pools(items, shop.id, shop.discounts.warn_below),
        warn_below=shop.discounts.warn_below,
        wanted=wanted,
        story=story,
        missing=missing,
        wrong=wrong or {},
        done_adding=done,
        typed=typed,
        name=name,
    )


SECTION = Section(
    "codes",
    (
        Route("GET", f"{SHOP}/codes", "reader", show),
        Route("POST", f"{SHOP}/codes", "marketer", add),
    ),
    icon="M3 9V6h18v3a3 3 0 0 0 0 6v3H3v-3a3 3 0 0 0 0-6M14 6v12",
)
