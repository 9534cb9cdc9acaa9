"""What visitors do on a shop's site: paths, checkout, exits, landings, forms, hours, devices."""

from collections.abc import Mapping
from typing import Any

from kairos import bootstrap
from kairos.api import Request, answer, serve
from kairos.services.site.showing import show_site

# Built once: what a shop's site was opened with stays for the next request.
_PARTS = bootstrap.showing_sites()


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """A proxy event of API Gateway."""
    return serve(ROUTES, event)


def show(request: Request) -> dict[str, Any]:
    """One shop's site."""
    return answer(200, show_site(_PARTS, request.path["shop"], request.query))


ROUTES = {"GET /v1/shops/{shop}/site": show}
