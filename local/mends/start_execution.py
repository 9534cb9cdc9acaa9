"""StartExecution is idempotent: the same name and input of a running execution answers that execution.

The stock emulator refuses with ExecutionAlreadyExists, as AWS does for another input or an ended execution.
"""

from typing import Any


def mend() -> None:
    """Answer a repeated StartExecution as Step Functions does."""
    from ministack.services import stepfunctions

    stock = stepfunctions._start_execution

    def start(data: dict[str, Any]) -> Any:
        machine = stepfunctions._resolve_state_machine_arn(data.get("stateMachineArn", "").split("#")[0])
        if machine and data.get("name"):
            arn = machine.replace(":stateMachine:", ":execution:") + ":" + data["name"]
            known = stepfunctions._executions.get(arn)
            if known and known["status"] == "RUNNING" and known["input"] == data.get("input", "{}"):
                return stepfunctions.json_response({"executionArn": arn, "startDate": known["startDate"]})
        return stock(data)

    stepfunctions._start_execution = start
