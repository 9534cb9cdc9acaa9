"""TimeToLiveSpecification of a table made by CloudFormation; the stock emulator ignores it."""

from typing import Any


def mend() -> None:
    """Switch expiry on when the template says so."""
    from ministack.services import dynamodb
    from ministack.services.cloudformation import provisioners

    stock = provisioners._ddb_create

    def create(logical_id: str, props: dict[str, Any], stack_name: str) -> Any:
        made = stock(logical_id, props, stack_name)
        wanted = props.get("TimeToLiveSpecification")
        if wanted:
            enabled = str(wanted.get("Enabled")).lower() == "true"
            spec = {"AttributeName": wanted["AttributeName"], "Enabled": enabled}
            dynamodb._update_ttl({"TableName": made[0], "TimeToLiveSpecification": spec})
        return made

    provisioners._RESOURCE_HANDLERS["AWS::DynamoDB::Table"]["create"] = create
