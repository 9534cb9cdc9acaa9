"""An audience is handed out once in full, then kept in step; nobody stays on it who no longer may be."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest

from kairos import keys
from kairos.domain.audience import hashed
from kairos.domain.consent import ConsentStatement
from kairos.domain.criteria.rule import parse_rule
from kairos.domain.errors import Refused
from kairos.domain.moment import Moment
from kairos.domain.profile import Profile
from kairos.services.consents import with_consents
from kairos.services.customers import load_profile
from kairos.services.privacy.erase_shop import erase_shop
from kairos.services.recording.consents import record_consents
from kairos.services.segments import audiences
from kairos.services.segments.audiences import Asked, Audiences, read_page
from kairos.services.segments.contacts import Contacts
from kairos.services.segments.forgetting import forget_readers
from kairos.services.segments.population import Population
from tests.unit.api.shop_floor import KEY, SHOP, Floor, customer, order
from tests.unit.segments.crowd import crowd

NAMES = ("Ada", "Bob", "Cleo", "Dan", "Eve")
RULE = parse_rule({"not": {"kind": "tag", "any_of": ["out"]}})
Hashes = set[tuple[str, ...]]


def node(name: str) -> str:
    return KEY.node("demo", "platform_id", str(NAMES.index(name) + 1))


def as_meta(*names: str) -> Hashes:
    """What Meta is given of these customers."""
    return {(hashed("meta", f"{name.lower()}@example.com", None).email or "", "") for name in names}


class World:
    """The shop "demo" with five customers who agreed to advertising by e-mail."""

    def __init__(self) -> None:
        self.floor = Floor()
        self._built: tuple[Any, Population] | None = None
        for number, name in enumerate(NAMES, start=1):
            self.floor.record(customer(name, number))
            self.say(name, "granted")

    def say(self, name: str, state: str) -> None:
        said = {"channel": "advertising", "address": f"{name.lower()}@example.com", "state": state}
        said |= {"stated_at": self.floor.clock.now().isoformat(), "source": "form"}
        record_consents(self.floor.items, "demo", KEY, [ConsentStatement.model_validate(said)])

    def tag_out(self, name: str) -> None:
        number = NAMES.index(name) + 1
        self.floor.clock.time += timedelta(minutes=1)
        told = customer(name, number, self.floor.clock.time).model_copy(update={"tags": ("out",)})
        self.floor.record(told)

    def buy(self, name: str) -> None:
        self.floor.clock.time += timedelta(minutes=1)
        at = self.floor.clock.time
        self.floor.record(order(name, NAMES.index(name) + 1, at).model_copy(update={"placed_at": at}))

    def population(self) -> Population:
        """The snapshot as it would be built now."""
        items = self.floor.items
        found = [load_profile(items, "demo", node(name)) for name in NAMES]
        profiles: list[Profile] = [with_consents(items, "demo", one) for one in found if one]
        moment = Moment(self.floor.clock.now(), SHOP)
        if self._built is None or self._built[0] != (moment.now, profiles):
            self._built = (moment.now, profiles), crowd(moment, profiles[:2], profiles[2:])
        return self._built[1]

    def page(self, population: Population | None = None, **asked: Any) -> dict[str, Any]:
        floor = self.floor
        contacts = Contacts(floor.items, KEY, "demo")
        parts = Audiences(floor.items, floor.objects, floor.clock, contacts)
        wish = Asked(**{"segment": "all", "network": "meta"} | asked)
        return read_page(parts, population or self.population(), RULE, wish)

    def read(self, **asked: Any) -> tuple[Hashes, Hashes, str | None]:
        """All pages of one read: added, removed, and what to send next time."""
        add: Hashes = set()
        remove: Hashes = set()
        while True:
            page = self.page(**asked)
            add |= set(map(tuple, page["add"]))
            remove |= set(map(tuple, page["remove"]))
            if page["cursor"] is None:
                return add, remove, page["since"]
            asked = {name: value for name, value in asked.items() if name != "since"} | {
                "cursor": page["cursor"]
            }


@pytest.fixture(params=[1, 2, 1000], ids=lambda size: f"pages of {size}")
def world(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(audiences, "PAGE", request.param)
    return World()


def test_the_whole_list_is_given_without_a_reader_and_nothing_is_kept_of_it(world: World) -> None:
    before = dict(world.floor.items.stored)
    assert world.read() == (as_meta(*NAMES), set(), None)
    assert world.floor.items.stored == before
    assert world.floor.objects.held == {}


def test_a_reader_has_the_whole_list_first_and_then_only_what_changed(world: World) -> None:
    add, remove, since = world.read(reader="ads")
    assert (add, remove) == (as_meta(*NAMES), set())
    assert since
    assert world.read(reader="ads", since=since)[:2] == (set(), set())


def test_who_leaves_the_segment_is_removed_and_who_comes_back_is_added(world: World) -> None:
    since = world.read(reader="ads")[2]
    world.tag_out("Cleo")
    add, remove, since = world.read(reader="ads", since=since)
    assert (add, remove) == (set(), as_meta("Cleo"))
    world.floor.clock.time += timedelta(minutes=1)
    world.floor.record(customer("Cleo", 3, world.floor.clock.time))
    assert world.read(reader="ads", since=since)[:2] == (as_meta("Cleo"), set())


def test_who_withdraws_their_consent_is_removed_before_the_snapshot_knows(world: World) -> None:
    since, stale = world.read(reader="ads")[2], world.population()
    world.floor.clock.time += timedelta(minutes=1)
    world.say("Bob", "withdrawn")
    removed = []
    page = world.page(stale, reader="ads", since=since)
    removed += page["remove"]
    while page["cursor"]:
        page = world.page(stale, reader="ads", cursor=page["cursor"])
        removed += page["remove"]
    assert set(map(tuple, removed)) == as_meta("Bob")


def test_who_is_erased_is_removed_by_what_the_network_was_given(world: World) -> None:
    since = world.read(reader="ads")[2]
    world.floor.erase(
        "demo", [node("Ada"), KEY.node("demo", "email", "ada@example.com")], world.floor.clock.now()
    )
    add, remove, since = world.read(reader="ads", since=since)
    assert (add, remove) == (set(), as_meta("Ada"))
    world.read(reader="ads", since=since)
    held = [audiences._kept(world.floor.objects, one) for one in stretches(world)]
    assert node("Ada") not in {one.customer for some in held for one in some}


def stretches(world: World) -> Any:
    item = world.floor.items.get(keys.audience_reader("demo", "all", "meta", "ads"))
    assert item is not None
    state = audiences.ReaderState.model_validate(item.body)
    return (*state.base.stretches, *state.next.stretches)


def test_buyers_are_dropped_and_stay_off_while_they_are_in_the_segment(world: World) -> None:
    since = world.read(reader="ads")[2]
    world.buy("Dan")
    add, remove, since = world.read(reader="ads", since=since)
    assert (add, remove) == (set(), as_meta("Dan"))
    assert world.read(reader="ads", since=since)[:2] == (set(), set())


def test_buyers_may_be_kept(world: World) -> None:
    since = world.read(reader="ads", drop_buyers=False)[2]
    world.buy("Dan")
    assert world.read(reader="ads", since=since, drop_buyers=False)[:2] == (set(), set())


def test_who_bought_before_they_were_given_is_no_reason_to_drop_them(world: World) -> None:
    world.buy("Dan")
    world.floor.clock.time += timedelta(minutes=1)
    since = world.read(reader="ads")[2]
    assert world.read(reader="ads", since=since)[:2] == (set(), set())


def test_a_new_address_takes_the_place_of_the_old_one(world: World) -> None:
    since = world.read(reader="ads")[2]
    moved = customer("Eva", 5, world.floor.clock.now())  # Eve's record, by another name and address
    world.floor.record(moved)
    told = {"channel": "advertising", "address": "eva@example.com", "state": "granted"}
    told |= {"stated_at": world.floor.clock.now().isoformat(), "source": "form"}
    record_consents(world.floor.items, "demo", KEY, [ConsentStatement.model_validate(told)])
    assert world.read(reader="ads", since=since)[:2] == (as_meta("Eva"), as_meta("Eve"))


def test_an_answer_that_was_lost_is_given_again(world: World) -> None:
    since = world.read(reader="ads")[2]
    world.tag_out("Cleo")
    for _ in range(3):
        assert world.read(reader="ads", since=since)[:2] == (set(), as_meta("Cleo"))


def test_a_page_that_was_lost_is_given_again(world: World) -> None:
    first = world.page(reader="ads")
    if first["cursor"]:
        again = [world.page(reader="ads", cursor=first["cursor"]) for _ in range(2)]
        assert again[0] == again[1]


def test_a_read_given_up_half_way_changes_nothing(world: World) -> None:
    since = world.read(reader="ads")[2]
    world.tag_out("Cleo")
    world.page(reader="ads", since=since)
    assert world.read(reader="ads", since=since)[:2] == (set(), as_meta("Cleo"))


def test_without_telling_what_it_has_a_reader_is_given_the_whole_list(world: World) -> None:
    world.read(reader="ads")
    assert world.read(reader="ads")[:2] == (as_meta(*NAMES), set())


def test_each_reader_has_changes_of_its_own(world: World) -> None:
    one, other = world.read(reader="one")[2], world.read(reader="other")[2]
    world.tag_out("Ada")
    assert world.read(reader="one", since=one)[:2] == (set(), as_meta("Ada"))
    assert world.read(reader="other", since=other)[:2] == (set(), as_meta("Ada"))


def test_only_what_is_needed_is_kept_in_the_bucket(world: World) -> None:
    since = world.read(reader="ads")[2]
    for _ in range(3):
        since = world.read(reader="ads", since=since)[2]
    assert {one.object for one in stretches(world)} == set(world.floor.objects.held)


def test_forgetting_the_readers_of_a_segment_leaves_nothing(world: World) -> None:
    before = set(world.floor.items.stored)
    world.read(reader="ads")
    forget_readers(world.floor.items, world.floor.objects, "demo", "all")
    assert (set(world.floor.items.stored), world.floor.objects.held) == (before, {})


def test_an_erased_shop_leaves_nothing_of_what_was_given(world: World) -> None:
    world.read(reader="ads")
    erase_shop(world.floor.shop_erasing(), "demo")
    assert (world.floor.items.stored, world.floor.objects.held) == ({}, {})


def other(world: World) -> Mapping[str, Any]:
    return {"since": world.read(reader="other")[2]}


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        (lambda _: {"since": "0123456789abcdef"}, "since"),
        (lambda _: {"since": ""}, "since"),
        (other, "since"),
        (lambda _: {"cursor": "nonsense"}, "cursor"),
        (lambda _: {"reader": "../ads"}, "reader"),
        (lambda _: {"reader": ""}, "reader"),
    ],
)
def test_what_no_read_gave_out_is_refused(
    world: World, asked: Callable[[World], Mapping[str, Any]], field: str
) -> None:
    world.read(reader="ads")
    with pytest.raises(Refused) as told:
        world.page(**{"reader": "ads"} | asked(world))
    assert told.value.field == field


def test_a_cursor_of_an_earlier_read_is_refused(world: World) -> None:
    first = world.page(reader="ads")
    world.page(reader="ads")
    if first["cursor"]:
        with pytest.raises(Refused):
            world.page(reader="ads", cursor=first["cursor"])


def test_what_was_given_too_long_ago_is_answered_with_the_remedy(world: World) -> None:
    since = world.read(reader="ads")[2]
    world.floor.clock.time += audiences.KEPT
    with pytest.raises(Refused) as told:
        world.page(reader="ads", since=since)
    assert told.value.field == "since"


def test_google_has_members_in_its_own_form(world: World) -> None:
    page = world.page(network="google")
    email = hashed("google", "ada@example.com", None).email
    found = list(page["add"])
    while page["cursor"]:
        page = world.page(network="google", cursor=page["cursor"])
        found += page["add"]
    assert page["encoding"] == "HEX"
    assert {"userData": {"userIdentifiers": [{"emailAddress": email}]}} in found
