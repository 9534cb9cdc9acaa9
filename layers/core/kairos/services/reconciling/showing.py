"""What a shop is shown of its reconciliation: how far it is, what was missing, what stands in the way."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, Literal

from kairos import keys
from kairos.adapters.shop_apis.asking import TOKEN_REFUSED
from kairos.domain.errors import NotFound, Refused
from kairos.domain.reconciliation import KINDS, LONGEST_WINDOW, Reconciliation
from kairos.domain.shop import Shop
from kairos.ports import Clock, Items
from kairos.services.reconciling.standing import Standing, note_access
from kairos.services.sending.ledger import real_now
from kairos.services.shops import load_shop

SHOWN_DAYS = 7
MOST_COUNTED = 1000
"""Of each day: beyond, a shop's webhooks do not come at all, and the number says no more."""

State = Literal["off", "up to date", "behind", "interrupted", "refused"]
"""off: no access was given. behind: there is more to read. interrupted: the shop gave no answer, or was busy,
and is asked again. refused: it does not let us read, see the remedy."""

_NEW_TOKEN = "Make a token with the rights that docs/reconciliation.md names, and PUT it as secrets.api."  # noqa: S105
_MEND = "Look whether the address in api is the shop's, then PUT the shop's settings again."
_GIVE_ACCESS = "PUT the shop with its address in api and a token in secrets.api."


def show_reconciliation(items: Items, clock: Clock, shop_id: str) -> dict[str, Any]:
    """How the shop's reconciliation stands, as JSON; all times by the one clock. Raises NotFound."""
    shop = load_shop(items, shop_id)
    if shop is None:
        raise NotFound("shop", shop_id)
    told = Standing(items, shop_id).told or Reconciliation()
    now = real_now(clock)
    shown = _shown_by(clock)
    return {
        "state": _state(shop, told, now),
        **_obstacle(shop, told, shown),
        "connected_at": shown(told.connected_at),
        "reconciled_at": shown(told.done_at),
        "sure": {kind: shown(told.progress(kind).sure) for kind in KINDS} if told.api else None,
        "next_at": shown(told.due_at) if told.api else None,
        "found": _found(items, shop_id, now.date()),
    }


def ask_again(items: Items, clock: Clock, shop_id: str) -> dict[str, Any]:
    """Have the shop read with the next tick, also where it refused. Raises NotFound, Refused, Conflict."""
    shop = load_shop(items, shop_id)
    if shop is None:
        raise NotFound("shop", shop_id)
    if shop.api_address is None:
        raise Refused("api", "The shop gives no access to its own API.", _GIVE_ACCESS)
    note_access(items, shop, real_now(clock))
    return show_reconciliation(items, clock, shop_id)


def _state(shop: Shop, told: Reconciliation, now: datetime) -> State:
    if told.api is None:
        return "off"
    if told.obstacle is not None:
        return "refused" if told.obstacle.lasting else "interrupted"
    late = timedelta(minutes=2 * shop.reconcile_minutes)
    begins = told.done_at or told.connected_at
    reading = any(told.progress(kind).window for kind in KINDS)
    is_late = begins is not None and now - begins > min(late, LONGEST_WINDOW)
    return "behind" if reading or is_late else "up to date"


def _obstacle(
    shop: Shop, told: Reconciliation, shown: Callable[[datetime | None], str | None]
) -> dict[str, Any]:
    if told.api is None:
        reason = None if shop.api_address is None else "no token, or no API of this platform"
        return {"reason": reason, "remedy": _GIVE_ACCESS, "since": None}
    if told.obstacle is None:
        return {"reason": None, "remedy": None, "since": None}
    is_refused = told.obstacle.reason.startswith(TOKEN_REFUSED)
    remedy = (_NEW_TOKEN if is_refused else _MEND) if told.obstacle.lasting else None
    return {"reason": told.obstacle.reason, "remedy": remedy, "since": shown(told.obstacle.since)}


def _found(items: Items, shop: str, today: date) -> dict[str, Any]:
    """What was missing or out of date within the last days, by kind; counted up to a bound each day."""
    days = [today - timedelta(days=back) for back in range(SHOWN_DAYS)]
    marks = [_marks(items, shop, day) for day in days]
    told = [name for some in marks for name in some]
    return {
        "days": SHOWN_DAYS,
        **{kind: {one: told.count((kind, one)) for one in ("missing", "newer")} for kind in KINDS},
        "more": any(len(some) >= MOST_COUNTED for some in marks),
    }


def _marks(items: Items, shop: str, day: date) -> list[tuple[str, str]]:
    """Kind and finding of each document found that day, as keys.found_by_reconciling names them."""
    place = keys.found_by_reconciling(shop, day.isoformat(), "", "", "")
    prefix = place.sk.rstrip("#") + "#"
    found = items.query(place.pk, prefix, MOST_COUNTED)
    parts = (item.key.sk.removeprefix(prefix).split("#") for item in found)
    return [(kind, one) for kind, one, _ in parts]


def _shown_by(clock: Clock) -> Callable[[datetime | None], str | None]:
    return lambda real: clock.shown(real).isoformat() if real else None
