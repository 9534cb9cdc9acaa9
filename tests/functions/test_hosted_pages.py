"""The hosted forms as API Gateway calls them."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import boto3
import pytest

from kairos import bootstrap, keys
from kairos.domain.errors import Throttled
from kairos.ports import Item, Put
from kairos.services.forms.tokens import sign_up_token
from kairos.services.unsubscribing import Token, sign
from tests.functions.conftest import Aws
from tests.unit.sending.devices import BROWSER, BROWSER_KEYS, CHANNELS
from tests.unit.sending.world import World

Event = Callable[[str], dict[str, Any]]


class Pages:
    def __init__(self, aws: Aws, event: Event, monkeypatch: pytest.MonkeyPatch) -> None:
        self.aws, self.event = aws, event
        self.queue_url = aws.sqs.create_queue(QueueName="email")["QueueUrl"]
        monkeypatch.setenv("MESSAGE_QUEUES", json.dumps({"email": self.queue_url}))
        self.world = World(secret=b"identity" * 8)
        for item in self.world.store.stored.values():
            bootstrap.items().write(Put(item))
        self.public = sign_up_token(self.world.key, "lumen")
        self.function = aws.load_app("hosted_pages")

    def ask(self, method: str, token: str, fields: dict[str, str] | None = None) -> dict[str, Any]:
        told = self.event("hosted_pages") | {
            "httpMethod": method,
            "pathParameters": {"token": token},
            "headers": {"Accept-Language": "fr-CH,fr;q=0.9"},
            "body": urlencode(fields or {}),
            "isBase64Encoded": False,
        }
        answer: dict[str, Any] = self.function.handler(told, None)
        return answer

    def personal(self, form: str) -> str:
        token = Token(shop="lumen", channel="email", address_node=self.world.node, message_id="0" * 32)
        return f"{form}.{sign(self.world.key, token)}"

    def queued(self, url: str) -> list[dict[str, Any]]:
        found = self.aws.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        return [json.loads(one["Body"]) for one in found]


@pytest.fixture
def pages(aws: Aws, event: Event, monkeypatch: pytest.MonkeyPatch) -> Pages:
    return Pages(aws, event, monkeypatch)


def test_the_sign_up_form_opens_in_the_browsers_language_and_is_kept_nowhere(pages: Pages) -> None:
    answer = pages.ask("GET", pages.public)
    assert answer["statusCode"] == 200
    assert '<html lang="fr">' in answer["body"]
    assert answer["headers"]["cache-control"] == "no-store"
    assert answer["headers"]["referrer-policy"] == "no-referrer"
    policy = answer["headers"]["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "<script" not in answer["body"]


def test_a_sign_up_queues_one_mail_whose_link_leads_back_here(pages: Pages) -> None:
    answer = pages.ask("POST", pages.public, {"email": "Noel@example.org", "consent": "yes"})
    assert answer["statusCode"] == 200
    [queued] = pages.queued(pages.queue_url)
    assert (queued["shop"], queued["channel"]) == ("lumen", "email")
    node = pages.world.key.node("lumen", "email", "noel@example.org")
    held = bootstrap.items().get(keys.sign_up("lumen", node))
    assert held is not None
    [waiting] = held.body["mails"].values()
    assert waiting["link"].startswith("https://api.example.com/dev/v1/forms/confirm.")
    assert held.expires_at is not None
    token = waiting["link"].rpartition("/")[2]
    assert pages.ask("POST", token)["statusCode"] == 200
    assert bootstrap.items().get(keys.sign_up("lumen", node)) is None
    assert [one["customers"] for one in pages.queued(pages.aws.snapshot_url)] == [[node]]


def test_what_is_wrong_comes_back_as_400_with_what_was_typed_escaped(pages: Pages) -> None:
    answer = pages.ask("POST", pages.public, {"email": '"><script>alert(1)</script>'})
    assert answer["statusCode"] == 400
    assert "<script" not in answer["body"]
    assert "&lt;script&gt;" in answer["body"]
    assert 'aria-invalid="true"' in answer["body"]


def test_one_too_many_is_answered_429(pages: Pages) -> None:
    fields = {"score": "9"}
    codes = [pages.ask("POST", pages.personal("survey"), fields)["statusCode"] for _ in range(31)]
    assert codes == [200] * 30 + [429]


def test_probing_does_nothing(pages: Pages) -> None:
    before = pages.aws.table_keys()
    assert pages.ask("HEAD", pages.personal("survey"))["statusCode"] == 200
    assert pages.ask("HEAD", "anything")["body"] == ""
    assert pages.aws.table_keys() == before


@pytest.mark.parametrize("token", ["", "x", "survey.x", "sign_up.lumen.x", "confirm.e30.x", "\ud800.\ud800"])
def test_an_address_that_is_none_of_ours_is_answered_404_in_words(pages: Pages, token: str) -> None:
    answer = pages.ask("GET", token)
    assert answer["statusCode"] == 404
    assert "Ce lien ne fonctionne pas" in answer["body"]


def test_a_body_that_is_no_form_is_a_form_left_empty(pages: Pages) -> None:
    told = pages.event("hosted_pages") | {"pathParameters": {"token": pages.public}, "body": "/w==" * 9}
    assert pages.function.handler(told, None)["statusCode"] == 400
    many = "&".join(f"a{number}=1" for number in range(500))
    told |= {"body": many, "isBase64Encoded": False}
    assert pages.function.handler(told, None)["statusCode"] == 400


def test_a_shop_that_is_gone_has_no_forms(pages: Pages) -> None:
    shop = keys.shop("lumen")
    boto3.client("dynamodb").delete_item(TableName="table", Key={"pk": {"S": shop.pk}, "sk": {"S": shop.sk}})
    for token in (pages.public, pages.personal("survey")):
        assert pages.ask("GET", token)["statusCode"] == 404


def test_a_busy_store_is_answered_503_in_words(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    class Busy:
        def __getattr__(self, _: str) -> Any:
            raise Throttled

    monkeypatch.setattr(pages.function, "_GIVEN", pages.function._GIVEN._replace(items=Busy()))
    answer = pages.ask("POST", pages.personal("survey"), {"score": "9"})
    assert answer["statusCode"] == 503
    assert "Réessayez" in answer["body"]


@pytest.mark.parametrize("name", ["notify.js", "worker.js"])
def test_the_scripts_are_served_by_their_names_and_may_be_kept(pages: Pages, name: str) -> None:
    answer = pages.ask("GET", name)
    assert answer["statusCode"] == 200
    assert answer["headers"]["content-type"] == "text/javascript; charset=utf-8"
    assert answer["headers"]["cache-control"] == "public, max-age=3600"
    assert answer["headers"]["x-content-type-options"] == "nosniff"
    assert 0 < len(answer["body"].encode()) < 2000
    assert pages.ask("POST", name)["statusCode"] == 404


def test_no_other_file_is_served(pages: Pages) -> None:
    for name in ("forms.py", "../pages/notify.js", "NOTIFY.JS", "layout.py"):
        assert pages.ask("GET", name)["statusCode"] == 404


@pytest.fixture
def noticed(pages: Pages) -> Pages:
    """The shop has set up web push."""
    shop = pages.world.shop.model_copy(update={"channels": CHANNELS})
    bootstrap.items().write(Put(Item(keys.shop("lumen"), "2", shop.as_json())))
    return pages


SUBSCRIPTION = {"notifications": "on", "endpoint": BROWSER, "language": "fr", **BROWSER_KEYS}


def test_the_preferences_page_runs_its_own_script_alone(noticed: Pages) -> None:
    answer = noticed.ask("GET", noticed.personal("preferences"))
    assert answer["body"].count("<script") == 1
    assert '<script type="module" src="notify.js"></script>' in answer["body"]
    policy = answer["headers"]["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'; worker-src 'self'; connect-src 'self'" in policy
    assert "unsafe" not in policy
    other = noticed.ask("GET", noticed.personal("survey"))
    assert "script-src" not in other["headers"]["content-security-policy"]


def test_a_browser_is_switched_on_and_off_and_the_segments_told(noticed: Pages) -> None:
    link, node = noticed.personal("preferences"), noticed.world.node
    on = noticed.ask("POST", link, SUBSCRIPTION)
    assert (on["statusCode"], json.loads(on["body"])) == (200, {"notifications": "on"})
    assert on["headers"]["cache-control"] == "no-store"
    [held] = bootstrap.items().query(keys.node("lumen", node), "endpoint#")
    assert held.body["value"] == BROWSER
    assert [one["customers"] for one in noticed.queued(noticed.aws.snapshot_url)] == [[node]]
    off = noticed.ask("POST", link, {"notifications": "off", "endpoint": BROWSER})
    assert json.loads(off["body"]) == {"notifications": "off"}
    assert list(bootstrap.items().query(keys.node("lumen", node), "endpoint#")) == []


def test_what_is_wrong_with_a_subscription_is_told_with_field_and_remedy(noticed: Pages) -> None:
    answer = noticed.ask("POST", noticed.personal("preferences"), SUBSCRIPTION | {"auth": "short"})
    told = json.loads(answer["body"])
    assert (answer["statusCode"], told["field"]) == (400, "auth")
    assert told["detail"]
    assert told["remedy"]
    assert answer["headers"]["content-type"] == "application/problem+json"


def test_one_browser_too_many_is_answered_429_and_a_wrong_link_404(noticed: Pages) -> None:
    link = noticed.personal("preferences")
    codes = [noticed.ask("POST", link, SUBSCRIPTION)["statusCode"] for _ in range(31)]
    assert codes == [200] * 30 + [429]
    assert noticed.ask("POST", f"{link}x", SUBSCRIPTION)["statusCode"] == 404


def test_a_busy_store_leaves_a_browser_to_try_again(noticed: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    class Busy:
        def __getattr__(self, _: str) -> Any:
            raise Throttled

    monkeypatch.setattr(noticed.function, "_GIVEN", noticed.function._GIVEN._replace(items=Busy()))
    assert noticed.ask("POST", noticed.personal("preferences"), SUBSCRIPTION)["statusCode"] == 503
