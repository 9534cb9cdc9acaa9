"""What scenarios bring: the report of each."""

from collections.abc import Mapping
from typing import Any

from kairos import bootstrap
from kairos.api import Request, answer, serve
from kairos.domain.scenarios import registry
from kairos.services.results.showing import show_report

# Built once: what a shop's snapshot was opened with stays for the next request.
_PARTS = bootstrap.results()


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """A proxy event of API Gateway."""
    return serve(ROUTES, event)


def show(request: Request) -> dict[str, Any]:
    """One scenario's report."""
    scenario = registry.scenario(request.path["scenario"])
    language = request.query.get("language") or request.headers.get("accept-language", "en")
    return answer(200, show_report(_PARTS, request.path["shop"], scenario, request.query, language))


ROUTES = {"GET /v1/shops/{shop}/scenarios/{scenario}/report": show}
