"""What an action is given."""

from collections.abc import Callable
from typing import NamedTuple

from kairos.domain.identity import IdentityKey
from kairos.domain.profile import Profile
from kairos.domain.run import Run
from kairos.domain.shop import Shop
from kairos.ports import Clock, Items
from kairos.services.customers import KnownCustomer

TagOrder = Callable[[Shop, str, str], None]
"""Of a shop, the id of an order, and the tag to put to it in the shop's own system.

What that system does not do is no error of the caller's, and raises nothing.
"""


class Acting(NamedTuple):
    """For whom, and on which facts: as they were read when the step was due.

    tag: tags an order in the shop's own system; None where none is spoken to.
    """

    items: Items
    clock: Clock
    key: IdentityKey
    shop: Shop
    run: Run
    known: KnownCustomer
    profile: Profile
    tag: TagOrder | None = None


Action = Callable[[Acting], None]
"""Does it. Repeating it leaves the same, for a crash may come before it is noted as done."""
