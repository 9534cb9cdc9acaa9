"""Serves the script tag of a shop: small, kept by browsers, with nothing in it that is secret."""

import base64
import functools
import logging
import os
import time
from collections.abc import Mapping
from typing import Any

import boto3
from botocore.config import Config

from kairos.adapters.api_gateway import answer, problem, read_request
from kairos.adapters.secrets import RememberedSecrets, SecretsManager
from kairos.adapters.tag.script import Script, script, settings_of
from kairos.domain.errors import Throttled
from kairos.services.receiving import is_shop_id
from kairos.settings import read_settings

KEPT_FOR = 3600
"""Seconds for which browsers and caches need not ask again: so long a change of settings may take."""

_HEADERS = {
    "content-type": "text/javascript; charset=utf-8",
    # An old file does no harm for a day: it is shown while the new one is fetched.
    "cache-control": f"public, max-age={KEPT_FOR}, stale-while-revalidate=86400, stale-if-error=604800",
    "vary": "accept-encoding",
    "x-content-type-options": "nosniff",
    # Any site may load it, also one that isolates itself from others (WHATWG Fetch, CORP and CORS).
    "access-control-allow-origin": "*",
    "cross-origin-resource-policy": "cross-origin",
}
_CONFIG = Config(
    parameter_validation=False,
    connect_timeout=1,
    read_timeout=1.5,
    retries={"mode": "standard", "total_max_attempts": 2},
)
_SECRETS = boto3.client("secretsmanager", config=_CONFIG)
_LOG = logging.getLogger("kairos")


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """A proxy event of API Gateway; answers 200 with the script, 304, 404, and 503 for want of the secret."""
    request = read_request(event)
    shop = request.path["shop"]
    address = f"{os.environ.get('API_URL') or request.base}/v1/shops/{shop}/activity"
    try:
        secret = _secrets().judge(shop, lambda told: told) if is_shop_id(shop) else None
    except Throttled as failure:
        _LOG.error("The tag could not be served: %s", type(failure).__name__)
        return problem(503, "The script can't be served.", remedy="Ask again.")
    if secret is None:
        return problem(404, "There is no such shop.", remedy="Create the shop, or mend the address.")
    made = script(settings_of(secret, address))
    if made.tag in request.headers.get("if-none-match", ""):
        return answer(304, headers={**_HEADERS, "etag": made.tag})
    # API Gateway decodes what is binary by the header Accept, which every browser sends.
    packed = "accept" in request.headers and "gzip" in request.headers.get("accept-encoding", "")
    return _served(made, packed)


def _served(made: Script, packed: bool) -> dict[str, Any]:
    headers = {**_HEADERS, "etag": made.tag} | ({"content-encoding": "gzip"} if packed else {})
    body = base64.b64encode(made.packed).decode() if packed else made.text
    return {"statusCode": 200, "headers": headers, "body": body, "isBase64Encoded": packed}


@functools.cache
def _secrets() -> RememberedSecrets:
    manager = SecretsManager(_SECRETS, read_settings().secrets_prefix)
    return RememberedSecrets(manager.get, time.monotonic)
