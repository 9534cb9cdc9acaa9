"""The route of reports, as the API describes it."""

from typing import get_args

from kairos.domain.consent import Channel
from kairos.domain.results import FIGURES, MONEY
from kairos.domain.uplift import Verdict
from kairos.openapi_parts import TEXT, Route, Schema, list_of, object_of

_COUNT: Schema = {"type": "integer"}
_AMOUNT: Schema = {"type": "string", "description": "In the shop's currency, as a decimal text."}
_AMOUNT_OR_NONE: Schema = {"type": ["string", "null"], "description": "Likewise; null: not known."}
_INSTANT: Schema = {"type": "string", "format": "date-time"}
_BY_REASON: Schema = {
    "type": "object",
    "additionalProperties": {"type": "integer"},
    "description": "How many, by reason.",
}
_FIGURES: dict[str, Schema] = {name: _AMOUNT if name in MONEY else _COUNT for name in FIGURES}
_ON_CHANNEL = object_of((), channel={"enum": list(get_args(Channel))}, **_FIGURES)
_STEP = object_of(
    (),
    step=TEXT,
    **_FIGURES,
    refused_for=_BY_REASON,
    deferred_for=_BY_REASON,
    skipped_for=_BY_REASON,
    channels=list_of(_ON_CHANNEL),
)
_SIDE = object_of(
    customers=_COUNT,
    buyers=_COUNT,
    orders=_COUNT,
    revenue=_AMOUNT,
    conversion={"type": ["number", "null"], "description": "Share of its customers who ordered."},
    revenue_per_customer=_AMOUNT_OR_NONE,
)


def _difference(of: Schema) -> Schema:
    limits = object_of(value=of, low=of, high=of)
    return {**limits, "type": ["object", "null"], "description": "null: not enough data yet."}


_REPORT = object_of(
    (),
    scenario=TEXT,
    title=TEXT,
    **{"from": _INSTANT},
    to=_INSTANT,
    as_of=_INSTANT,
    currency=TEXT,
    windows=object_of(clicked_within=TEXT, opened_within=TEXT, received_within=TEXT, compared_for=TEXT),
    runs=object_of(started=_COUNT, under_way=_COUNT, held_out=_COUNT, ended=_BY_REASON),
    total=object_of((), **_FIGURES),
    steps=list_of(_STEP),
    cost=object_of(
        messages=_AMOUNT_OR_NONE,
        transitions=_AMOUNT_OR_NONE,
        discounts=_AMOUNT,
        total=_AMOUNT_OR_NONE,
        prices_of={"type": "string", "format": "date"},
        rates_of={"type": "string", "format": "date"},
    ),
    profit=object_of(
        margin_percent={"type": ["integer", "null"]},
        amount=_AMOUNT_OR_NONE,
        text={"type": ["string", "null"], "description": "Why it is not known."},
        revenue_less_cost=_AMOUNT_OR_NONE,
    ),
    holdout=object_of(
        percent=_COUNT,
        compared_for=TEXT,
        treated=_SIDE,
        held_out=_SIDE,
        waiting=_COUNT,
        verdict={"enum": list(get_args(Verdict))},
        text=TEXT,
        needed=object_of(customers=_COUNT, buyers=_COUNT),
        confidence_percent=_COUNT,
        conversion=_difference({"type": "number"}),
        revenue_per_customer=_difference(_AMOUNT),
        revenue=_difference(_AMOUNT),
    ),
)

RESULT_ROUTES = {
    "GET /v1/shops/{shop}/scenarios/{scenario}/report": Route(
        "What a scenario sent, brought and cost, counted on the snapshot",
        _REPORT,
        query=(
            "from",
            "to",
            "clicked_within",
            "opened_within",
            "received_within",
            "compared_for",
            "language",
        ),
        refuses=(400, 401, 403, 404, 503),
    )
}
