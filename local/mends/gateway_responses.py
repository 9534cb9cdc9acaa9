"""Gateway responses of a template's OpenAPI body; the stock import drops them, and with them our errors."""

from typing import Any

_KEY = "x-amazon-apigateway-gateway-responses"


def mend() -> None:
    """Keep `x-amazon-apigateway-gateway-responses` when an API is imported."""
    from ministack.services import apigateway_v1 as gateway

    stock = gateway._import_rest_api

    def import_rest_api(spec: dict[str, Any], base_data: dict[str, Any] | None = None) -> Any:
        api_id = stock(spec, base_data)
        for kind, response in (spec.get(_KEY) or {}).items():
            status = response.get("statusCode")
            gateway._put_gateway_response(
                api_id, kind, {**response, "statusCode": str(status) if status else None}
            )
        return api_id

    gateway._import_rest_api = import_rest_api
