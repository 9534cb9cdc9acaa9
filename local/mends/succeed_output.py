"""`Output` of a Succeed state in JSONata; the stock emulator passes the input through."""

from typing import Any


def mend() -> None:
    """Evaluate `Output` where a machine in JSONata succeeds."""
    from ministack.services import stepfunctions

    stock = stepfunctions._apply_output_path

    def output(state: dict[str, Any], data: Any, ctx: dict[str, Any] | None = None) -> Any:
        if state.get("Type") == "Succeed" and stepfunctions._state_query_language(state, ctx) == "JSONata":
            return stepfunctions._apply_jsonata_output(state, data, ctx, default=data)
        return stock(state, data, ctx)

    stepfunctions._apply_output_path = output
