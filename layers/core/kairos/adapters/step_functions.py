"""The state machines."""

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from kairos.domain.errors import NotFound
from kairos.domain.value import canonical_json


class StepFunctionsExecutions:
    """See ports.Executions. machines: the ARN of each scenario's machine."""

    def __init__(self, client: Any, machines: Mapping[str, str]) -> None:
        self._client = client
        self._machines = machines

    def start(self, scenario: str, name: str, given: Mapping[str, Any]) -> None:
        """See ports.Executions. Raises NotFound for a scenario without a machine."""
        arn = self._machines.get(scenario)
        if arn is None:
            raise NotFound("scenario", scenario)
        try:
            self._client.start_execution(stateMachineArn=arn, name=name, input=canonical_json(given))
        except ClientError as error:
            # The name is the run's id: whatever runs or ran under it is this very run.
            if error.response["Error"]["Code"] != "ExecutionAlreadyExists":
                raise
