"""What reports mean to consent and to rules: a person's opens count, a machine's are only kept."""

from datetime import timedelta
from typing import Any

from kairos import keys
from kairos.adapters.memory import MemoryFiles
from kairos.domain.consent import Consent
from kairos.domain.profile import Profile
from kairos.services.customers import read_customer
from kairos.services.feedback import Feedback, Feedbacks, record
from kairos.services.privacy.erase import Erasing, erase_customer
from kairos.services.segments.standing import with_standing
from tests.unit.sending.world import START, NoCounts, World


def sent() -> World:
    world = World()
    world.ask()
    world.deliver_all()
    return world


def tell(world: World, kind: str, seconds: float, **fields: Any) -> None:
    entry = world.entry()
    assert entry is not None
    told = Feedback.model_validate(
        {
            "shop": "lumen",
            "message_id": entry.message_id,
            "provider_id": "p",
            "kind": kind,
            "at": START + timedelta(seconds=seconds),
        }
        | fields
    )
    record(Feedbacks(world.items, world.clock, NoCounts(), world.snapshot), told)


def profile(world: World) -> Profile:
    known = read_customer(world.items, "lumen", world.node)
    assert known.profile is not None
    return with_standing(world.items, world.shop, known, known.profile)[0]


def acts(world: World) -> list[tuple[str, float]]:
    return [(one.kind, (one.at - START).total_seconds()) for one in profile(world).engagement]


def test_an_open_by_a_privacy_proxy_is_kept_and_does_not_count() -> None:
    world = sent()
    tell(world, "delivery", 1)
    tell(world, "open", 2, machine=True)
    assert acts(world) == [("delivered", 1)]
    tell(world, "open", 90)
    assert acts(world) == [("delivered", 1), ("opened", 90)]
    entry = world.entry()
    assert entry is not None
    events = world.store.query(keys.message("lumen", entry.message_id).pk, "event#")
    assert sorted(one.body.get("machine", False) for one in events if one.body["kind"] == "open") == [
        False,
        True,
    ]


def test_a_scanner_that_follows_every_link_has_clicked_nothing() -> None:
    world = sent()
    tell(world, "delivery", 1)
    for at, link in enumerate(("a", "b", "c")):
        tell(world, "click", 3 + at, detail=f"https://shop.example.com/{link}")
    tell(world, "open", 4)
    assert acts(world) == [("delivered", 1)]
    tell(world, "click", 600, detail="https://shop.example.com/a")
    assert acts(world) == [("delivered", 1), ("clicked", 600)]


def test_who_refuses_all_mail_with_the_provider_is_mailed_no_more() -> None:
    world = sent()
    tell(world, "subscription", 60, permanent=False)
    assert _granted(world)
    tell(world, "subscription", 90, permanent=True)
    assert not _granted(world)
    assert "unsubscribed" in {kind for kind, _ in acts(world)}


def test_a_report_after_the_erasure_settles_and_suppresses_and_brings_nothing_back() -> None:
    world = World()
    world.ask()
    world.provider.outcomes = [TimeoutError()]
    world.deliver_once()
    erase_customer(Erasing(world.store, MemoryFiles(), "lumen", world.clock.now()), [world.node])
    tell(world, "delivery", 1)
    tell(world, "open", 90)
    tell(world, "complaint", 99)
    entry = world.entry()
    assert entry is not None
    assert (entry.state, entry.reason) == ("sent", "complained")
    assert world.store.get(keys.suppression("lumen", "email", world.node)) is not None
    assert _events(world) == []
    assert world.snapshot.messages == []


def test_an_erasure_at_the_very_moment_of_a_report_leaves_nothing() -> None:
    world = sent()
    write = world.store.write

    def marked_first(asked: Any) -> None:
        world.store.write = write  # type: ignore[method-assign]
        world.erase()
        write(asked)

    world.store.write = marked_first  # type: ignore[method-assign]
    tell(world, "open", 90)
    assert _events(world) == []
    assert world.snapshot.messages == []


def test_who_was_erased_before_the_message_and_came_back_is_known_by_what_they_do() -> None:
    world = World()
    before = START - timedelta(days=1)
    world.put(keys.erasure("lumen", world.node), {"at": before.isoformat()})
    world.ask()
    world.deliver_all()
    tell(world, "open", 600)
    assert [one["kind"] for one in _events(world)] == ["open"]
    assert len(world.snapshot.messages) == 1


def _events(world: World) -> list[dict[str, Any]]:
    entry = world.entry()
    assert entry is not None
    found = world.store.query(keys.message("lumen", entry.message_id).pk, "event#")
    return [item.body for item in found]


def _granted(world: World) -> bool:
    held = world.store.get(keys.consent("lumen", "email", world.node))
    assert held is not None
    return Consent.model_validate(held.body).granted
