"""The script tag as browsers get it: small, kept, and with nothing secret in it."""

import base64
import gzip
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import rjsmin

from kairos.adapters.tag.script import script, settings_of

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "layers/core/kairos/adapters/tag/tag.js"
SECRET = {
    "platform": "shopify",
    "current": "webhook-secret-of-demo",
    "previous": [],
    "write_key": "write-key-of-demo",
    "tag_secret": "tag-secret-of-demo",
    "vapid": "private-key-of-demo",
    "push_key": "public-key-of-demo",
    "allowed_origins": [],
}
MOST_BYTES = 6000


@pytest.fixture
def serve(aws: Any) -> ModuleType:
    aws.put_shop_secret("demo", **SECRET)
    module: ModuleType = aws.load_app("serve_tag")
    return module


@pytest.fixture
def request_of_tag(event: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
    told = event("activity")
    return told | {
        "httpMethod": "GET",
        "resource": "/v1/shops/{shop}/tag.js",
        "path": "/v1/shops/demo/tag.js",
        "queryStringParameters": None,
        "body": None,
        "headers": {},
        "requestContext": {"domainName": "api.example.com", "path": "/dev/v1/shops/demo/tag.js"},
    }


def text_of(answer: dict[str, Any]) -> str:
    body: str = answer["body"]
    return gzip.decompress(base64.b64decode(body)).decode() if answer["isBase64Encoded"] else body


def told_to(text: str) -> dict[str, Any]:
    """The settings at the end of the script."""
    found = re.search(r"\)\((\{[^}]*\}),\s*window", text)
    assert found
    settings: dict[str, Any] = json.loads(found[1])
    return settings


def test_it_is_below_6_kb_as_it_is_sent() -> None:
    settings = settings_of(
        SECRET, "https://abcdefghij.execute-api.eu-central-1.amazonaws.com/prod/v1/shops/a/activity"
    )
    made = script(settings)
    small = rjsmin.jsmin(made.text)
    assert len(gzip.compress(small.encode(), 9)) < MOST_BYTES


def test_it_knows_where_to_send_and_whose_it_is(serve: ModuleType, request_of_tag: dict[str, Any]) -> None:
    answer = serve.handler(request_of_tag, None)
    assert answer["statusCode"] == 200
    assert answer["headers"]["content-type"] == "text/javascript; charset=utf-8"
    told = told_to(text_of(answer))
    assert told["url"] == "https://api.example.com/dev/v1/shops/demo/activity?key=write-key-of-demo"
    assert (told["platform"], told["push"]) == ("shopify", "public-key-of-demo")
    assert re.fullmatch("[0-9a-f]{8}", told["version"])


def test_it_holds_no_secret(serve: ModuleType, request_of_tag: dict[str, Any]) -> None:
    text = text_of(serve.handler(request_of_tag, None))
    for name in ("current", "tag_secret", "vapid"):
        assert str(SECRET[name]) not in text


def test_a_browser_that_takes_gzip_gets_it(serve: ModuleType, request_of_tag: dict[str, Any]) -> None:
    plain = serve.handler(request_of_tag, None)
    packed = serve.handler(
        request_of_tag | {"headers": {"Accept": "*/*", "Accept-Encoding": "gzip, br"}}, None
    )
    assert packed["headers"]["content-encoding"] == "gzip"
    assert "content-encoding" not in plain["headers"]
    assert text_of(packed) == text_of(plain)
    assert packed["headers"]["vary"] == "accept-encoding"


def test_browsers_keep_it_for_an_hour_and_ask_whether_it_changed(
    serve: ModuleType, request_of_tag: dict[str, Any]
) -> None:
    first = serve.handler(request_of_tag, None)
    assert "max-age=3600" in first["headers"]["cache-control"]
    again = serve.handler(request_of_tag | {"headers": {"If-None-Match": first["headers"]["etag"]}}, None)
    assert (again["statusCode"], again["body"]) == (304, "")
    other = serve.handler(request_of_tag | {"headers": {"If-None-Match": '"0123456789abcdef"'}}, None)
    assert other["statusCode"] == 200


def test_other_settings_are_another_version_of_the_file() -> None:
    tags = {script(settings_of(SECRET | {"write_key": key}, "https://api.example.com")).tag for key in "ab"}
    assert len(tags) == 2


def test_settings_cannot_end_the_script() -> None:
    made = script({"url": "</script><script>alert(1)\u2028", "platform": None})
    assert "</script" not in made.text
    assert "\u2028" not in made.text


@pytest.mark.parametrize("shop", ["nobody", "../demo", "DEMO"])
def test_an_unknown_shop_has_none(serve: ModuleType, request_of_tag: dict[str, Any], shop: str) -> None:
    request_of_tag["pathParameters"] = {"shop": shop}
    assert serve.handler(request_of_tag, None)["statusCode"] == 404


def test_it_imports_nothing_heavy() -> None:
    code = (
        "import sys; sys.path.insert(0, 'functions/serve_tag'); import app; "
        "print(*sorted({'pydantic', 'aws_lambda_powertools', 'orjson', 'duckdb'} & set(sys.modules)))"
    )
    environment = {"PYTHONPATH": str(ROOT / "layers/core"), "AWS_DEFAULT_REGION": "eu-central-1"}
    done = subprocess.run(
        [sys.executable, "-c", code], check=False, cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.stdout.strip() == "", done.stderr
