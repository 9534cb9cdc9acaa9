"""Everything that one decision is made on, read consistently and afresh."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from kairos import keys
from kairos.domain.cart import Cart
from kairos.domain.consent import Channel
from kairos.domain.identity import IdentityKey
from kairos.domain.message import Step, StepRequest
from kairos.domain.moment import Moment
from kairos.domain.profile import Profile
from kairos.domain.run import Run
from kairos.domain.shop import Shop
from kairos.ports import Clock, Item, Items
from kairos.services.backlog import is_behind
from kairos.services.checking import until_looking_again
from kairos.services.codes import CodeClaim, FreeCode, claims_of, free_code
from kairos.services.consents import with_consents
from kairos.services.customers import read_customer
from kairos.services.scenarios import is_on
from kairos.services.sending.reaching import Address, addresses_of

Evaluate = Callable[[Sequence[str], Profile, Moment, str, Mapping[str, Any]], Mapping[str, bool]]
"""services.checking.evaluate: names, profile, moment, cause, settings -> whether each criterion matches."""

CHANNEL: Channel = "email"


class Customer(NamedTuple):
    """A customer as they are now. addresses: where they can be reached, by channel.

    erased_at: the latest erasure of any of their identities; erasures: the version of each marker.
    """

    id: str
    nodes: tuple[str, ...]
    profile: Profile | None
    carts: Sequence[Cart]
    addresses: Mapping[Channel, Address]
    erased_at: datetime | None
    erasures: Mapping[str, str | None]

    @property
    def address(self) -> Address | None:
        """The e-mail address."""
        return self.addresses.get(CHANNEL)

    def cart(self, cause: str | None) -> Cart | None:
        """The cart that the cause names ("cart:KEY"), if it is this customer's."""
        return next((cart for cart in self.carts if f"cart:{cart.key}" == cause), None)


class Facts(NamedTuple):
    """What `decide` needs. conditions: in the order asked. free: a code that may be given, if wanted.

    on: the shop has the scenario switched on.
    behind_for: seconds after which to ask again because webhooks queue, 0 where facts are up to date.
    sends: the customer's counter of messages, read before the codes given to them: a reservation that
    finds it unchanged knows that no other message took a code meanwhile.
    """

    now: datetime
    request: StepRequest
    shop: Shop
    run: Run
    run_version: str
    customer: Customer
    sends: Item | None
    on: bool
    behind_for: int
    conditions: Mapping[str, bool]
    claims: Sequence[CodeClaim]
    free: FreeCode | None

    @property
    def step(self) -> Step:
        """The ledger's key of what was asked for."""
        return Step(
            shop=self.shop.id, scenario=self.run.scenario, run=self.request.run, step=self.request.step
        )


def load_customer(items: Items, key: IdentityKey, shop: str, node: str) -> Customer:
    """The customer that this node leads to, folded from what is recorded at this moment."""
    known = read_customer(items, shop, node)
    component, recorded, profile = known.component, known.recorded, known.profile
    nodes = tuple(sorted({*component.nodes, node}))
    addresses = addresses_of(items, key, shop, profile, known.held)
    watched = sorted({*nodes, *(address.node for address in addresses.values())})
    markers = items.get_many(keys.erasure(shop, one) for one in watched)
    erased = [datetime.fromisoformat(item.body["at"]) for item in markers.values()]
    versions = {one: _version(markers.get(keys.erasure(shop, one))) for one in watched}
    return Customer(
        component.customer, nodes, profile, recorded.carts, addresses, max(erased, default=None), versions
    )


def _version(item: Item | None) -> str | None:
    return item.version if item else None


class Reading(NamedTuple):
    """What is needed to read facts."""

    items: Items
    clock: Clock
    key: IdentityKey
    evaluate: Evaluate


def load_facts(given: Reading, request: StepRequest, shop: Shop, run: Item) -> Facts:
    """All facts for this request; the criteria are evaluated on the profile read in the same call."""
    items, now = given.items, given.clock.now()
    told = Run.model_validate(run.body)
    customer = load_customer(items, given.key, shop.id, told.customer)
    conditions: Mapping[str, bool] = {}
    if customer.profile is not None and request.only_if:
        moment, profile = Moment(now=now, shop=shop), with_consents(items, shop.id, customer.profile)
        conditions = given.evaluate(request.only_if, profile, moment, told.cause, told.settings)
    step = Step(shop=shop.id, scenario=told.scenario, run=request.run, step=request.step)
    wish = request.code
    return Facts(
        now=now,
        request=request,
        shop=shop,
        run=told,
        run_version=run.version,
        customer=customer,
        sends=items.get(keys.sends(shop.id, customer.id)),
        on=is_on(items, shop.id, told.scenario),
        behind_for=until_looking_again(given.clock) if is_behind(items, given.clock) else 0,
        conditions=conditions,
        claims=claims_of(items, shop.id, customer.nodes) if wish else (),
        free=free_code(items, shop.id, wish.pool, step.message_id) if wish else None,
    )
