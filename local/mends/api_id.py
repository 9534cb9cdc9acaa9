"""A REST API keeps its id when its routes change; the stock emulator replaces it, and so changes its address.

CloudFormation overwrites the API's body in place (PutRestApi with mode=overwrite).
"""

import hashlib
from typing import Any


def stable_id(stack_name: str, logical_id: str) -> str:
    """Eight hex digits, as the emulator's own ids, that depend on these two names alone."""
    return hashlib.sha256(f"{stack_name}/{logical_id}".encode()).hexdigest()[:8]


def mend() -> None:
    """Give APIs made by CloudFormation a predictable id, and overwrite instead of replacing."""
    from ministack.services import apigateway_v1 as gateway
    from ministack.services.cloudformation import provisioners

    stock_create = provisioners._apigw_rest_api_create
    stock_update = provisioners._apigw_rest_api_update

    def create(logical_id: str, props: dict[str, Any], stack_name: str) -> Any:
        tag = {"Key": "ms-custom-id", "Value": stable_id(stack_name, logical_id)}
        return stock_create(logical_id, {**props, "Tags": [*props.get("Tags", []), tag]}, stack_name)

    def update(
        physical_id: str,
        old_props: dict[str, Any],
        new_props: dict[str, Any],
        stack_name: str,
        logical_id: str | None = None,
    ) -> Any:
        if new_props.get("Body") != old_props.get("Body"):
            _overwrite(gateway, physical_id, new_props["Body"])
            old_props = {**old_props, "Body": new_props["Body"]}
        return stock_update(physical_id, old_props, new_props, stack_name, logical_id)

    handler = provisioners._RESOURCE_HANDLERS["AWS::ApiGateway::RestApi"]
    handler["create"] = create
    handler["update"] = update


def _overwrite(gateway: Any, api_id: str, body: dict[str, Any]) -> None:
    fresh = gateway._import_rest_api(body, {"name": "overwrite"})
    for store in (gateway._resources, gateway._authorizers_v1, gateway._gateway_responses, gateway._models):
        store[api_id] = store.pop(fresh)
        store[fresh] = {}
    gateway._delete_rest_api(fresh)
