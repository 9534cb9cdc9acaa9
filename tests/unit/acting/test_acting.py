"""What timelines do besides sending: repeated, it leaves the same, and survives what the platform tells."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from kairos import keys
from kairos.domain.consent import ConsentStatement
from kairos.domain.criteria.rule import parse_rule
from kairos.domain.customer import ConsentSnapshot
from kairos.domain.identity import Identities
from kairos.domain.moment import Moment
from kairos.domain.profile import Profile
from kairos.domain.run import Run
from kairos.domain.scenarios.named import NO_OPEN_COMPLAINT
from kairos.domain.support import SupportContact
from kairos.ports import Item, Put
from kairos.services.acting.action import Acting
from kairos.services.acting.registry import ACTIONS
from kairos.services.customers import read_customer
from kairos.services.mailing_stops import STOPPED, lift_stop
from kairos.services.segments.standing import with_standing
from kairos.services.sending.permission import objection_to
from kairos.services.sending.reaching import addresses_of
from kairos.services.supporting import Supporting, note_contact
from tests.statemachines.lively_world import LivelyWorld
from tests.statemachines.world import BUYER
from tests.unit.sending.world import FakeQueue

DAY = timedelta(days=1)


@pytest.fixture
def world() -> LivelyWorld:
    """A shop with one buyer, who consents, and no scenario on."""
    made = LivelyWorld("shoes", "sunset")
    made.put_scenario(enabled=False)
    made.consent()
    made.person()
    return made


def profile(world: LivelyWorld) -> Profile:
    found = read_customer(world.items, world.id, world.node).profile
    assert found is not None
    return found


def act(world: LivelyWorld, action: str, tag: Callable[..., None] | None = None, **settings: str) -> None:
    run = Run(
        shop=world.id,
        scenario=world.scenario,
        cause=f"entry:test:{world.clock.at}",
        customer=world.node,
        registered_at=world.clock.at,
        settings=settings,
    )
    known = read_customer(world.items, world.id, world.node)
    ACTIONS[action](Acting(world.items, world.clock, world.key, world.shop, run, known, profile(world), tag))


def objection(world: LivelyWorld) -> str | None:
    known = read_customer(world.items, world.id, world.node)
    found = addresses_of(world.items, world.key, world.id, known.profile, known.held)
    return objection_to(world.shop, known.profile, found["email"])


def address(world: LivelyWorld) -> str:
    return world.key.node(world.id, "email", BUYER)


def test_priority_support_is_an_attribute_that_the_platform_cannot_take_away(world: LivelyWorld) -> None:
    act(world, "flag_priority_support")
    world.clock.at += timedelta(days=1)
    world.attribute(priority_support="false")
    assert profile(world).person.attributes["priority_support"] == "true"


def test_the_gift_is_noted_with_the_last_order_and_told_to_the_shop(world: LivelyWorld) -> None:
    world.buy(id="order-7")
    tagged: list[tuple[str, str]] = []
    act(world, "tag_gift", lambda _shop, order, tag: tagged.append((order, tag)), gift_tag="candle")
    assert tagged == [("order-7", "candle")]
    assert profile(world).person.attributes["parcel_gift"] == "candle: order-7"


def test_the_gift_is_noted_before_the_shop_is_told(world: LivelyWorld) -> None:
    world.buy(id="order-7")
    noted: list[str | None] = []
    act(world, "tag_gift", lambda *_: noted.append(profile(world).person.attributes.get("parcel_gift")))
    assert noted == ["gift: order-7"]


def test_without_an_order_there_is_no_gift(world: LivelyWorld) -> None:
    act(world, "tag_gift", lambda *_: pytest.fail("there is no order to tag"))
    assert "parcel_gift" not in profile(world).person.attributes


def test_support_is_told_once_however_often_it_is_repeated(world: LivelyWorld) -> None:
    act(world, "tell_support")
    first = dict(world.items.stored)
    act(world, "tell_support")
    assert world.items.stored == first
    contacts = [one for key, one in first.items() if key.sk.startswith("support#")]
    assert [SupportContact.model_validate(one.body).complaint for one in contacts] == [False]


def may_be_sold_to(world: LivelyWorld) -> bool:
    rule = parse_rule(NO_OPEN_COMPLAINT.rule("", None))
    known = read_customer(world.items, world.id, world.node)
    seen, _ = with_standing(world.items, world.shop, known, profile(world))
    return rule.matches(seen, Moment(now=world.clock.at, shop=world.shop))


def tell(world: LivelyWorld, contact: str, ago: timedelta = timedelta(), **more: bool) -> None:
    """What the help desk says."""
    told = SupportContact(id=contact, channel="email", at=world.clock.at - ago, **more)
    note_contact(Supporting(world.items, world.clock, FakeQueue()), world.id, world.node, told)


def inquiries(world: LivelyWorld) -> list[SupportContact]:
    held = [one for key, one in world.items.stored.items() if key.sk.startswith("support#")]
    return [SupportContact.model_validate(one.body) for one in held]


def test_nothing_is_sold_to_the_unhappy_until_support_says_that_it_is_settled(world: LivelyWorld) -> None:
    assert may_be_sold_to(world)
    act(world, "tell_support")
    assert not may_be_sold_to(world)
    world.clock.at += timedelta(hours=1)
    tell(world, "ticket-1", settled=True)
    assert may_be_sold_to(world)


def test_what_support_was_told_is_settled_by_its_id(world: LivelyWorld) -> None:
    act(world, "tell_support")
    [opened] = inquiries(world)
    world.clock.at += timedelta(days=2)
    tell(world, opened.id, settled=True)
    assert may_be_sold_to(world)
    assert inquiries(world) == [opened.model_copy(update={"settled": True})]


def test_an_inquiry_of_before_settles_nothing_that_came_later(world: LivelyWorld) -> None:
    tell(world, "ticket-1", ago=DAY, settled=True)
    act(world, "tell_support")
    tell(world, "ticket-1", ago=DAY, settled=True)
    tell(world, "ticket-2", ago=timedelta(hours=1), settled=True)
    assert not may_be_sold_to(world)


def test_a_settlement_stands_for_what_support_was_told_before_and_not_for_what_comes(
    world: LivelyWorld,
) -> None:
    act(world, "tell_support")
    world.clock.at += DAY
    tell(world, "ticket-1", complaint=True)
    tell(world, inquiries(world)[0].id, settled=True)
    assert not may_be_sold_to(world)
    tell(world, "ticket-1", settled=True)
    assert may_be_sold_to(world)


def test_a_complaint_is_open_for_as_long_as_it_is_not_settled(world: LivelyWorld) -> None:
    tell(world, "ticket-1", complaint=True)
    world.clock.at += timedelta(days=90)
    assert not may_be_sold_to(world)
    tell(world, "ticket-1", ago=90 * DAY, complaint=True, settled=True)
    assert may_be_sold_to(world)


def test_a_settled_complaint_of_just_now_is_not_open(world: LivelyWorld) -> None:
    tell(world, "ticket-1", complaint=True, settled=True)
    assert may_be_sold_to(world)


def test_support_that_knows_is_not_told_again(world: LivelyWorld) -> None:
    act(world, "tell_support")
    world.clock.at += DAY
    act(world, "tell_support")
    assert len(inquiries(world)) == 1
    tell(world, inquiries(world)[0].id, settled=True)
    world.clock.at += DAY
    act(world, "tell_support")
    assert [one.settled for one in inquiries(world)] == [True, False]
    assert not may_be_sold_to(world)


def test_a_stop_holds_for_marketing_and_says_so(world: LivelyWorld) -> None:
    assert objection(world) is None
    act(world, "stop_mailing")
    assert objection(world) == STOPPED


def test_a_new_consent_lifts_the_stop(world: LivelyWorld) -> None:
    act(world, "stop_mailing")
    world.clock.at += timedelta(seconds=1)
    world.consent()
    assert objection(world) is None


def test_a_consent_of_before_does_not(world: LivelyWorld) -> None:
    act(world, "stop_mailing")
    before = world.clock.at - timedelta(seconds=1)
    said = ConsentStatement(channel="email", address=BUYER, state="granted", stated_at=before, source="form")
    who = Identities(email=BUYER)
    world.record(ConsentSnapshot(updated_at=world.clock.at, identities=who, consents=(said,)))
    assert objection(world) == STOPPED


def test_a_bounce_is_not_lifted_as_a_stop_is(world: LivelyWorld) -> None:
    place = keys.suppression(world.id, "email", address(world))
    at = world.clock.at
    world.items.write(Put(Item(place, "1", {"reason": "bounced", "at": at.isoformat()})))
    act(world, "stop_mailing")
    lift_stop(world.items, world.id, "email", address(world), at + timedelta(days=1))
    assert objection(world) == "suppressed"


@pytest.mark.parametrize(("seconds", "lifted"), [(0, True), (-1, False)])
def test_a_stop_is_lifted_by_what_happens_from_then_on(
    world: LivelyWorld, seconds: int, lifted: bool
) -> None:
    act(world, "stop_mailing")
    since = world.clock.at + timedelta(seconds=seconds)
    lift_stop(world.items, world.id, "email", address(world), since)
    assert (objection(world) is None) == lifted
