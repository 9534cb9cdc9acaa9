"""Files of history for tests, and what is read of them."""

import io
from datetime import UTC, datetime
from typing import Any

from kairos.adapters.history.reader import Reader, reader_of
from kairos.adapters.history.rows import Row, Rows, open_rows
from kairos.adapters.history.telling import Telling
from kairos.domain.imports import BadRow, Import
from kairos.domain.shop import Sender, Shop
from kairos.services.importing.parts import grouped
from kairos.services.importing.wish import ImportWish, resolve_wish
from tests.unit.api.fakes import FixedClock

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
SHOP = Shop(
    id="velo",
    name="Velo",
    platform="generic",
    currency="EUR",
    timezone="Europe/Berlin",
    transfer_gateways=("Vorkasse",),
    sender=Sender(email="shop@example.com", name="Velo"),
)
SIMPLE = {"order_id": "id", "placed_at": "date", "email": "email", "total": "total"}


def told(columns: dict[str, Any] | None = None, **wish: Any) -> Import:
    """An import of a file with these columns."""
    if "mapping" not in wish:
        options = {name: wish.pop(name) for name in list(wish) if name not in ImportWish.model_fields}
        wish["mapping"] = {"columns": columns or SIMPLE, **options}
    asked = ImportWish.model_validate({"kind": "orders", **wish})
    resolved = resolve_wish(asked)
    return Import(
        id="i1",
        format=resolved.format,
        mapping=resolved.mapping,
        needed=resolved.needed,
        exported_at=asked.exported_at,
        created_at=NOW,
    )


def opened(text: str | bytes, asked: Import) -> Rows:
    """The file's rows, not yet gone through."""
    raw = text.encode() if isinstance(text, str) else text
    return open_rows(io.BytesIO(raw), asked)


def rows(text: str | bytes, asked: Import | None = None) -> list[Row | BadRow]:
    """All rows of the file."""
    return list(opened(text, asked or told()).each)


def reader(text: str | bytes, asked: Import) -> tuple[Reader, list[Row]]:
    """The reader of the file, and its rows that can be read."""
    file = opened(text, asked)
    found = [one for one in file.each if isinstance(one, Row)]
    return reader_of(asked, file.layout.fields, file.layout.names, SHOP, FixedClock(NOW)), found


def tellings(text: str | bytes, asked: Import | None = None) -> list[Telling]:
    """What the file tells, in the order in which its groups begin."""
    read, found = reader(text, asked or told())
    return [read.read(*group) for group in grouped(found, read)]


def snapshots(text: str | bytes, asked: Import | None = None) -> list[Any]:
    """What it tells of people."""
    return [one.snapshot for one in tellings(text, asked) if one.snapshot is not None]


def problems(text: str | bytes, asked: Import | None = None) -> list[tuple[int, str]]:
    """Line and column of each bad row."""
    return [(bad.line, bad.field) for one in tellings(text, asked) for bad in one.bad]
