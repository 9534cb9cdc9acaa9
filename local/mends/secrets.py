"""`!Ref` of a secret is its ARN, and a generated secret keeps to the characters the template allows.

The stock emulator answers the name, so that a policy on the reference permits nothing, and ignores all
exclusions but ExcludeCharacters.
"""

import string
from typing import Any

_EXCLUSIONS = {
    "ExcludePunctuation": string.punctuation,
    "ExcludeNumbers": string.digits,
    "ExcludeLowercase": string.ascii_lowercase,
    "ExcludeUppercase": string.ascii_uppercase,
}


def _allowed(props: dict[str, Any]) -> dict[str, Any]:
    asked = props.get("GenerateSecretString")
    if not asked:
        return props
    without = asked.get("ExcludeCharacters", "")
    without += "".join(chars for name, chars in _EXCLUSIONS.items() if str(asked.get(name)).lower() == "true")
    return {**props, "GenerateSecretString": {**asked, "ExcludeCharacters": without}}


def _name(physical_id: str) -> str:
    return physical_id.partition(":secret:")[2].rpartition("-")[0] or physical_id


def mend() -> None:
    """Wrap the handlers of AWS::SecretsManager::Secret."""
    from ministack.services.cloudformation import provisioners

    handler = provisioners._RESOURCE_HANDLERS["AWS::SecretsManager::Secret"]
    stock_create, stock_update, stock_delete = handler["create"], handler["update"], handler["delete"]

    def create(logical_id: str, props: dict[str, Any], stack_name: str) -> Any:
        _, attributes = stock_create(logical_id, _allowed(props), stack_name)
        return attributes["Arn"], attributes

    def update(
        physical_id: str,
        old: dict[str, Any],
        new: dict[str, Any],
        stack_name: str,
        logical_id: str | None = None,
    ) -> Any:
        _, attributes = stock_update(_name(physical_id), _allowed(old), _allowed(new), stack_name, logical_id)
        return attributes["Arn"], attributes

    def delete(physical_id: str, props: dict[str, Any]) -> None:
        stock_delete(_name(physical_id), props)

    handler.update({"create": create, "update": update, "delete": delete})
