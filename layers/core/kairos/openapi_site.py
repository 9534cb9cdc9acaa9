"""The route of the site, as the API describes it."""

from kairos.domain.site.figures import (
    DEVICE_NAMES,
    EXIT,
    FORM,
    FUNNEL,
    LANDING,
    MONEY,
    PARAMETERS,
    PATH,
    STEPS,
    TIME,
    VISIT,
    VISITORS,
    WEEKDAYS,
    Figures,
)
from kairos.domain.site.rows import VIEWS
from kairos.openapi_parts import TEXT, Route, Schema, list_of, object_of

_COUNT: Schema = {"type": "integer"}
_SHARE: Schema = {"type": ["number", "null"], "description": "From 0 to 1; null: of nothing."}
_AMOUNT: Schema = {"type": "string", "description": "In the shop's currency, as a decimal text."}
_INSTANT: Schema = {"type": "string", "format": "date-time"}
_INSTANT_OR_NONE: Schema = {"type": ["string", "null"], "format": "date-time"}
_DEVICE: Schema = {"enum": list(DEVICE_NAMES)}
_VISITORS: Schema = {"enum": list(VISITORS)}
_PLACE: dict[str, Schema] = {"kind": {"enum": list(VIEWS)}, "target": TEXT}


def _row(figures: Figures, **named: Schema) -> Schema:
    told = {
        name: _SHARE if name in figures.shares else _AMOUNT if name in MONEY else _COUNT
        for name in figures.names
    }
    before = object_of((), **told)
    before = {**before, "type": ["object", "null"], "description": "The time before; null: not all is kept."}
    return object_of((), **named, **told, before=before)


_STEPS = list_of(_row(FUNNEL, step={"enum": list(STEPS)}))

_HOUR = {"type": "integer", "minimum": 0, "maximum": 23}
_WEEKDAY = {"enum": list(WEEKDAYS)}
_SITE = object_of(
    (),
    total=_row(VISIT),
    by_device=list_of(_row(VISIT, device=_DEVICE)),
    by_visitors=list_of(_row(VISIT, visitor=_VISITORS)),
    funnel=object_of(
        steps=_STEPS,
        by_device=list_of(object_of(device=_DEVICE, steps=_STEPS)),
        by_visitors=list_of(object_of(visitor=_VISITORS, steps=_STEPS)),
    ),
    paths=list_of(_row(PATH, path=list_of(object_of((), **_PLACE)))),
    exits=list_of(_row(EXIT, **_PLACE)),
    landings=list_of(_row(LANDING, **_PLACE)),
    forms=list_of(_row(FORM, form=TEXT)),
    hours=list_of(_row(TIME, hour=_HOUR)),
    weekdays=list_of(_row(TIME, weekday=_WEEKDAY)),
    times=list_of(_row(TIME, weekday=_WEEKDAY, hour=_HOUR)),
    **{"from": _INSTANT},
    to=_INSTANT,
    before_from=_INSTANT_OR_NONE,
    as_of=_INSTANT_OR_NONE,
    kept_from=_INSTANT,
    currency=TEXT,
    timezone=TEXT,
    device={"enum": [*DEVICE_NAMES, None]},
    visitors={"enum": [*VISITORS, None]},
)

SITE_ROUTES = {
    "GET /v1/shops/{shop}/site": Route(
        "What visitors do on the shop's site: paths, checkout, exits, landings, forms, hours, devices",
        _SITE,
        query=PARAMETERS,
        refuses=(400, 401, 403, 404, 503),
    )
}
