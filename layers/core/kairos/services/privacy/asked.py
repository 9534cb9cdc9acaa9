"""Erasing a customer because somebody of the shop asks for it."""

from kairos import keys
from kairos.domain.errors import NotFound
from kairos.services.customers import Component
from kairos.services.privacy.belongings import gather
from kairos.services.privacy.erase import Erasing, erase_customer, unfinished


def erase_known(given: Erasing, component: Component) -> None:
    """Erase the customer; again, and for one erased before, it ends the same. Raises NotFound: there never
    was one."""
    items, shop, nodes = given.items, given.shop, component.nodes
    if not gather(items, shop, nodes).is_empty or unfinished(items, shop, nodes):
        erase_customer(given, nodes)
    elif not items.get_many(keys.erasure(shop, node) for node in nodes):
        raise NotFound("customer", component.customer)
