"""A phone's endpoint is named arn:…:endpoint/…, as in SNS: that is what permissions to publish name.

The stock emulator names it after its application, arn:…:app/….
"""

from typing import Any


def mend() -> None:
    """Rename each endpoint as it is made."""
    from ministack.services import sns

    stock = sns._create_platform_endpoint

    def create(params: Any) -> Any:
        status, headers, body = stock(params)
        for wrong in [arn for arn in sns._platform_endpoints if ":app/" in arn]:
            right = wrong.replace(":app/", ":endpoint/", 1)
            sns._platform_endpoints[right] = sns._platform_endpoints.pop(wrong) | {"arn": right}
            if isinstance(body, bytes):
                body = body.replace(wrong.encode(), right.encode())
            else:
                body = body.replace(wrong, right)
        return status, headers, body

    sns._create_platform_endpoint = create
