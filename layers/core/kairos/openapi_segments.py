"""The routes of segments, feeds, audiences, personas and stated consents."""

from pydantic import BaseModel

from kairos.domain.feed import Feed, FeedRead, FeedWish
from kairos.domain.persona import Persona, PersonaWish
from kairos.domain.profile import Profile
from kairos.domain.segment import Segment
from kairos.domain.segment_wish import NewSegment, RuleWish, SegmentEdit
from kairos.openapi_parts import ANYTHING, TEXT, Route, Schema, list_of, object_of, schema_of
from kairos.services.consenting import ConsentsWish
from kairos.services.segments.lists import ListChange

SEGMENT_MODELS: tuple[type[BaseModel], ...] = (
    Segment,
    NewSegment,
    SegmentEdit,
    RuleWish,
    ListChange,
    Feed,
    FeedRead,
    FeedWish,
    Persona,
    PersonaWish,
    ConsentsWish,
)

_SHOP = "/v1/shops/{shop}"
_SEGMENTS = f"{_SHOP}/segments"
_SEGMENT = f"{_SEGMENTS}/{{segment}}"
_PERSONA = f"{_SHOP}/personas/{{persona}}"

_EDITING = (400, 401, 403, 404, 409)
_ASKING = (400, 401, 403, 404, 503)
"""What questions to the snapshot refuse: 503 while it is being built."""

_AMOUNT: Schema = {"type": ["string", "null"], "description": "In the shop's currency, as a decimal text."}
_INSTANT: Schema = {"type": ["string", "null"], "format": "date-time"}
_NUMBER: Schema = {"type": ["integer", "null"]}
_TEXT_OR_NONE: Schema = {"type": ["string", "null"]}
_VALUE = object_of(
    buyers=_NUMBER,
    orders=_NUMBER,
    revenue=_AMOUNT,
    revenue_per_member=_AMOUNT,
    average_basket=_AMOUNT,
    spending=object_of(least=_AMOUNT, median=_AMOUNT, most=_AMOUNT),
)
_USES = list_of(object_of(kind=TEXT, id=TEXT, name=TEXT))
_COUNTED = object_of(count=_NUMBER, value=_VALUE, as_of=_INSTANT, warnings=list_of(TEXT), used_by=_USES)
_SHOWN: Schema = {"allOf": [schema_of(Segment), _COUNTED]}
_LISTED = object_of(
    segments=list_of(_SHOWN),
    templates=list_of(ANYTHING),
    of=_NUMBER,
    as_of=_INSTANT,
    warnings=list_of(TEXT),
)
_MEMBER = object_of(id=TEXT, email=_TEXT_OR_NONE, first_name=_TEXT_OR_NONE, last_name=_TEXT_OR_NONE)
_CURSOR: Schema = {"type": ["string", "null"], "description": "Send it for the next page; null on the last."}
_FOUND = object_of(count=_NUMBER, of=_NUMBER, sample=list_of(_MEMBER), ms=_NUMBER, as_of=_INSTANT)
_IMPACT = object_of(enter=_NUMBER, leave=_NUMBER, running=ANYTHING, as_of=_INSTANT, used_by=_USES)
_ADDRESSES: Schema = {**object_of(csv=TEXT, json=TEXT), "description": "Shown this once."}
_AUDIENCE = object_of(
    network=TEXT,
    add={**list_of({}), "description": "Members in the network's own form, hashed."},
    remove={**list_of({}), "description": "Who is to be taken off, likewise."},
    cursor=_CURSOR,
    since={"type": ["string", "null"], "description": "On the last page: what to send with the next read."},
)
_TYPICAL = object_of(
    members=_NUMBER,
    of=_NUMBER,
    share={"type": ["number", "null"], "description": "Per cent of all customers."},
    average_age=_NUMBER,
    average_basket=_AMOUNT,
    days_between_orders=_NUMBER,
    next_order={"type": ["string", "null"], "format": "date"},
    next_products=list_of(object_of(id=TEXT, title=_TEXT_OR_NONE, buyers=_NUMBER)),
)

SEGMENT_ROUTES: dict[str, Route] = {
    f"PUT {_SHOP}/customers/{{customer}}/consents": Route(
        "State what a customer agreed to, or no longer does; a withdrawal made with us stands",
        schema_of(Profile),
        schema_of(ConsentsWish),
    ),
    f"GET {_SEGMENTS}": Route(
        "Every segment with its size and value, ready-made ones first, and the templates to copy",
        _LISTED,
        query=("language",),
    ),
    f"POST {_SEGMENTS}": Route(
        "Make a segment: a rule, a fixed list, or a copy; it is evaluated at once",
        _SHOWN,
        schema_of(NewSegment),
        201,
        refuses=_EDITING,
    ),
    f"POST {_SEGMENTS}/preview": Route(
        "How many customers a rule finds that is not kept yet, of how many, and some of them",
        _FOUND,
        schema_of(RuleWish),
        refuses=_ASKING,
    ),
    f"GET {_SEGMENT}": Route("A segment with size and value, and what uses it", _SHOWN, query=("language",)),
    f"PUT {_SEGMENT}": Route(
        "Change a segment of the shop's own, at once; what is left out stays",
        {"allOf": [_SHOWN, object_of(changes=_IMPACT)]},
        schema_of(SegmentEdit),
        refuses=_EDITING,
    ),
    f"DELETE {_SEGMENT}": Route(
        "Delete a segment of the shop's own; 409 while a segment, scenario or persona uses it",
        None,
        status=204,
        refuses=_EDITING,
    ),
    f"POST {_SEGMENT}/impact": Route(
        "Who would enter and leave if the segment had this rule, and what uses it",
        _IMPACT,
        schema_of(RuleWish),
        refuses=_ASKING,
    ),
    f"GET {_SEGMENT}/members": Route(
        "Members by id, page by page; names are masked for readers",
        object_of(members=list_of(_MEMBER), cursor=_CURSOR, as_of=_INSTANT),
        query=("cursor", "limit"),
        refuses=_ASKING,
    ),
    f"POST {_SEGMENT}/members": Route(
        "Put customers on a fixed list and take them off it, by id or e-mail address",
        object_of(put=_NUMBER, removed=_NUMBER, unknown=list_of(TEXT)),
        schema_of(ListChange),
    ),
    f"GET {_SEGMENT}/history": Route(
        "Size and value as each day began",
        object_of(days=list_of(object_of(day=TEXT, count=_NUMBER, value=_VALUE))),
    ),
    f"GET {_SEGMENT}/feeds": Route(
        "The segment's open feeds, never their addresses",
        object_of(feeds=list_of({"allOf": [schema_of(Feed), object_of(reads=list_of(schema_of(FeedRead)))]})),
    ),
    f"POST {_SEGMENT}/feeds": Route(
        "Open a feed: secret addresses from which programs read the members, shown this once",
        {"allOf": [schema_of(Feed), object_of(addresses=_ADDRESSES)]},
        schema_of(FeedWish),
        201,
    ),
    f"DELETE {_SEGMENT}/feeds/{{feed}}": Route("Close a feed, at once", None, status=204),
    f"GET {_SEGMENT}/audience": Route(
        "Hashed identifiers for an advertising network, of members who agreed to advertising: the whole list,"
        " or what changed since a reader last had it",
        _AUDIENCE,
        query=("network", "reader", "since", "cursor", "buyers"),
        refuses=(*_ASKING, 409),
    ),
    f"GET {_SHOP}/personas": Route("The shop's personas", object_of(personas=list_of(schema_of(Persona)))),
    f"GET {_PERSONA}": Route(
        "A persona with typical values from behaviour",
        {"allOf": [schema_of(Persona), object_of(typical=_TYPICAL)]},
        refuses=_ASKING,
    ),
    f"PUT {_PERSONA}": Route(
        "Make or replace a persona: a named bundle of segments", schema_of(Persona), schema_of(PersonaWish)
    ),
    f"DELETE {_PERSONA}": Route("Delete a persona; its segments stay", None, status=204),
    "GET /v1/feeds/{feed}": Route(
        "Members who may be mailed, as .csv or .json; where it goes on stands in the header Link",
        object_of(members=list_of(_MEMBER), next=_CURSOR),
        opens="token",
        query=("cursor",),
        refuses=(400, 404, 503),
    ),
}
