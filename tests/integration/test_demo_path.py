"""What `make demo` shows, held to: eight people leave a cart, and each gets what they should, once."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from local.demo_shop.cast import Actor, Role, make_cast, real_time_of
from local.performance import Mails, Performance
from local.running_stack import RunningStack
from local.shop_generator import SEED, make_shop
from tests.integration.shops import log_lines, open_shop, sender_of, switch_on, until_recorded


class Showing(NamedTuple):
    """A performance that is over. told: the lines that it told."""

    stack: RunningStack
    shop: str
    cast: dict[Role, Actor]
    mails: dict[Role, Mails]
    told: list[str]


@pytest.fixture(scope="module")
def showing(stack: dict[str, Any]) -> Showing:
    running, lines = RunningStack(stack), list[str]()
    shop = open_shop(running)
    switch_on(running, shop)
    sender = sender_of(running, shop)
    told = make_shop(SEED, running.anchors.real, "https://pictures.example.com", customers=0)
    assert sender.post_all(told.history).accepted == len(told.history)
    until_recorded(running)

    def days_ago(days: int) -> datetime:
        wanted = running.shown_now() - timedelta(days=days)
        return real_time_of(wanted, running.anchors.real, running.shown)

    cast = make_cast(SEED, 0, told.catalogue, days_ago)
    outcome = Performance(running, sender, shop, cast, lines.append).run()
    mails = {part.role: got for part, got in outcome}
    print("\n".join(lines))
    return Showing(running, shop, {one.part.role: one for one in cast}, mails, lines)


def steps(showing: Showing, role: Role) -> list[str]:
    """The steps whose mails this one got, by the API's own explanation."""
    person = showing.cast[role].person
    customer = showing.stack.customer(showing.shop, person.email)
    assert customer is not None
    path = f"/v1/shops/{showing.shop}/customers/{customer['id']}/why?scenario=abandoned_cart"
    status, why = showing.stack.api("GET", path)
    assert status == 200, why
    sent = [one for run in why["runs"] for one in run["messages"] if one["state"] == "sent"]
    return sorted(one["step"]["step"] for one in sent)


@pytest.mark.parametrize("role", ["newcomer", "late"])
def test_who_never_bought_gets_the_reminder_and_then_the_code(showing: Showing, role: Role) -> None:
    mails = showing.mails[role]
    gap = datetime.fromisoformat(mails[1]["at"]) - datetime.fromisoformat(mails[0]["at"])

    assert steps(showing, role) == ["reminder_1", "reminder_2"]
    assert "CODE-" not in mails[0]["text"]
    assert "CODE-" in mails[1]["text"]
    # A second of a busy machine is 83 minutes by the stack's clock.
    assert timedelta(hours=12) < gap < timedelta(days=5)


def test_a_recent_buyer_gets_the_reminder_alone(showing: Showing) -> None:
    assert steps(showing, "recent buyer") == ["reminder_1"]
    assert "CODE-" not in showing.mails["recent buyer"][0]["text"]


def test_who_unsubscribes_while_the_run_waits_gets_no_code(showing: Showing) -> None:
    assert steps(showing, "unsubscribes") == ["reminder_1"]


@pytest.mark.parametrize("role", ["orders", "empties", "no consent", "just bought"])
def test_nobody_else_gets_anything(showing: Showing, role: Role) -> None:
    assert showing.mails[role] == []
    assert steps(showing, role) == []


def test_everybody_got_each_step_at_most_once(showing: Showing) -> None:
    tags = [mail["tags"]["message"] for got in showing.mails.values() for mail in got]

    assert len(tags) == len(set(tags)) == 6


def test_every_mail_speaks_the_customers_language(showing: Showing) -> None:
    told = {role: [mail["html"] for mail in got] for role, got in showing.mails.items() if got}

    for role, pages in told.items():
        assert all(f'lang="{showing.cast[role].part.language}' in page for page in pages), role


def test_every_mail_can_be_unsubscribed_from_by_one_click(showing: Showing) -> None:
    for mail in (mail for got in showing.mails.values() for mail in got):
        link = mail["headers"]["List-Unsubscribe"]

        assert link.startswith(f"<{showing.stack.told['api_url']}/v1/unsubscribe/")
        assert mail["headers"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert link.strip("<>") in mail["html"].replace("&amp;", "&")
        assert link.strip("<>") in mail["text"]


def consent(showing: Showing, role: Role) -> dict[str, Any]:
    customer = showing.stack.customer(showing.shop, showing.cast[role].person.email)
    assert customer is not None
    status, told = showing.stack.api("GET", f"/v1/shops/{showing.shop}/customers/{customer['id']}")
    assert status == 200
    [found] = [one for one in told["consents"] if one.get("channel", "email") == "email"]
    return dict(found)


def test_looking_at_the_link_withdraws_nothing_and_posting_to_it_does(showing: Showing) -> None:
    mail = showing.mails["recent buyer"][0]
    client = showing.stack.client
    path = mail["headers"]["List-Unsubscribe"].strip("<>").removeprefix(showing.stack.told["api_url"])
    before = consent(showing, "recent buyer")

    page, head = client.ask("GET", path), client.ask("HEAD", path)
    assert (page.status, head.status, head.body) == (200, 200, b"")
    assert b"<form" in page.body
    assert consent(showing, "recent buyer") == before

    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert client.ask("POST", path, b"List-Unsubscribe=One-Click", form).status == 200
    assert consent(showing, "recent buyer") != before


def test_a_changed_link_is_refused(showing: Showing) -> None:
    link = showing.mails["newcomer"][0]["headers"]["List-Unsubscribe"].strip("<>")
    path = link.removeprefix(showing.stack.told["api_url"])

    assert showing.stack.client.ask("POST", path[:-2] + "AA").status == 404


def test_the_logs_name_nobody(showing: Showing) -> None:
    lines = list(log_lines(showing.stack))
    assert any("Step answered" in line for line in lines)
    log = Path(showing.stack.told["outbox"]).with_name("emulator.log")
    # All but the emulator's own note of a mail: SES's part, of which AWS shows nobody anything.
    lines += [line for line in log.read_text(errors="replace").splitlines() if "[ses-v2]" not in line]
    people = [actor.person for actor in showing.cast.values()]
    known = {known for one in people for known in (one.email, one.last_name, one.street)}

    assert [line for line in lines if any(name in line for name in known)] == []
