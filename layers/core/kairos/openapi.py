"""The OpenAPI document."""

from typing import Any


def document() -> dict[str, Any]:
    """The OpenAPI document of every route."""
    return {"openapi": "3.1.0"}
