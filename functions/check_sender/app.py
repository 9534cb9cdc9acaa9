"""Whether mail in a shop's name arrives."""

from collections.abc import Mapping
from typing import Any

from kairos import bootstrap
from kairos.api import Request, answer, serve
from kairos.domain.errors import NotFound
from kairos.services.senders import check_sender
from kairos.services.shops import load_shop


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """A proxy event of API Gateway."""
    return serve(ROUTES, event)


def show_sender(request: Request) -> dict[str, Any]:
    """What SES and the DNS say of the shop's sender at this moment."""
    shop = load_shop(bootstrap.items(), request.path["shop"])
    if shop is None:
        raise NotFound("shop", request.path["shop"])
    return answer(200, check_sender(bootstrap.senders(), shop))


ROUTES = {"GET /v1/shops/{shop}/sender": show_sender}
