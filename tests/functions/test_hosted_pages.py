"""The hosted forms as API Gateway calls them."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import boto3
import pytest

from kairos import bootstrap, keys
from kairos.domain.errors import Throttled
from kairos.ports import Put
from kairos.services.forms.tokens import sign_up_token
from kairos.services.unsubscribing import Token, sign
from tests.functions.conftest import Aws
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
    assert held.body["link"].startswith("https://api.example.com/dev/v1/forms/confirm.")
    assert held.expires_at is not None
    token = held.body["link"].rpartition("/")[2]
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
