"""Rows become records of customers."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, tzinfo
from typing import Any, NamedTuple

from pydantic import ValidationError

from kairos.adapters.history import people
from kairos.adapters.history.rows import Row
from kairos.adapters.history.telling import Telling, consent
from kairos.adapters.history.values import MOST_TEXT, Cells, Wrong, grouping_id, plain
from kairos.domain.customer import CustomerSnapshot
from kairos.domain.identity import folded_email
from kairos.domain.imports import BadRow
from kairos.domain.mapping import ATTRIBUTE, CustomerMapping
from kairos.domain.person import Gender

_GENDERS: dict[str, Gender] = {
    **dict.fromkeys(("f", "female", "w", "woman", "mrs", "ms"), "female"),
    **dict.fromkeys(("m", "male", "man", "mr"), "male"),
    **dict.fromkeys(("x", "d", "o", "other", "divers", "diverse"), "other"),
}


class CustomerRows(NamedTuple):
    """Reads the customers of one file. fields: of a row's cells. names: what the file calls them.

    exported_at: when the file was written, if that is known; created_at: when it was to be imported.
    """

    mapping: CustomerMapping
    fields: Sequence[str]
    names: Mapping[str, str]
    cells: Cells
    zone: tzinfo
    exported_at: datetime | None
    created_at: datetime

    def group_of(self, cells: Sequence[str]) -> str | None:
        """What rows of one customer share; None where the row names nobody."""
        told = dict(zip(self.fields, cells, strict=True))
        return grouping_id(told.get("customer_id", "")) or folded_email(told.get("email")) or None

    def belongs_with(self, cells: Sequence[str]) -> str:
        """The same; rows that name nobody lie anywhere."""
        return self.group_of(cells) or ""

    def read(self, rows: Sequence[Row], occurrence: int) -> Telling:
        """The newest record that the rows state, of equally old ones the last. occurrence: of no concern."""
        del occurrence
        tellings = [self._read(row) for row in rows]
        newest = max(
            (one for one in reversed(tellings) if one.snapshot),
            key=lambda one: one.snapshot.updated_at if one.snapshot else self.created_at,
            default=Telling(),
        )
        return newest._replace(
            good=sum(one.good for one in tellings),
            nobody=sum(one.nobody for one in tellings),
            bad=tuple(bad for one in tellings for bad in one.bad),
        )

    def _read(self, row: Row) -> Telling:
        told = {field: text[:MOST_TEXT] for field, text in zip(self.fields, row.cells, strict=True) if text}
        field = ""
        try:
            times = {}
            for field in ("updated_at", "registered_at", "consent_at", "birthday"):
                times[field] = self.cells.time(told[field]) if field in told else None
            field = "email" if "email" in told else "phone"
            return self._record(row.line, told, times)
        except Wrong as wrong:
            problem, where = wrong.problem, self.names.get(field, field)
        except ValidationError as wrong:
            problem, where = str(wrong.errors(include_url=False, include_input=False)[0]["msg"]), ""
        return Telling(bad=(BadRow(line=row.line, field=where, problem=problem),))

    def _record(self, line: int, told: dict[str, str], times: Mapping[str, datetime | None]) -> Telling:
        who = people.identities(told)
        if not (who.platform_id or who.email):
            return Telling(nobody=1)
        if times["consent_at"] is None:
            told.pop("consent_at", None)
        said = consent(told, who, times["consent_at"] or self.exported_at, "customer")
        record = CustomerSnapshot(
            id=who.platform_id or who.email or "",
            updated_at=times["updated_at"] or self.exported_at or self.created_at,
            registered_at=times["registered_at"],
            identities=who,
            person=people.person(told).model_copy(update=self._more(told, times["birthday"])),
            consents=said.statements,
            tags=tuple(tag for part in told.get("tags", "").split(",") if (tag := part.strip())),
            group=told.get("group"),
            acquisition=told.get("acquisition"),
        )
        return Telling(record, line, good=1, undated=said.undated)

    def _more(self, told: Mapping[str, str], born: datetime | None) -> dict[str, Any]:
        birthday: date | None = born.astimezone(self.zone).date() if born else None
        attributes = {
            field.removeprefix(ATTRIBUTE): plain(text)
            for field, text in told.items()
            if field.startswith(ATTRIBUTE)
        }
        gender = _GENDERS.get(told.get("gender", "").strip().casefold().rstrip("."))
        return {"birthday": birthday, "gender": gender, "attributes": attributes}
