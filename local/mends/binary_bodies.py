"""Bodies reach functions byte for byte; the stock emulator takes the escaped media types literally.

CloudFormation wants `*/*` written as `*~1*`, and so does SAM. Taken as it stands it matches no body: bytes
that are no UTF-8 are replaced, and a signature over them fails.
"""

from typing import Any


def mend() -> None:
    """Read `~1` as the slash that it stands for when an API is imported."""
    from ministack.services import apigateway_v1 as gateway

    stock = gateway._import_rest_api

    def import_rest_api(spec: dict[str, Any], base_data: dict[str, Any] | None = None) -> Any:
        told = dict(base_data or {})
        binary = [each.replace("~1", "/") for each in told.get("binaryMediaTypes") or []]
        return stock(spec, {**told, "binaryMediaTypes": binary})

    gateway._import_rest_api = import_rest_api
