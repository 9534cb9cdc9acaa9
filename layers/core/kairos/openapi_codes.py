"""The routes about discount codes, points, the timeline and support contacts, as the API describes them."""

from typing import Any, get_args

from pydantic import BaseModel

from kairos.domain.message import CodeKind
from kairos.domain.points import PointsKind
from kairos.domain.support import SupportContact
from kairos.domain.timeline import KINDS
from kairos.openapi_parts import TEXT, Route, Schema, list_of, object_of, schema_of
from kairos.services.codes.redemption import By
from kairos.services.points import RedemptionWish

_CUSTOMER = "/v1/shops/{shop}/customers/{customer}"

_COUNT: Schema = {"type": "integer"}
_FLAG: Schema = {"type": "boolean"}
_TEXT_OR_NONE: Schema = {"type": ["string", "null"]}

CODE_MODELS: tuple[type[BaseModel], ...] = (RedemptionWish, SupportContact)

_POOL = object_of(("pool", "free", "given", "low"), pool=TEXT, free=_COUNT, given=_COUNT, low=_FLAG)
_USE = object_of(
    ("order", "at", "value", "currency", "counts", "by"),
    order=TEXT,
    at=TEXT,
    value=TEXT,
    currency=TEXT,
    counts=_FLAG,
    by={"enum": list(get_args(By))},
)
_CODE = object_of(
    ("code", "uses"),
    code=TEXT,
    customer=_TEXT_OR_NONE,
    state={"enum": ["waiting", "open", "used", "expired"]},
    kind={"enum": list(get_args(CodeKind))},
    percent={"type": ["integer", "null"]},
    pool=_TEXT_OR_NONE,
    message_id=TEXT,
    scenario=_TEXT_OR_NONE,
    step=_TEXT_OR_NONE,
    given_at=TEXT,
    expires_at=_TEXT_OR_NONE,
    uses=list_of(_USE),
)
_ENTRY: dict[str, Any] = object_of(
    ("kind", "id", "at", "what"), kind={"enum": list(KINDS)}, id=TEXT, at=TEXT, what=TEXT
) | {"additionalProperties": True}
_LINE = object_of(
    ("id", "kind", "at", "points", "of"),
    id=TEXT,
    kind={"enum": list(get_args(PointsKind))},
    at=TEXT,
    points=_COUNT,
    of=TEXT,
    cause=TEXT,
    what=TEXT,
)
_BALANCE: dict[str, Schema] = {"balance": _COUNT, "debt": _COUNT}
_REDEMPTION = object_of(
    ("id", "points", "for", "at"), **{"id": TEXT, "points": _COUNT, "for": TEXT, "at": TEXT}
)

CODE_ROUTES: dict[str, Route] = {
    "GET /v1/shops/{shop}/codes": Route(
        "How many codes each pool has; what became of a customer's codes, or of one code",
        object_of(("pools",), pools=list_of(_POOL), codes=list_of(_CODE)),
        query=("customer", "code"),
    ),
    f"GET {_CUSTOMER}/timeline": Route(
        "What happened with a customer, newest first; kinds: a list with commas, all if left out",
        object_of(("entries", "cursor"), entries=list_of(_ENTRY), cursor=_TEXT_OR_NONE),
        query=("cursor", "kinds"),
    ),
    f"GET {_CUSTOMER}/points": Route(
        "A customer's points: balance and ledger, newest first",
        object_of(
            ("enabled", "balance", "debt", "entries"), enabled=_FLAG, entries=list_of(_LINE), **_BALANCE
        ),
    ),
    f"POST {_CUSTOMER}/points/redemptions": Route(
        "Redeem points, once for each id",
        object_of(("redemption", "balance", "debt"), redemption=_REDEMPTION, **_BALANCE),
        schema_of(RedemptionWish),
        refuses=(400, 401, 403, 404, 409),
    ),
    f"POST {_CUSTOMER}/support-contacts": Route(
        "Tell of an inquiry with support, once for each id",
        schema_of(SupportContact),
        schema_of(SupportContact),
    ),
}
