"""The routes about campaigns, the newsletter and runs, as the API describes them."""

from typing import get_args

from pydantic import BaseModel

from kairos.domain.broadcast import Counts, Stage, State, Subject
from kairos.domain.campaign_content import Article, CampaignContent
from kairos.domain.run import Run
from kairos.openapi_parts import ANYTHING, TEXT, Route, Schema, list_of, object_of, schema_of
from kairos.services.broadcasts.wishes import CampaignWish, NewsletterContent, RunsWish

_CAMPAIGNS = "/v1/shops/{shop}/campaigns"
_RUNS = "/v1/shops/{shop}/scenarios/{scenario}/runs"

_NUMBER: Schema = {"type": "integer"}
_TEXT_OR_NONE: Schema = {"type": ["string", "null"]}

BROADCAST_MODELS: tuple[type[BaseModel], ...] = (
    CampaignWish,
    RunsWish,
    NewsletterContent,
    CampaignContent,
    Article,
    Counts,
    Subject,
    Stage,
)

_COUNTED: dict[str, Schema] = {
    "would_reach": {**_NUMBER, "description": "Known on a channel, not suppressed, and with consent."},
    "of": {**_NUMBER, "description": "Members of the audience."},
    "reachable": {"type": "object", "additionalProperties": _NUMBER, "description": "By channel."},
    "entries": {"type": "object", "additionalProperties": _NUMBER, "description": "A backlog by way in."},
    "as_of": _TEXT_OR_NONE,
    "confirm": {"type": "boolean"},
}
_CONTENT: Schema = {"type": "object", "additionalProperties": schema_of(CampaignContent)}
_BROADCAST = object_of(
    ("id", "scenario", "state", "at", "counts", "progress"),
    id=TEXT,
    shop=TEXT,
    scenario=TEXT,
    title=TEXT,
    name=_TEXT_OR_NONE,
    audience=ANYTHING,
    subject=schema_of(Subject),
    settings=ANYTHING,
    holdout_percent=_NUMBER,
    pace={**_NUMBER, "description": "Members a minute."},
    created_at=TEXT,
    at=TEXT,
    state={"enum": list(get_args(State))},
    reason=_TEXT_OR_NONE,
    size={"type": ["integer", "null"]},
    counts=schema_of(Counts),
    stage=_TEXT_OR_NONE,
    progress=object_of(
        ("queued", "decided", "of"), queued=_NUMBER, decided=_NUMBER, of={"type": ["integer", "null"]}
    ),
    began_at=_TEXT_OR_NONE,
    started_at=_TEXT_OR_NONE,
    ended_at=_TEXT_OR_NONE,
)
_MADE: Schema = {"allOf": [object_of(("would_reach", "of", "reachable", "confirm"), **_COUNTED), _BROADCAST]}
_COUNTED_OR_MADE: Schema = {
    "description": "With confirm: the broadcast beside the count; else the count alone.",
    "anyOf": [object_of(("would_reach", "of", "reachable", "confirm"), **_COUNTED), _MADE],
}
_PREPARED = object_of(("content", "prepared_at"), content=_CONTENT, prepared_at=_TEXT_OR_NONE)

BROADCAST_ROUTES: dict[str, Route] = {
    f"POST {_CAMPAIGNS}": Route(
        "Count whom a campaign would reach; with confirm, send it now or at its time (201 if it is new)",
        _COUNTED_OR_MADE,
        schema_of(CampaignWish),
    ),
    f"GET {_CAMPAIGNS}": Route(
        "Campaigns, the newest first",
        object_of(("campaigns", "cursor"), campaigns=list_of(_BROADCAST), cursor=_TEXT_OR_NONE),
        query=("cursor",),
    ),
    f"GET {_CAMPAIGNS}/{{campaign}}": Route(
        "A campaign, or any other broadcast, with its content and progress",
        {"allOf": [_BROADCAST, object_of(("content",), content=_CONTENT)]},
    ),
    "GET /v1/shops/{shop}/newsletter": Route("What is prepared for the next newsletter", _PREPARED),
    "PUT /v1/shops/{shop}/newsletter": Route(
        "Prepare the next newsletter; without, none goes", _PREPARED, schema_of(NewsletterContent)
    ),
    f"POST {_RUNS}": Route(
        "Count for whom runs would begin; with confirm, begin them, paced (201 if that is new)",
        _COUNTED_OR_MADE,
        schema_of(RunsWish),
    ),
    f"GET {_RUNS}": Route(
        "A scenario's runs by pages of customers, and its broadcasts; state: registered, started or ended",
        object_of(
            ("runs", "broadcasts", "cursor"),
            runs=list_of({"allOf": [schema_of(Run), object_of(("id",), id=TEXT)]}),
            broadcasts=list_of(_BROADCAST),
            cursor=_TEXT_OR_NONE,
        ),
        query=("customer", "state", "cursor"),
    ),
    f"DELETE {_RUNS}/{{run}}": Route(
        "End a customer's run, or stop a broadcast: also those queued get nothing any more", None, status=204
    ),
    f"POST {_RUNS}/{{run}}/resume": Route("Let a stopped broadcast go on where it stood", _BROADCAST),
}
