"""The console: pages for people who sign in, and what their browsers load beside them."""

from collections.abc import Mapping
from typing import Any

from kairos import bootstrap
from kairos.console.serving import serve

_LOG = bootstrap.logger()
# Built once: what a shop's snapshot was opened with stays for the next request.
_PARTS = bootstrap.console()


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """A proxy event of API Gateway."""
    return serve(_PARTS, event)
