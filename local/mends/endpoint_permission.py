"""What permission registering a phone needs: that for its application or endpoint, as in SNS.

The stock emulator asks for a permission on every resource ("*"), which no function should hold.
"""

from typing import Any

_NAMED = ("PlatformApplicationArn", "EndpointArn")


def mend() -> None:
    """Name the application or endpoint that a call is about."""
    from ministack.core import iam_actions

    stock = iam_actions.extract_resource_arn

    def resource(
        service: str,
        method: str,
        path: str,
        headers: Any,
        body: bytes,
        query_params: Any,
        region: str,
        account_id: str,
    ) -> str:
        if service == "sns":
            for name in _NAMED:
                told = iam_actions._query_param(query_params, name)
                if told:
                    return str(told)
        return str(stock(service, method, path, headers, body, query_params, region, account_id))

    iam_actions.extract_resource_arn = resource
