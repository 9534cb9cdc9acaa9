"""What a shop does for a good customer besides writing to them."""

from kairos.services.acting.action import Acting
from kairos.services.acting.noting import note

PRIORITY_SUPPORT = "priority_support"
PARCEL_GIFT = "parcel_gift"


def flag_priority_support(given: Acting) -> None:
    """The attribute `priority_support` is "true"."""
    _note(given, PRIORITY_SUPPORT, "true")


def tag_gift(given: Acting) -> None:
    """The last order that counts is to get a gift: its id and the tag stand in the attribute `parcel_gift`.

    Then the order is tagged in the shop's own system, so that who packs it sees it. The note comes first: it
    stands whatever the shop's system does. Repeated after a crash, the tag may be put once more.
    """
    orders = given.profile.counting_orders
    if not orders:
        return
    tag = str(given.run.settings.get("gift_tag", "gift"))
    _note(given, PARCEL_GIFT, f"{tag}: {orders[-1].id}")
    if given.tag is not None:
        given.tag(given.shop, orders[-1].id, tag)


def _note(given: Acting, name: str, value: str) -> None:
    note(given.items, given.shop.id, given.known.component.customer, given.clock.now(), name, value)
