"""Why: each run with what was decided for it, in sentences that a shop's owner can read out."""

from datetime import UTC, datetime, time, timedelta

from kairos import keys
from kairos.domain.sending_rules import SendingRules
from kairos.domain.shop import QuietHours
from kairos.services.customers import resolve
from kairos.services.explaining import explain
from kairos.services.sending import settle
from kairos.services.sentences import telling
from tests.unit.sending.customers import bought, shop_with
from tests.unit.sending.world import EMAIL, World


def why(world: World, language: str = "en") -> list[str]:
    """The sentences about the customer's one run, oldest first."""
    component = resolve(world.store, "lumen", world.node)
    world.put(keys.run_pointer("lumen", world.node, world.run.id), {"scenario": "abandoned_cart"})
    told = explain(world.store, "lumen", component, None, telling(world.shop, language, world.clock.now()))
    [run] = told["runs"]
    assert EMAIL not in str(told)
    return [one["sentence"] for one in run["decisions"]]


def end(world: World, reason: str) -> None:
    run = world.run.model_copy(update={"state": "ended", "reason": reason})
    world.put(keys.run("lumen", run.id), run.as_json())


def test_a_message_that_waited_for_the_morning_and_was_sent_then() -> None:
    evening = QuietHours(start=time(12), end=time(14))
    world = World(shop_with(quiet_hours=evening))
    world.clock.advance(world.ask().wait_seconds)
    world.ask(last=True)
    assert why(world) == [
        "Not sent on 21 November at 13:00: in quiet hours until 14:00 (Europe/Zurich).",
        "Released for sending on 21 November at 14:00: nothing spoke against it (by e-mail).",
        "Ended on 21 November at 14:00: it went all its way.",
    ]


def test_three_different_skips() -> None:
    world = World(shop_with(SendingRules(free_until_delivered=0, spread="PT0S")))
    world.ask(step="one", code={"pool": "empty"})
    world.ask(step="two", not_after=0, quiet_for=86_400)
    bought(world)
    world.consent("withdrawn")
    world.ask(step="three")
    assert why(world, "de") == [
        "Ausgelassen am 21. November um 13:00 Uhr: es war kein Rabattcode mehr da.",
        "Beendet am 21. November um 13:00 Uhr: keine Einwilligung (E-Mail).",
        "Ausgelassen am 21. November um 13:00 Uhr: sie hätte nur noch zu spät gesendet werden können,"
        " nach dem 21. November, 13:00 Uhr (Europe/Zurich).",
    ]


def test_a_message_refused_at_delivery() -> None:
    world = World(shop_with())
    world.ask()
    world.suppress()
    world.deliver_all()
    sentences = why(world, "it")
    assert sentences[-1].startswith("Non consegnato il 21 novembre alle 13:0")
    assert sentences[-1].endswith("l'indirizzo è bloccato dopo un rifiuto o un reclamo.")


def test_a_message_that_came_back_stands_before_what_was_decided_later() -> None:
    world = World(shop_with())
    message = str(world.ask().message_id)
    world.deliver_all()
    sent = keys.message("lumen", message)
    world.put(sent, world.store.stored[sent].body | {"reason": "bounced"})
    world.suppress()
    world.clock.advance(86_400)
    world.ask(step="reminder_2")
    told = why(world)
    assert told[-2].endswith("the address took nothing.")
    assert told[-1].startswith("Ended on 22 November")


def test_a_message_of_which_nobody_knows_whether_it_went() -> None:
    world = World(shop_with())
    message = str(world.ask().message_id)
    world.provider.outcomes = [OSError()]
    world.deliver_once()
    settle.unknown(world.store, world.clock, "lumen", message)
    assert why(world)[-1].endswith("the provider never answered, so nobody knows whether it went.")


def test_a_customer_in_the_holdout() -> None:
    world = World()
    end(world, "holdout")
    assert why(world, "fr") == [
        "Terminé le 21 novembre à 13:00 : la personne fait partie de ceux qui ne reçoivent rien,"
        " pour mesurer l'effet."
    ]


def test_a_last_message_left_out_ends_the_run_with_its_reason() -> None:
    world = World(shop_with())
    world.ask(code={"pool": "empty"}, last=True)
    assert why(world) == [
        "Left out on 21 November at 13:00: there was no discount code left.",
        "Ended on 21 November at 13:00: it went all its way, but the last message was left out:"
        " there was no discount code left.",
    ]


def test_runs_of_before_decisions_were_kept_are_explained_by_their_messages() -> None:
    world = World(shop_with())
    world.ask()
    for key in [key for key in world.store.stored if key.sk.startswith("decision#")]:
        del world.store.stored[key]
    world.suppress()
    world.deliver_all()
    for key in [key for key in world.store.stored if key.sk.startswith("decision#")]:
        del world.store.stored[key]
    assert [one.split(" on ")[0] for one in why(world)] == ["Not delivered"]


def test_an_instant_is_told_by_the_shops_clock() -> None:
    world = World(shop_with())
    world.clock.at = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    world.ask()
    world.clock.advance(timedelta(days=1).total_seconds())
    assert why(world)[0].startswith("Released for sending on 1 January at 00:30")
