"""Random criteria about behaviour on the site."""

from collections.abc import Callable
from datetime import datetime

from kairos.domain.activity import ActivityKind
from kairos.domain.codes import DEVICES, STEPS
from kairos.domain.criteria.events import FieldSum, FieldTest
from kairos.domain.profile import Profile
from kairos.domain.visits import ActivityAct
from tests.agreement import vocabulary as words
from tests.agreement.world import Json, World

_BOUNDS = ("10", "9.99", "-5", "10.0000", "0", "2024-03-31", "2024-04-01")
_PREFIXES = ("/", "/s", "/sale", "https://shop.example.com/", "https://shop.example.com/Sale?x", "/nowhere")


Counting = Callable[[ActivityAct], bool]


def of_kind(*kinds: ActivityKind) -> Counting:
    """Whether an act is of one of these kinds."""
    return lambda act: act.kind in kinds


def done_at(world: World, counts: Counting) -> list[datetime]:
    """When anybody did such a thing."""
    return [act.at for who in world.profiles for act in who.acts if counts(act)] or [*world.times["acts"]]


def how_often(world: World, counts: Counting) -> Json:
    """The fields times and window, about what customers did of such things."""
    told: Json = {}
    if world.likely(0.6):
        told["times"] = world.count_test(world.values(lambda who: [sum(map(counts, who.acts))]))
    if world.likely(0.7):
        told["window"] = world.time_test(done_at(world, counts))
    return told


def viewed(world: World) -> Json:
    told: Json = {"kind": "viewed"}
    if world.likely(0.5):
        told["page"] = _page(world)
    if world.likely(0.6):
        told |= world.chosen()
    if told == {"kind": "viewed"} and world.likely(0.5):
        told["what"] = list(world.some(("page", "product", "category"), 2))
    return told | how_often(world, of_kind("page", "product", "category"))


def _page(world: World) -> Json:
    drawn: dict[str, Callable[[], str]] = {
        "equals": lambda: world.spelt(world.one((*words.PAGES, "/sale/", "/sale?x=1", "/nowhere"))),
        "starts_with": lambda: world.spelt(world.one(_PREFIXES)),
        "contains": lambda: world.part_of(world.one(words.PAGES)),
    }
    return {name: drawn[name]() for name in world.some(tuple(drawn), 1 if world.likely(0.7) else 2)}


def visits(world: World) -> Json:
    begun = world.values(lambda who: [sum(act.starts_visit for act in who.acts)])
    told = {"kind": "visits", **world.count_test(begun)}
    return told | ({"window": world.time_test("acts")} if world.likely(0.7) else {})


def last_visit(world: World) -> Json:
    last = [who.last_visit for who in world.profiles if who.last_visit]
    return {"kind": "last_visit", **world.time_test(last or "acts")}


def time_on_site(world: World) -> Json:
    spent = world.values(lambda who: [sum(act.seconds for act in who.acts)])
    told = {"kind": "time_on_site", **world.count_test(spent)}
    return told | ({"window": world.time_test("acts")} if world.likely(0.7) else {})


def checkout_progress(world: World) -> Json:
    told: Json = {"kind": "checkout_progress", "steps": list(world.some(STEPS, 2))}
    if world.likely(0.6):
        told["window"] = world.time_test(
            world.one((done_at(world, of_kind("checkout_step")), world.times["carts"]))
        )
    return told


def chatted(world: World) -> Json:
    return {"kind": "chatted", **how_often(world, of_kind("chat"))}


def support_contact(world: World) -> Json:
    told: Json = {"kind": "support_contact", **how_often(world, of_kind("support"))}
    return told | ({"complaint": world.likely(0.8)} if world.likely(0.6) else {})


def form(world: World) -> Json:
    told: Json = {"kind": "form", **how_often(world, of_kind("form"))}
    if world.likely(0.6):
        told["name"] = world.spelt(world.one((*words.TARGETS["form"], "unknown")))
    if world.likely(0.6):
        told["stage"] = world.one(("seen", "started", "sent"))
    return told


def event(world: World) -> Json:
    name = world.one((*words.TARGETS["event"], "unknown"))

    def named(act: ActivityAct) -> bool:
        return act.kind == "event" and (act.target or "").casefold() == name.casefold()

    told: Json = {"kind": "event", "name": world.spelt(name), **how_often(world, named)}
    if world.likely(0.4):
        told["fields"] = [_field(world) for _ in range(world.one((1, 1, 2)))]
    if world.likely(0.5):
        field = world.one((*words.FIELDS, "amount", "amount", "unknown"))
        adding = FieldSum(field=field, at_least="0").amount

        def spent(who: Profile) -> list[int]:
            return [sum(adding(act.fields) for act in who.acts if named(act))]

        told["sum"] = {"field": field, **world.decimal_test(world.values(spent), 4)}
    return told


def _field(world: World) -> Json:
    name = world.one((*words.FIELDS, "unknown"))
    values = words.FIELDS.get(name, ("anything",))
    drawn: dict[str, Callable[[], object]] = {
        "equals": lambda: world.spelt(world.one(values)),
        "any_of": lambda: world.texts((*values, "anything else")),
        "contains": lambda: world.part_of(world.one(values)),
        "greater": lambda: world.one(_BOUNDS),
        "less": lambda: world.one(_BOUNDS),
    }
    chosen = world.some(tuple(drawn), 1 if world.likely(0.7) else 2)
    return world.possible(FieldTest, lambda: {"name": name, **{one: drawn[one]() for one in chosen}})


def device(world: World) -> Json:
    told: Json = {"kind": "device", "any_of": list(world.some(DEVICES, 3))}
    if world.likely(0.5):
        told["which"] = world.one(("any", "last"))
    if world.likely(0.6):
        told["window"] = world.time_test("acts")
    return told


KINDS = {
    "viewed": viewed,
    "visits": visits,
    "last_visit": last_visit,
    "time_on_site": time_on_site,
    "checkout_progress": checkout_progress,
    "chatted": chatted,
    "support_contact": support_contact,
    "form": form,
    "event": event,
    "device": device,
}
