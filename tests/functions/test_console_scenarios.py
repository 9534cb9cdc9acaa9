"""The console's pages of scenarios, texts and campaigns, as somebody at a browser meets them."""

import json
import re
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from kairos import bootstrap, keys
from kairos.console.pages.scenarios import FAMILIES
from kairos.console.scenario_inputs import filled, inputs_of, posted, read
from kairos.domain.run import Run
from kairos.domain.scenarios.registry import SCENARIOS
from kairos.ports import Item, Put
from kairos.services.runs import read_run, register
from kairos.services.scenarios import read_standing
from tests.functions.console_shop import Browser, Console, Page

ROOT = "/shops/demo"
HEADING = {"segment": "one_time_buyers", "text:en:heading": "New lamps"}


@pytest.fixture
def console(aws: Any, monkeypatch: pytest.MonkeyPatch) -> Console:
    for name in ("email", "snapshot"):
        boto3.client("sqs").create_queue(QueueName=name)
    url = boto3.client("sqs").get_queue_url(QueueName="email")["QueueUrl"]
    monkeypatch.setenv("MESSAGE_QUEUES", json.dumps({"email": url}))
    arns = {}
    for name in ("campaign", "broadcast"):
        made = boto3.client("stepfunctions").create_state_machine(
            name=name, definition="{}", roleArn="arn:aws:iam::123456789012:role/machine"
        )
        arns[name] = made["stateMachineArn"]
    monkeypatch.setenv("SCENARIO_MACHINES", json.dumps(arns))
    return Console(aws, monkeypatch)


@pytest.fixture
def marketer(console: Console) -> Browser:
    return console.browser("marketer")


def standing(name: str) -> Any:
    return read_standing(bootstrap.items(), "demo", SCENARIOS[name])


def fields(html: str) -> Iterator[tuple[str, str]]:
    """What a browser would send of a page's main form as it stands."""
    form = html[html.index("<main") :]
    for tag in re.findall(r"<input [^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and ('type="checkbox"' not in tag or " checked" in tag) and name[1] != "csrf":
            yield name[1], value[1] if value else ""
    for name, inside in re.findall(r'<select [^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', inside)
        first = re.search(r'<option value="([^"]*)"', inside)
        yield name, (chosen or first or ["", ""])[1]


def form(page: Page) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in fields(page.html):
        found.setdefault(name, []).append(value)
    return found


def test_every_scenario_stands_in_the_list_once() -> None:
    listed = [name for names in FAMILIES.values() for name in names]

    assert sorted(listed) == sorted(set(SCENARIOS) - {"campaign"})


@pytest.mark.parametrize("name", ["abandoned_cart", "win_back", "prospects", "season", "newsletter"])
def test_a_settings_form_sent_as_it_stands_changes_nothing(marketer: Browser, name: str) -> None:
    page = marketer.get(f"{ROOT}/scenarios/{name}/settings")

    assert marketer.post(f"{ROOT}/scenarios/{name}/settings", form(page)).status == 303
    assert (standing(name).settings, standing(name).holdout_percent) == ({}, 0)


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_setting_comes_back_from_its_form_as_it_went_in(name: str) -> None:
    scenario = SCENARIOS[name]
    inputs = inputs_of(scenario)
    settings = scenario.settings().model_dump(mode="json")
    assert {one.name for one in inputs} == set(scenario.settings.model_fields)

    sent: dict[str, list[str]] = {}
    for one in filled(inputs, settings):
        sent[one.input.name] = list(one.chosen) or (
            [one.value] if one.value or one.input.kind != "tick" else []
        )
        sent[f"{one.input.name}.unit"] = [one.unit]
    occasions = {one["id"]: one for one in settings.get("occasions", ())}
    told = read(posted(inputs, sent), occasions)
    assert told == dict.fromkeys(settings)


def test_a_changed_setting_is_kept_and_the_default_comes_back(marketer: Browser) -> None:
    path = f"{ROOT}/scenarios/abandoned_cart/settings"
    sent = form(marketer.get(path)) | {"wait_newcomer": ["2"], "wait_newcomer.unit": ["h"]}

    assert marketer.post(path, sent | {"holdout_percent": ["10"]}).status == 303
    assert standing("abandoned_cart").settings == {"wait_newcomer": "PT2H"}
    assert standing("abandoned_cart").holdout_percent == 10
    marketer.post(path, sent | {"wait_newcomer": ["4"]})
    assert standing("abandoned_cart").settings == {}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"wait_newcomer": ["400"], "wait_newcomer.unit": ["D"]}, "wait_newcomer"),
        ({"code_percent": ["0"]}, "code_percent"),
        ({"code_valid": ["soon"]}, "code_valid"),
        ({"holdout_percent": ["100"]}, "holdout_percent"),
    ],
)
def test_what_is_refused_is_marked_at_its_field_and_nothing_is_kept(
    marketer: Browser, changed: dict[str, list[str]], field: str
) -> None:
    path = f"{ROOT}/scenarios/abandoned_cart/settings"
    page = marketer.post(path, form(marketer.get(path)) | changed)

    assert page.status == 400
    wrong = re.search(
        r'<p class="error"[^>]*>([^<]+)</p>.{0,40}<(?:div class="compare">)?<?input[^>]*', page.html, re.S
    )
    assert wrong is not None
    assert f'name="{field}"' in wrong[0]
    assert standing("abandoned_cart").changed_at is None


def test_switching_on_shows_first_who_stands_there_and_lets_nobody_in(marketer: Browser) -> None:
    asked = marketer.get(f"{ROOT}/scenarios/second_order/switch")
    assert "3 customers" in asked.html  # Ada, Bob and Cleo ordered once
    assert not standing("second_order").enabled

    assert marketer.post(f"{ROOT}/scenarios/second_order/switch", {"to": "on"}).status == 303
    assert standing("second_order").enabled
    assert (
        boto3.client("stepfunctions").list_executions(stateMachineArn=_machine("broadcast"))["executions"]
        == []
    )


def _machine(name: str) -> str:
    machines = boto3.client("stepfunctions").list_state_machines()["stateMachines"]
    return str(next(one["stateMachineArn"] for one in machines if one["name"] == name))


def test_a_backlog_is_released_only_when_its_number_was_confirmed(marketer: Browser) -> None:
    marketer.post(f"{ROOT}/scenarios/second_order/switch", {"to": "on"})
    counted = marketer.get(f"{ROOT}/scenarios/second_order/start?backlog=1")
    assert "of 3 can be reached" in counted.html
    assert marketer.get(f"{ROOT}/campaigns").html.count('class="tag good">Running') == 0

    marketer.post(f"{ROOT}/scenarios/second_order/start", {"backlog": "1", "confirm": "1"})
    assert (
        len(
            boto3.client("stepfunctions").list_executions(stateMachineArn=_machine("broadcast"))["executions"]
        )
        == 1
    )


def test_starting_what_is_switched_off_is_refused_with_what_to_do(marketer: Browser) -> None:
    page = marketer.post(f"{ROOT}/scenarios/second_order/start", {"segment": "one_time_buyers"})

    assert page.status == 400
    assert "Switch it on first" in page.html


def test_the_graph_tells_who_waits_where(console: Console, marketer: Browser) -> None:
    begun_run(console)

    assert "1 waiting" in marketer.get(f"{ROOT}/scenarios/abandoned_cart/graph").html
    assert "waiting" not in marketer.get(f"{ROOT}/scenarios/abandoned_cart").html


def begun_run(console: Console) -> Run:
    run = Run(
        shop="demo", scenario="abandoned_cart", cause="cart:1", customer=console.shop.node("Ada"),
        registered_at=bootstrap.clock().now(), state="started", settings={},
    )  # fmt: skip
    register(console.shop.items, run)
    console.shop.tell_snapshot([run.customer])
    return run


def test_a_run_is_listed_explained_and_stopped(console: Console, marketer: Browser) -> None:
    run = begun_run(console)
    path = f"{ROOT}/scenarios/abandoned_cart/runs"
    assert f"/runs/{run.id}" in marketer.get(path).html
    assert marketer.get(f"{path}/{run.id}").status == 200

    assert "ada@example.com" in marketer.get(f"{path}/{run.id}/stop").html
    assert marketer.post(f"{path}/{run.id}/stop").status == 303
    stopped = read_run(console.shop.items, "demo", run.id)
    assert stopped is not None
    assert (stopped.state, stopped.reason) == ("ended", "stopped")


def test_a_run_is_no_run_of_another_scenario(console: Console, marketer: Browser) -> None:
    run = begun_run(console)

    assert marketer.get(f"{ROOT}/scenarios/win_back/runs/{run.id}").status == 404
    assert marketer.post(f"{ROOT}/scenarios/win_back/runs/{run.id}/stop").status == 404


def test_a_report_says_so_where_there_is_not_enough_data(marketer: Browser) -> None:
    page = marketer.get(f"{ROOT}/scenarios/abandoned_cart/report")

    assert "not enough data yet" in page.html
    assert marketer.get(f"{ROOT}/scenarios/abandoned_cart/report?from=yesterday").status == 400


TEXT = f"{ROOT}/templates/abandoned_cart.reminder_1.email.en"
SMS = f"{ROOT}/templates/abandoned_cart.reminder_1.sms.en"


def draft(page: Page) -> dict[str, str]:
    """The editor's text as it stands."""
    from html import unescape

    areas = re.findall(r'<textarea id="(\w+)"[^>]*>\n(.*?)</textarea>', page.html, re.S)
    subject = re.search(r'<input id="subject"[^>]*value="([^"]*)"', page.html)
    return {name: unescape(text) for name, text in areas} | {
        "subject": unescape(subject[1] if subject else "")
    }


def test_a_text_is_saved_sent_from_then_on_and_put_back(marketer: Browser) -> None:
    told = draft(marketer.get(TEXT)) | {"subject": "Come back to {{ shop.name }}"}

    assert marketer.post(TEXT, told).status == 303
    assert "Your own" in marketer.get(TEXT).html
    assert "Come back to Demo" in marketer.post(f"{TEXT}/preview", told).html
    assert marketer.post(f"{TEXT}/reset").status == 303
    assert "Your own" not in marketer.get(TEXT).html


def test_a_wrong_text_is_refused_at_its_part(marketer: Browser) -> None:
    told = draft(marketer.get(TEXT)) | {"subject": "Hello {{ customer.nickname }}"}
    page = marketer.post(TEXT, told)

    assert page.status == 400
    assert 'id="subject-error"' in page.html
    assert "Hello {{ customer.nickname }}" in page.html
    assert "nickname" in marketer.post(f"{TEXT}/preview", told).html


def test_a_mail_is_shown_shut_off_from_the_page_around_it(marketer: Browser) -> None:
    shown, page = marketer.get(f"{TEXT}/mail"), marketer.get(TEXT)

    assert "sandbox" in shown.headers["content-security-policy"].split("; ")
    assert "script-src" not in shown.headers["content-security-policy"]
    assert "frame-src 'self'" in page.headers["content-security-policy"]
    assert "'unsafe-inline'" not in page.headers["content-security-policy"]


def test_a_text_message_is_previewed_for_a_customer(console: Console, marketer: Browser) -> None:
    told = {"title": "", "text": "Hi {{ customer.first_name }}", "url": ""}

    shown = marketer.post(f"{SMS}/preview", told | {"customer": console.shop.node("Cleo")})
    assert "Hi Cleo" in shown.html
    assert "There is no such customer" in marketer.post(f"{SMS}/preview", told | {"customer": "x@y.zz"}).html


def test_a_test_goes_to_the_shops_own_addresses_alone(marketer: Browser) -> None:
    refused = marketer.post(f"{TEXT}/test", {"to": "somebody@elsewhere.example.org"})
    assert refused.status == 400
    assert 'id="to-error"' in refused.html

    domain = bootstrap.items().get(keys.shop("demo"))
    assert domain is not None
    own = "me@" + domain.body["sender"]["email"].partition("@")[2]
    assert marketer.post(f"{TEXT}/test", {"to": own}).status == 303


def test_a_campaign_is_counted_then_sent_then_stopped_then_goes_on(marketer: Browser) -> None:
    counted = marketer.post(f"{ROOT}/new-campaign", HEADING | {"do": "count"})
    assert "of 3 can be reached" in counted.html
    assert "No campaign yet" in marketer.get(f"{ROOT}/campaigns").html

    sent = marketer.post(f"{ROOT}/new-campaign", form(counted) | {"do": "send"})
    assert sent.status == 303
    page = sent.to.partition("?")[0]
    assert "New lamps" in marketer.get(page).html
    assert marketer.post(f"{page}/stop").status == 303
    assert "Stopped" in marketer.get(page).html
    assert marketer.post(f"{page}/resume").status == 303


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"text:en:heading": "", "text:en:text": "…"}, "text:en:heading"),
        ({"text:en:button_url": "ftp://x"}, "text:en:button_url"),
        ({"code_percent": "200"}, "code_percent"),
        ({"at": "tomorrow"}, "at"),
        ({"segment": ""}, "segment"),
    ],
)
def test_a_campaign_that_is_refused_says_where_and_keeps_what_was_written(
    marketer: Browser, changed: dict[str, str], field: str
) -> None:
    page = marketer.post(f"{ROOT}/new-campaign", {**HEADING, "name": "spring", **changed, "do": "count"})

    assert page.status == 400
    assert f'id="{field}-error"' in page.html or 'role="alert"' in page.html
    assert 'value="spring"' in page.html


def test_a_campaign_in_writing_is_previewed_as_a_mail(marketer: Browser) -> None:
    shown = marketer.post(f"{ROOT}/campaign-mail", HEADING | {"look": "en", "of": "campaign"})

    assert "New lamps" in shown.html
    assert "sandbox" in shown.headers["content-security-policy"]


def test_a_newsletter_is_prepared_with_its_articles(marketer: Browser) -> None:
    assert "Nothing is prepared" in _newsletter_of(marketer)
    told = {"text:en:heading": "May", "text:en:article0:title": "How lamps are made"}

    assert marketer.post(f"{ROOT}/newsletter", told).status == 303
    html = _newsletter_of(marketer)
    assert 'value="How lamps are made"' in html
    assert "It is prepared" in html


def _newsletter_of(browser: Browser) -> str:
    bootstrap.items().write(Put(Item(keys.scenario_settings("demo", "newsletter"), "1", {"enabled": True})))
    return browser.get(f"{ROOT}/newsletter").html


@pytest.mark.parametrize("language", ["de", "en", "fr", "it"])
def test_every_page_can_be_read_in_each_language(console: Console, language: str) -> None:
    browser = console.browser("owner")
    browser.cookies["kairos-language"] = language
    for name in SCENARIOS:
        for page in ("", "/settings", "/report", "/runs"):
            assert browser.get(f"{ROOT}/scenarios/{name}{page}").status == 200, (name, page)
    for path in ("/scenarios", "/templates", "/campaigns", "/new-campaign", "/newsletter"):
        assert browser.get(f"{ROOT}{path}").status == 200, path
