"""Who opens nothing any more is sent no more e-mails: a suppression of our own, which the customer can lift.

It ends with a click in any mail, a new consent, or a confirmed sign-up. What needs no consent, such as the
mail that asks to confirm a sign-up, goes all the same.
"""

from datetime import datetime

from kairos import keys
from kairos.domain.consent import Channel
from kairos.ports import Delete, Item, Items, Unchanged
from kairos.services.recording.storing import agree

STOPPED = "stopped mailing"


def stop_mailing(items: Items, shop: str, channel: Channel, node: str, at: datetime) -> None:
    """No more to this address; a suppression that stands already stays what it is."""
    place = keys.suppression(shop, channel, node)

    def stopped(held: Item | None) -> Item | None:
        return None if held else Item(place, "", {"reason": STOPPED, "at": at.isoformat()})

    agree(items, place, stopped)


def lift_stop(items: Items, shop: str, channel: Channel, node: str, since: datetime) -> None:
    """They showed at that time that they want to hear from the shop; a stop of later stays.

    Raises Conflict where the suppression was changed meanwhile.
    """
    held = items.get(keys.suppression(shop, channel, node))
    if is_stop(held) and held is not None and since >= datetime.fromisoformat(held.body["at"]):
        items.write(Delete(held.key, Unchanged(held.version)))


def is_stop(suppression: Item | None) -> bool:
    """Whether it is one of ours, and not a bounce, a complaint or an erasure."""
    return suppression is not None and suppression.body.get("reason") == STOPPED
