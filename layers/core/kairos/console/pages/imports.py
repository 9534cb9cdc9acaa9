"""Imports of a shop's past: made, the file sent from the browser, followed, and its bad rows shown."""

import re
from datetime import datetime
from typing import Any, get_args
from urllib.parse import urlsplit

from kairos.adapters.history.ready import READY
from kairos.api import read_as
from kairos.console.asked import Answer, Asked
from kairos.console.guarding import POLICY
from kairos.console.sections import SHOP, Route, Section
from kairos.domain.errors import Refused
from kairos.domain.imports import Encoding
from kairos.services.importing.wish import ImportWish

_IMPORT = f"{SHOP}/imports/{{import}}"
OWN = "own"
"""Stands for a mapping that begins from nothing."""

SEPARATORS = (",", ";", "tab", "|")
ENCODINGS: tuple[str, ...] = get_args(Encoding)
_FIELDS = (
    "kind", "mapping", "format", "separator", "encoding", "columns", "dates", "decimal", "currency",
    "exported_at",
)  # fmt: skip


def show(asked: Asked) -> Answer:
    """Those of the last weeks."""
    return asked.page("imports.html", found=asked.parts.desk().imports().list(asked.here.id))


def show_new(asked: Asked) -> Answer:
    """What the file is, and how its columns are to be read."""
    platform = asked.here.platform
    told = dict.fromkeys(_FIELDS, "")
    told |= {"kind": "orders", "mapping": platform if platform in READY else "kairos", "format": "csv"}
    told |= {"separator": ",", "encoding": "utf-8", "decimal": "."}
    return _form(asked, told)


def create(asked: Asked) -> Answer:
    """The import; its file is sent from the next page."""
    told = {one: asked.one(one) for one in _FIELDS}
    try:
        wish = read_as(ImportWish, _wish(asked, told))
        made = asked.parts.desk().imports().create(asked.here.id, wish)
    except Refused as wrong:
        return _form(asked, told, wrong)._replace(status=400)
    return asked.go(f"{asked.at}/imports/{made['id']}")


def show_one(asked: Asked) -> Answer:
    """Where to send the file, how far it has come, or how it ended."""
    told = asked.parts.desk().imports().show(asked.here.id, asked.path["import"])
    answer = asked.page("import.html", told=told, **_progress(told))
    if told["upload"] is None:
        return answer
    # The file goes from the browser to the bucket itself: for this page alone the bucket may be called.
    address = urlsplit(told["upload"]["address"])
    origin = f"{address.scheme}://{address.netloc}"
    policy = POLICY.replace("connect-src 'self'", f"connect-src 'self' {origin}")
    return answer._replace(headers={**answer.headers, "content-security-policy": policy})


def show_progress(asked: Asked) -> Answer:
    """How far it has come: a part of the page, which asks for itself until the import ends."""
    told = asked.parts.desk().imports().show(asked.here.id, asked.path["import"])
    return asked.page("import_progress.html", told=told, **_progress(told))


def start(asked: Asked) -> Answer:
    """Begin, or go on where it stopped."""
    place = f"{asked.at}/imports/{asked.path['import']}"
    try:
        asked.parts.desk().imports().start(asked.here.id, asked.path["import"])
    except Refused:
        return asked.go(place, "imports.not_sent")
    return asked.go(place)


def _progress(told: dict[str, Any]) -> dict[str, Any]:
    rows = told["rows"]
    share = rows["read"] / rows["in_file"] if rows["in_file"] else None
    return {"share": share, "width": round((share or 0) * 100)}


def _wish(asked: Asked, told: dict[str, str]) -> dict[str, Any]:
    own: dict[str, Any] = {}
    if columns := _columns(told["columns"]):
        own["columns"] = columns
    if told["dates"]:
        own["date_formats"] = [told["dates"]]
    if told["decimal"] == ",":
        own["decimal"] = ","
    if told["currency"]:
        own["currency"] = told["currency"].upper()
    if told["mapping"] == OWN:
        mapping: str | dict[str, Any] = own
    else:
        mapping = {"like": told["mapping"], **own} if own else told["mapping"]
    wish = {
        "kind": told["kind"],
        "mapping": mapping,
        "format": told["format"],
        "separator": told["separator"],
        "encoding": told["encoding"],
    }
    return wish | ({"exported_at": _instant(asked, told["exported_at"])} if told["exported_at"] else {})


def _columns(text: str) -> dict[str, str | list[str]]:
    """Lines of "field = column"; of several columns with commas the first that is filled counts."""
    found: dict[str, str | list[str]] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        field, equals, named = line.partition("=")
        if not equals or not re.fullmatch(r"\s*[a-z_]+\s*", field) or not named.strip():
            problem = f"Line {number} is not field = column."
            raise Refused("mapping.columns", problem, "Write one of each line, such as email = E-mail.")
        several = [one.strip() for one in named.split(",") if one.strip()]
        found[field.strip()] = several if len(several) > 1 else named.strip()
    return found


def _instant(asked: Asked, text: str) -> str:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=asked.here.zone).isoformat()
    except ValueError:
        raise Refused("exported_at", "It is no time.", "Choose day and time.") from None


def _form(asked: Asked, told: dict[str, str], wrong: Refused | None = None) -> Answer:
    field = _input(wrong.field) if wrong else ""
    return asked.page(
        "import_new.html",
        told=told,
        ready=sorted(READY),
        own=OWN,
        separators=SEPARATORS,
        encodings=ENCODINGS,
        field=field,
        wrong=f"{wrong.problem} {wrong.remedy}" if wrong else "",
    )


def _input(field: str) -> str:
    """The input in which what was refused was typed."""
    parts = field.split(".")
    if parts[0] != "mapping":
        return parts[0]
    inner = parts[1].partition("[")[0] if len(parts) > 1 else "mapping"
    return {"date_formats": "dates"}.get(inner, inner if inner in _FIELDS else "columns")


SECTION = Section(
    "imports",
    (
        Route("GET", f"{SHOP}/imports", "marketer", show),
        Route("GET", f"{SHOP}/new-import", "marketer", show_new),
        Route("POST", f"{SHOP}/new-import", "marketer", create),
        Route("GET", _IMPORT, "marketer", show_one),
        Route("GET", f"{_IMPORT}/progress", "marketer", show_progress),
        Route("POST", f"{_IMPORT}/start", "marketer", start),
    ),
    icon="M12 4v11M8 11l4 4 4-4M4 17v3h16v-3",
)
