"""The OpenAPI document, derived from the models that judge the requests."""

import re
from functools import cache
from http import HTTPStatus
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from kairos.adapters.history.ready import READY
from kairos.adapters.platforms import activity
from kairos.adapters.platforms.generic import requests as generic
from kairos.domain.access import needed_role
from kairos.domain.imports import BadRow, ImportKind, ImportState, Trouble
from kairos.domain.mapping import CustomerMapping, OrderMapping
from kairos.domain.message import LedgerEntry
from kairos.domain.profile import Profile
from kairos.domain.run import Run
from kairos.domain.shop import Shop
from kairos.openapi_broadcasts import BROADCAST_MODELS, BROADCAST_ROUTES
from kairos.openapi_codes import CODE_MODELS, CODE_ROUTES
from kairos.openapi_operating import OPERATING_MODELS, OPERATING_ROUTES
from kairos.openapi_parts import ANYTHING as _ANYTHING
from kairos.openapi_parts import REF as _REF
from kairos.openapi_parts import TEXT as _TEXT
from kairos.openapi_parts import Route, Schema
from kairos.openapi_parts import list_of as _list
from kairos.openapi_parts import object_of as _object
from kairos.openapi_parts import schema_of as _of
from kairos.openapi_results import RESULT_ROUTES
from kairos.openapi_segments import SEGMENT_MODELS, SEGMENT_ROUTES
from kairos.openapi_site import SITE_ROUTES
from kairos.services.api_keys import ApiKey, KeyWish
from kairos.services.devices import EndpointWish
from kairos.services.importing.wish import ImportWish
from kairos.services.reconciling.showing import State
from kairos.services.scenarios import Standing
from kairos.services.sending.decisions import Decision
from kairos.services.shops import ShopWish

_GENERIC: tuple[type[BaseModel], ...] = (
    generic.OrderRequest,
    generic.RefundRequest,
    generic.CartRequest,
    generic.CustomerRequest,
    generic.ConsentRequest,
    generic.ProductRequest,
    generic.CategoryRequest,
    generic.DeletionRequest,
)
_MODELS: tuple[type[BaseModel], ...] = (
    *_GENERIC,
    activity.BatchRequest,
    activity.EventRequest,
    activity.TagCartRequest,
    activity.IdentifyRequest,
    activity.PushRequest,
    ShopWish,
    Shop,
    KeyWish,
    ApiKey,
    Profile,
    Run,
    LedgerEntry,
    Decision,
    Standing,
    EndpointWish,
    ImportWish,
    OrderMapping,
    CustomerMapping,
    BadRow,
    Trouble,
    *SEGMENT_MODELS,
    *CODE_MODELS,
    *BROADCAST_MODELS,
    *OPERATING_MODELS,
)


_PROBLEM = _object(
    ("type", "title", "status", "detail"),
    type=_TEXT,
    title=_TEXT,
    status={"type": "integer"},
    detail=_TEXT,
    field={"type": "string", "description": "Path of the field, header or parameter that is wrong."},
    remedy={"type": "string", "description": "What the sender can do about it."},
)


_SHOP = "/v1/shops/{shop}"
_CUSTOMER = f"{_SHOP}/customers/{{customer}}"
_SCENARIO = f"{_SHOP}/scenarios/{{scenario}}"
_TEMPLATE = f"{_SHOP}/templates/{{template}}"
_FORM = "/v1/forms/{token}"
_TOKEN = "/v1/unsubscribe/{token}"  # noqa: S105 - a path

_WRITE_KEY: Schema = {"type": "string", "description": "Public; the script tag sends it."}
_SHOWN_SHOP = {"allOf": [_of(Shop), _object(write_key=_WRITE_KEY)]}
_SHOWN_KEY: Schema = {
    "allOf": [_of(ApiKey), _object(("key",), key={**_TEXT, "description": "Shown this once."})]
}
_SETTINGS: Schema = {
    "type": "object",
    "description": "By name; GET …/scenarios/{scenario} shows their schema as settings_schema.",
}
_SCENARIO_LISTED = _object(
    scenario=_TEXT,
    title=_TEXT,
    kind={"enum": ["run", "broadcast"]},
    enabled={"type": "boolean"},
    holdout_percent={"type": "integer"},
    settings=_SETTINGS,
    in_effect=_SETTINGS,
    trouble={"type": ["string", "null"]},
    changed_at={"type": ["string", "null"], "format": "date-time"},
)
_SCENARIO_SHOWN = _object(
    **_SCENARIO_LISTED["properties"],
    watching={"type": ["boolean", "null"]},
    running={"type": ["integer", "null"]},
    under_way={
        "type": ["array", "null"],
        "description": "Those running, by the steps that they have behind them: sent, or left out.",
        "items": _object(behind=_list(_TEXT), runs={"type": "integer"}),
    },
    backlog={
        "type": ["array", "null"],
        "items": _object(entry=_TEXT, customers={"type": "integer"}),
    },
    settings_schema={"type": "object"},
)
_CODES = _object(("name", "codes"), name=_TEXT, codes=_list(_TEXT))
_DRAFT = _object(("subject", "mjml", "text"), subject=_TEXT, mjml=_TEXT, text=_TEXT)
_SHORT_DRAFT = _object(("text",), title=_TEXT, text=_TEXT, url=_TEXT)
_ANY_DRAFT: Schema = {
    "description": "Of an e-mail the first; of other channels, which the name says, the second.",
    "anyOf": [_DRAFT, _SHORT_DRAFT],
}
_PREVIEW: Schema = {"allOf": [{"anyOf": [_DRAFT, _SHORT_DRAFT, {}]}, _object(customer=_TEXT)]}
_ACTIVITY = {
    "allOf": [
        _of(activity.BatchRequest),
        _object(
            events=_list(_of(activity.EventRequest)),
            cart=_of(activity.TagCartRequest),
            identify=_of(activity.IdentifyRequest),
            push=_of(activity.PushRequest),
        ),
    ]
}
_WEBHOOK = {
    "description": "At most 4 MB. To generic one of these; to any other platform what it sends by itself.",
    "anyOf": [*(_of(model) for model in _GENERIC), {}],
}

_COUNT: Schema = {"type": "integer"}
_MAPPING: Schema = {
    "description": 'A ready one by name, one of your own, or changes to a ready one with "like".',
    "anyOf": [{"enum": list(READY)}, _of(OrderMapping), _of(CustomerMapping), _object(like=_TEXT)],
}
_IMPORT = _object(
    ("id", "kind", "state", "rows"),
    id=_TEXT,
    kind={"enum": list(get_args(ImportKind))},
    state={"enum": list(get_args(ImportState))},
    created_at=_TEXT,
    started_at={"type": ["string", "null"]},
    finished_at={"type": ["string", "null"]},
    rows=_object(
        in_file={"type": ["integer", "null"]},
        read=_COUNT,
        good=_COUNT,
        bad=_COUNT,
        nobody=_COUNT,
        erased=_COUNT,
    ),
    orders=_COUNT,
    customers=_COUNT,
    undated_consents=_COUNT,
    bad_rows=_object(first=_list(_of(BadRow)), address={"type": ["string", "null"]}),
    trouble={"anyOf": [_of(Trouble), {"type": "null"}]},
    upload={
        "description": "Where to send the file, while it may be sent.",
        "anyOf": [_object(method=_TEXT, address=_TEXT, seconds=_COUNT), {"type": "null"}],
    },
)

_FOUND = _object(missing=_COUNT, newer=_COUNT)
_RECONCILIATION = _object(
    state={"enum": list(get_args(State))},
    reason={"type": ["string", "null"]},
    remedy={"type": ["string", "null"]},
    since={"type": ["string", "null"]},
    connected_at={"type": ["string", "null"]},
    reconciled_at={"type": ["string", "null"]},
    sure={"anyOf": [_object(orders=_TEXT, customers=_TEXT), {"type": "null"}]},
    next_at={"type": ["string", "null"]},
    found=_object(days=_COUNT, orders=_FOUND, customers=_FOUND, more={"type": "boolean"}),
)

ROUTES: dict[str, Route] = {
    f"PUT {_SHOP}": Route(
        "Create or change a shop; repeating it changes nothing", _SHOWN_SHOP, _of(ShopWish)
    ),
    f"GET {_SHOP}": Route("A shop's settings, never its secrets", _SHOWN_SHOP),
    f"GET {_SHOP}/reconciliation": Route(
        "What asking the shop's own API found of the last days, and what stands in its way", _RECONCILIATION
    ),
    f"POST {_SHOP}/reconciliation": Route(
        "Have the shop's own API asked with the next tick, also where it refused", _RECONCILIATION, status=202
    ),
    f"GET {_SHOP}/keys": Route("The shop's API keys", _object(keys=_list(_of(ApiKey)))),
    f"POST {_SHOP}/keys": Route("Make an API key, shown this once", _SHOWN_KEY, _of(KeyWish), 201),
    f"DELETE {_SHOP}/keys/{{key}}": Route("Withdraw a key from this shop, at once", None, status=204),
    f"POST {_SHOP}/webhooks/{{platform}}": Route(
        "A platform's webhook, signed over its raw body; kept before the answer, judged later",
        _ANYTHING,
        _WEBHOOK,
        opens="signature",
        refuses=(401, 404, 413),
    ),
    f"POST {_SHOP}/activity": Route(
        "What a visitor did, from the script tag; at most 256 kB, as application/json or text/plain",
        _ANYTHING,
        _ACTIVITY,
        opens="write key",
        query=("key",),
        refuses=(401, 404, 413, 429),
    ),
    f"GET {_SHOP}/tag.js": Route(
        "The script tag for the shop's pages: JavaScript, kept by browsers for an hour",
        None,
        opens="nothing",
        refuses=(404,),
    ),
    f"OPTIONS {_SHOP}/activity": Route(
        "Whether a browser of this origin may post", None, status=204, opens="nothing", refuses=(401, 404)
    ),
    f"GET {_SHOP}/customers": Route(
        "The customer with this e-mail address, phone, or id (ours or the shop's); one of the three",
        _object(customers=_list(_of(Profile))),
        query=("email", "phone", "id"),
    ),
    f"GET {_CUSTOMER}": Route("A customer's profile and consents", _of(Profile)),
    f"GET {_CUSTOMER}/export": Route("All that is kept of a customer", _ANYTHING),
    f"DELETE {_CUSTOMER}": Route("Erase a customer for good", None, status=204),
    f"GET {_CUSTOMER}/why": Route(
        "Why a message was or was not sent: runs, decisions, facts",
        _object(
            runs=_list(
                {
                    "allOf": [
                        _of(Run),
                        _object(
                            messages=_list(_of(LedgerEntry)),
                            decisions=_list({"allOf": [_of(Decision), _object(sentence=_TEXT)]}),
                        ),
                    ]
                }
            ),
            not_started=_list(_object(scenario=_TEXT, cause=_TEXT, reason=_TEXT, sentence=_TEXT)),
            not_reached=_list(
                _object(broadcast=_TEXT, scenario=_TEXT, name=_TEXT, at=_TEXT, reason=_TEXT, sentence=_TEXT)
            ),
            addresses=_list(_ANYTHING),
            erased_at={"type": ["string", "null"]},
        ),
        query=("scenario", "language"),
    ),
    f"GET {_CUSTOMER}/endpoints": Route(
        "The customer's phones and browsers that take notifications",
        _object(endpoints=_list(_object(id=_TEXT, channel=_TEXT, registered_at=_TEXT))),
    ),
    f"POST {_CUSTOMER}/endpoints": Route(
        "Register a phone or browser whose owner agreed; repeating it changes nothing",
        _object(("id",), id=_TEXT),
        _of(EndpointWish),
        201,
    ),
    f"DELETE {_CUSTOMER}/endpoints/{{endpoint}}": Route("Send nothing more there", None, status=204),
    f"POST {_SHOP}/imports": Route(
        "Make an import of history; PUT its file to the address in the answer, then start it",
        _IMPORT,
        {"allOf": [_of(ImportWish), _object(mapping=_MAPPING)]},
        201,
    ),
    f"GET {_SHOP}/imports": Route("The imports of the last 30 days", _object(imports=_list(_IMPORT))),
    f"GET {_SHOP}/imports/{{import}}": Route("How far an import has come, and its bad rows", _IMPORT),
    f"POST {_SHOP}/imports/{{import}}/start": Route(
        "Begin an import, or go on where it stopped; repeating it does no harm", _IMPORT, status=202
    ),
    **SEGMENT_ROUTES,
    f"GET {_SHOP}/scenarios": Route("Every scenario in the box", _object(scenarios=_list(_SCENARIO_LISTED))),
    f"GET {_SCENARIO}": Route("A scenario with every setting", _SCENARIO_SHOWN),
    f"PUT {_SCENARIO}": Route(
        "Switch or tune a scenario; what is left out stays", _SCENARIO_SHOWN, _of(Standing)
    ),
    **RESULT_ROUTES,
    **SITE_ROUTES,
    f"POST {_SHOP}/codes/pools": Route("Add discount codes to a pool", _ANYTHING, _CODES),
    **BROADCAST_ROUTES,
    **CODE_ROUTES,
    **OPERATING_ROUTES,
    f"GET {_SHOP}/templates": Route(
        "Every template, and which of them are the shop's own",
        _object(templates=_list(_object(template=_TEXT, own={"type": "boolean"}))),
    ),
    f"GET {_TEMPLATE}": Route("A template, the shop's own or the one in the box", _ANY_DRAFT),
    f"PUT {_TEMPLATE}": Route("Keep the shop's own template", _ANY_DRAFT, _ANY_DRAFT),
    f"DELETE {_TEMPLATE}": Route("Forget the shop's own template", None, status=204),
    f"POST {_TEMPLATE}/preview": Route(
        "A draft, else what would be sent now, filled with a customer's content, else with an example",
        _ANYTHING,
        _PREVIEW,
    ),
    f"POST {_TEMPLATE}/test": Route(
        "Send what would be sent now to an address of the shop's own",
        _object(message_id=_TEXT),
        _object(("to",), to=_TEXT, customer=_TEXT),
        202,
    ),
    f"GET {_SHOP}/forms": Route("The address of the shop's sign-up form", _object(sign_up=_TEXT)),
    f"GET {_FORM}": Route(
        "A hosted form; which one its signed address says; also notify.js and worker.js",
        None,
        opens="token",
        refuses=(404,),
    ),
    f"POST {_FORM}": Route(
        "Answer a hosted form, or switch notifications on or off in this browser",
        None,
        opens="token",
        refuses=(400, 404),
    ),
    f"HEAD {_FORM}": Route("Nothing, for programs that probe links", None, opens="token", refuses=()),
    f"GET {_TOKEN}": Route("A page that asks before it unsubscribes", None, opens="token", refuses=(404,)),
    f"POST {_TOKEN}": Route("Unsubscribe at once (RFC 8058)", None, opens="token", refuses=(404,)),
    f"HEAD {_TOKEN}": Route("Nothing, for programs that probe links", None, opens="token", refuses=()),
    "GET /v1/openapi.json": Route("This document", _ANYTHING, opens="nothing", refuses=()),
}

_GUARDS: dict[str, list[dict[str, list[str]]]] = {
    "key": [{"key": []}],
    "signature": [{"signature": []}],
    "write key": [{"writeKey": []}, {"writeKeyHeader": []}],
    "token": [],
    "nothing": [],
}


@cache
def document() -> dict[str, Any]:
    """The whole OpenAPI 3.1 document."""
    schemas = models_json_schema([(model, "validation") for model in _MODELS], ref_template=_REF)[1]
    paths: dict[str, dict[str, Any]] = {}
    for place, route in ROUTES.items():
        method, path = place.split(" ")
        paths.setdefault(path, {})[method.lower()] = _operation(method, path, route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Kairos",
            "version": "1",
            "description": "Errors are problem documents (RFC 9457) that name the field and the remedy.",
        },
        "paths": paths,
        "components": {
            "schemas": {**schemas["$defs"], "Problem": _PROBLEM},
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "An API key."},
                "signature": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "X-Kairos-Signature",
                    "description": "base64 HMAC-SHA256 of the raw body; each platform has its own header.",
                },
                "writeKey": {"type": "apiKey", "in": "query", "name": "key"},
                "writeKeyHeader": {"type": "apiKey", "in": "header", "name": "X-Kairos-Write-Key"},
            },
        },
    }


def _operation(method: str, path: str, route: Route) -> dict[str, Any]:
    names = re.findall(r"{(\w+)}", path)
    told: dict[str, Any] = {
        "summary": route.about,
        "security": _GUARDS[route.opens],
        "parameters": [
            *({"name": name, "in": "path", "required": True, "schema": _TEXT} for name in names),
            *({"name": name, "in": "query", "schema": _TEXT} for name in route.query),
        ],
        "responses": {
            str(route.status): _response(route.status, route.gives, "application/json"),
            **{
                str(status): _response(
                    status, {"$ref": _REF.format(model="Problem")}, "application/problem+json"
                )
                for status in route.refuses
            },
        },
    }
    if route.opens == "key":
        told["description"] = f"Needs a key of the shop with the role {needed_role(method, path)} or more."
    if route.takes is not None:
        told["requestBody"] = {"required": True, "content": {"application/json": {"schema": route.takes}}}
    return told


def _response(status: int, schema: Schema | None, kind: str) -> dict[str, Any]:
    told: dict[str, Any] = {"description": HTTPStatus(status).phrase}
    return told | ({"content": {kind: {"schema": schema}}} if schema is not None else {})
