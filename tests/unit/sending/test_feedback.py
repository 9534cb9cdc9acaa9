"""What reports mean to consent and to rules: a person's opens count, a machine's are only kept."""

from datetime import timedelta
from typing import Any

from kairos import keys
from kairos.domain.consent import Consent
from kairos.domain.profile import Profile
from kairos.services.customers import read_customer
from kairos.services.feedback import Feedback, Feedbacks, record
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


def _granted(world: World) -> bool:
    held = world.store.get(keys.consent("lumen", "email", world.node))
    assert held is not None
    return Consent.model_validate(held.body).granted
