"""Days written anew: what was told since becomes part of their files, and what was erased goes."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta

from kairos.domain.site.rows import Gone, Row
from kairos.engine.local_files import LocalFiles
from kairos.engine.manifest import FileRef
from kairos.engine.opening import connect
from kairos.engine.site.tables import COLUMNS, DAY_MS, IN_ORDER, create, load, united
from kairos.engine.sources import relation_of

_EPOCH = date(1970, 1, 1)


def compacted(
    local: LocalFiles,
    days: Mapping[str, FileRef],
    rows: Iterable[Row],
    gone: Iterable[Gone],
    erase: Iterable[Gone],
    since: datetime,
    folder: str,
) -> dict[str, FileRef]:
    """The days' files once these rows are part of them; a day without rows has none.

    gone: of whom nothing may come in; erase: those of them who may be part of files already. since: nothing
    before its day is taken in. folder: where the files lie in the bucket. Raises SnapshotBroken.
    """
    connection = connect(local.folder)
    try:
        create(connection, "fresh")
        load(connection, "fresh", rows)
        connection.execute("CREATE TABLE gone (visitor UBIGINT, until BIGINT)")
        listed = [[one.visitor for one in gone], [one.until for one in gone]]
        connection.execute("INSERT INTO gone SELECT unnest(?::UBIGINT[]), unnest(?::BIGINT[])", listed)
        first = (since.astimezone(UTC).date() - _EPOCH).days
        found = connection.execute(
            f"SELECT DISTINCT (ts // {DAY_MS})::INTEGER FROM fresh WHERE ts >= {first * DAY_MS}"
        ).fetchall()
        changed = {(_EPOCH + timedelta(days=day)).isoformat() for (day,) in found}
        if visitors := sorted({one.visitor for one in erase}):
            named = ", ".join(map(str, visitors))
            changed |= {
                day
                for day, ref in days.items()
                if connection.execute(
                    f"SELECT 1 FROM {relation_of(str(local.path(ref)))} WHERE visitor IN ({named}) LIMIT 1"
                ).fetchone()
            }
        after = dict(days)
        for day in sorted(changed):
            after.pop(day, None)
            number = (date.fromisoformat(day) - _EPOCH).days
            told = f"FROM fresh WHERE ts // {DAY_MS} = {number}"
            if day in days:
                columns = ", ".join(COLUMNS)
                told += f" UNION ALL SELECT {columns} FROM {relation_of(str(local.path(days[day])))}"
            path = local.folder / "day.parquet"
            alive = (
                f"SELECT * FROM ({told}) r WHERE NOT EXISTS"
                " (FROM gone g WHERE g.visitor = r.visitor AND r.ts <= g.until)"
            )
            [[written]] = connection.execute(
                f"COPY ({united(alive)} ORDER BY visitor, {IN_ORDER}) TO '{path}'"
                " (FORMAT parquet, COMPRESSION zstd)"
            ).fetchall()
            if written:
                after[day] = local.store(f"{folder}/{day}", path)
    finally:
        connection.close()
    return after
