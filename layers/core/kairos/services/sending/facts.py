"""Everything that one decision is made on, read consistently and afresh."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from kairos import keys
from kairos.domain.answer import Frequency
from kairos.domain.broadcast import broadcast_of, member_run_id
from kairos.domain.cart import Cart
from kairos.domain.consent import Channel
from kairos.domain.criteria.durations import exact_seconds
from kairos.domain.criteria.engagement import EngagementLevel
from kairos.domain.governance import governed, is_guarded
from kairos.domain.identity import IdentityKey
from kairos.domain.message import CodeWish, LedgerEntry, Step, StepRequest
from kairos.domain.moment import Moment
from kairos.domain.profile import Profile
from kairos.domain.run import LONGEST_RUN, Run
from kairos.domain.scenario import Scenario
from kairos.domain.scenarios import registry
from kairos.domain.shop import Shop
from kairos.ports import Clock, Item, Items
from kairos.services.backlog import is_behind
from kairos.services.checking import until_looking_again
from kairos.services.codes import CodeClaim, FreeCode, claims_of, free_code, made_code
from kairos.services.customers import KnownCustomer, read_customer
from kairos.services.looking import see_for
from kairos.services.scenarios import is_on
from kairos.services.sending.allowed_hours import AllowedHours
from kairos.services.sending.asked_before import AskedBefore, asked_before
from kairos.services.sending.budget import Budget, read_budget
from kairos.services.sending.decisions import Kept, decisions_of
from kairos.services.sending.lateness import late_since
from kairos.services.sending.reaching import Address, addresses_of
from kairos.services.sending.standing import Standing, hours_for, read_standing

Evaluate = Callable[[Sequence[str], Profile, Moment, str, Mapping[str, Any], Scenario], Mapping[str, bool]]
"""services.checking.evaluate: names, profile, moment, cause, settings, scenario -> whether each holds."""


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

    def cart(self, cause: str | None) -> Cart | None:
        """The cart that the cause names ("cart:KEY"), if it is this customer's."""
        return next((cart for cart in self.carts if f"cart:{cart.key}" == cause), None)


class Facts(NamedTuple):
    """What `decide` needs. conditions: in the order asked. wish: for a code, as the shop's rules narrow it;
    guarded: the customer pays full price and shall get none; free: a code that may be given, if wanted.

    on: the shop has the scenario switched on.
    behind_for: seconds after which to ask again because webhooks queue, 0 where facts are up to date.
    budget: read before the codes given to them: a reservation that finds it unchanged knows that no other
    message took a code meanwhile. standing: what is known of how they answer messages, as far as it was
    asked for. rivals: scenarios of higher priority that are under way for them. kept: what was decided for
    the run so far, and asked: what of it concerns this step. hours: when the customer may be sent to.
    late_since: what was reserved by then is not sent any more. run_version: None of a broadcast's member,
    whose run is in no registry. had_it: the same broadcast's message was reserved for them when they were
    still known as somebody else. had_one: another broadcast's message of the scenario was, less than
    `spaced_by` ago.
    """

    now: datetime
    request: StepRequest
    shop: Shop
    scenario: Scenario
    run: Run
    run_version: str | None
    customer: Customer
    budget: Budget
    standing: Standing
    rivals: tuple[str, ...]
    hours: AllowedHours
    kept: Sequence[Kept]
    asked: AskedBefore
    on: bool
    behind_for: int
    conditions: Mapping[str, bool]
    wish: CodeWish | None
    guarded: bool
    claims: Sequence[CodeClaim]
    free: FreeCode | None
    late_since: datetime
    had_it: bool = False
    had_one: bool = False

    @property
    def step(self) -> Step:
        """The ledger's key of what was asked for."""
        return Step(
            shop=self.shop.id, scenario=self.run.scenario, run=self.request.run, step=self.request.step
        )

    @property
    def level(self) -> EngagementLevel | None:
        """The customer's, None where it was not asked for."""
        return self.standing.level

    @property
    def deadline(self) -> datetime | None:
        """After which it is too late; None for never: what carries a code waits."""
        after = self.request.not_after
        if after is None or self.request.code is not None:
            return None
        return self.run.registered_at + timedelta(seconds=after)

    @property
    def was_passed_over(self) -> bool:
        """Whether the message was put off or left out before."""
        return any(one.decision.what in {"deferred", "skipped"} for one in self.kept)

    @property
    def gives_up_at(self) -> datetime | None:
        """When the step will have been deferred for too long; None where it never was."""
        since = self.asked.deferred_at
        return since + timedelta(seconds=exact_seconds(self.shop.sending.give_up_after)) if since else None


def wanted_frequency(facts: Facts) -> Frequency | None:
    """How often the customer asked to hear from the shop."""
    return facts.customer.profile.wanted_frequency if facts.customer.profile else None


def load_customer(items: Items, key: IdentityKey, shop: str, node: str) -> Customer:
    """The customer that this node leads to, folded from what is recorded at this moment."""
    return customer_of(items, key, shop, read_customer(items, shop, node), node)


def customer_of(items: Items, key: IdentityKey, shop: str, known: KnownCustomer, node: str) -> Customer:
    """The same of what was read already."""
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


def load_facts(given: Reading, request: StepRequest, shop: Shop, told: Run, version: str | None) -> Facts:
    """All facts for this request; the criteria are evaluated on the profile read in the same call.

    told: the run; version: as it stands in the registry, None for a broadcast's member.
    """
    items, now = given.items, given.clock.now()
    known = read_customer(items, shop.id, told.customer)
    customer = customer_of(items, given.key, shop.id, known, told.customer)
    scenario, profile = registry.scenario(told.scenario), customer.profile
    moment = Moment(now=now, shop=shop)
    conditions: Mapping[str, bool] = {}
    if profile is not None and request.only_if:
        names, cause, settings = request.only_if, told.cause, told.settings
        seen = see_for(items, shop, known, profile, scenario, names, cause, settings, now)
        conditions = given.evaluate(names, seen.profile, seen.moment, cause, settings, scenario)
    step = Step(shop=shop.id, scenario=told.scenario, run=request.run, step=request.step)
    wish = governed(request.code, shop, now) if request.code else None
    kept = decisions_of(items, shop.id, request.run)
    return Facts(
        now=now,
        request=request,
        shop=shop,
        scenario=scenario,
        run=told,
        run_version=version,
        customer=customer,
        budget=read_budget(items, shop.id, customer.id, known.held),
        standing=read_standing(items, request, moment, known, customer.addresses),
        rivals=_rivals(items, shop.id, scenario, customer, known.held, now),
        hours=hours_for(shop, profile, request.at_preferred_hour),
        kept=kept,
        asked=asked_before(kept, request.step, now),
        on=is_on(items, shop.id, told.scenario),
        behind_for=until_looking_again(given.clock) if is_behind(items, given.clock) else 0,
        conditions=conditions,
        wish=wish,
        guarded=profile is not None and is_guarded(told.scenario, profile, shop),
        claims=claims_of(items, shop.id, customer.nodes) if wish else (),
        free=_code(items, shop.id, wish, step.message_id) if wish else None,
        late_since=late_since(given.clock),
        had_it=_had_it(told, customer, known.held),
        had_one=_had_one(items, scenario, told, request, known.held, now),
    )


def _had_it(run: Run, customer: Customer, held: Sequence[Item]) -> bool:
    broadcast = broadcast_of(run.cause)
    if broadcast is None:
        return False
    others = {
        member_run_id(run.shop, run.scenario, broadcast, node)
        for node in customer.nodes
        if node != run.customer
    }
    return any(item.key.sk.startswith("send#") and item.body.get("run") in others for item in held)


def _had_one(
    items: Items, scenario: Scenario, run: Run, request: StepRequest, held: Sequence[Item], now: datetime
) -> bool:
    """What a customer is sent changes the budget: two that are decided at once don't both find none."""
    if scenario.spaced_by is None:
        return False
    told = getattr(scenario.recall_settings(run.settings), scenario.spaced_by)
    since = now - timedelta(seconds=exact_seconds(told))
    others = {
        item.body["message_id"]
        for item in held
        if item.key.sk.startswith("send#")
        and item.body.get("step") == request.step
        and item.body.get("run") != request.run
    }
    stored = items.get_many(keys.message(run.shop, one) for one in others).values()
    entries = [LedgerEntry.model_validate(one.body) for one in stored]
    return any(
        one.step.scenario == scenario.name and one.state != "refused" and one.reserved_at > since
        for one in entries
    )


def _code(items: Items, shop: str, wish: CodeWish, message_id: str) -> FreeCode | None:
    return made_code(shop, wish, message_id) or free_code(items, shop, wish.pool, message_id)


def _rivals(
    items: Items,
    shop: str,
    scenario: Scenario,
    customer: Customer,
    held: Sequence[Item],
    now: datetime,
) -> tuple[str, ...]:
    """Scenarios of higher priority that have a run of this customer under way, sorted.

    A run is on record from its start to its end: it is under way while any of its messages may still come.
    """
    higher = {one.name for one in registry.SCENARIOS.values() if one.priority > scenario.priority}
    pointed = {
        item.key.sk.removeprefix("run#")
        for item in held
        if item.key.sk.startswith("run#") and item.body.get("scenario") in higher
    }
    runs = [
        Run.model_validate(one.body)
        for one in items.get_many(keys.run(shop, one) for one in pointed).values()
    ]
    alive = [run for run in runs if run.state != "ended" and now - run.registered_at < LONGEST_RUN]
    under_way = {run.scenario for run in alive if run.customer in customer.nodes}
    return tuple(sorted(under_way))
