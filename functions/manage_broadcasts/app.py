"""Campaigns, the next newsletter, and the runs of scenarios: counted, started, listed, stopped, resumed."""

from collections.abc import Mapping
from typing import Any

from kairos import bootstrap
from kairos.api import Request, answer, read_as, read_json, serve
from kairos.domain.errors import NotFound
from kairos.services.broadcasts import newsletters, running, showing
from kairos.services.broadcasts.audience import Opened
from kairos.services.broadcasts.making import Told, make_campaign, make_runs
from kairos.services.broadcasts.wishes import CampaignWish, NewsletterContent, RunsWish
from kairos.services.shops import load_shop

# Built once: what a shop's snapshot was opened with stays for the next request.
_MAKING = bootstrap.making()


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """A proxy event of API Gateway."""
    return serve(ROUTES, event)


def create_campaign(request: Request) -> dict[str, Any]:
    """Whom it would reach; with "confirm", it goes."""
    return _told(make_campaign(_MAKING, _shop(request), read_as(CampaignWish, read_json(request))))


def list_campaigns(request: Request) -> dict[str, Any]:
    """The shop's campaigns, the newest first."""
    shop, cursor = _shop(request), request.query.get("cursor")
    found = showing.show_many(_MAKING.executing.items, shop, "campaign", cursor)
    return answer(200, {"campaigns": found["broadcasts"], "cursor": found["cursor"]})


def show_campaign(request: Request) -> dict[str, Any]:
    """One campaign with its content and progress; any broadcast by its id."""
    shop, named = _shop(request), request.path["campaign"]
    return answer(200, showing.show_one(_MAKING.executing.items, shop, named))


def show_newsletter(request: Request) -> dict[str, Any]:
    """What was prepared for the next newsletter."""
    return answer(200, newsletters.show_prepared(_MAKING.executing.items, _shop(request)))


def put_newsletter(request: Request) -> dict[str, Any]:
    """Prepare the next newsletter."""
    shop, wish = _shop(request), read_as(NewsletterContent, read_json(request))
    parts = _MAKING.executing
    return answer(200, newsletters.prepare(parts.items, parts.clock, shop, wish))


def start_runs(request: Request) -> dict[str, Any]:
    """How many would begin; with "confirm", they do."""
    shop, wish = _shop(request), read_as(RunsWish, read_json(request))
    return _told(make_runs(_MAKING, shop, request.path["scenario"], wish))


def list_runs(request: Request) -> dict[str, Any]:
    """A scenario's runs, page by page; of one customer, in one state."""
    shop, query = _shop(request), request.query
    asked = running.Asked(query.get("customer"), query.get("state"), query.get("cursor"))

    def opened() -> Opened:
        return _MAKING.open(shop)

    items = _MAKING.executing.items
    return answer(200, running.list_runs(items, opened, shop, request.path["scenario"], asked))


def stop_run(request: Request) -> dict[str, Any]:
    """End a customer's run, or stop a broadcast."""
    running.stop_run(_MAKING.executing, _shop(request), request.path["scenario"], request.path["run"])
    return answer(204)


def resume_run(request: Request) -> dict[str, Any]:
    """Let a stopped broadcast go on where it stood."""
    shop, name, run = _shop(request), request.path["scenario"], request.path["run"]
    return answer(200, running.resume_broadcast(_MAKING.executing, shop, name, run))


def _told(told: Told) -> dict[str, Any]:
    return answer(201 if told.made else 200, told.answer)


def _shop(request: Request) -> str:
    shop = load_shop(_MAKING.executing.items, request.path["shop"])
    if shop is None:
        raise NotFound("shop", request.path["shop"])
    return shop.id


_CAMPAIGNS = "/v1/shops/{shop}/campaigns"
_RUNS = "/v1/shops/{shop}/scenarios/{scenario}/runs"
ROUTES = {
    f"POST {_CAMPAIGNS}": create_campaign,
    f"GET {_CAMPAIGNS}": list_campaigns,
    f"GET {_CAMPAIGNS}/{{campaign}}": show_campaign,
    "GET /v1/shops/{shop}/newsletter": show_newsletter,
    "PUT /v1/shops/{shop}/newsletter": put_newsletter,
    f"POST {_RUNS}": start_runs,
    f"GET {_RUNS}": list_runs,
    f"DELETE {_RUNS}/{{run}}": stop_run,
    f"POST {_RUNS}/{{run}}/resume": resume_run,
}
