"""Telling a site's files what became known: rows, and who is gone."""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from kairos.domain.site.rows import Gone, Row, millis, visitor_number
from kairos.engine.site.delta import Told, pack
from kairos.engine.site.manifest import NEW
from kairos.ports import Objects

_VISITOR = "v"


def tell(objects: Objects, shop: str, rows: Iterable[Row] = (), gone: Iterable[Gone] = ()) -> None:
    """Have it become part of the site's files. Telling it again changes nothing."""
    told = Told(tuple(rows), tuple(gone))
    if told.rows or told.gone:
        body = pack(told)
        objects.put(f"{NEW}/{shop}/{sha256(body).hexdigest()[:32]}.jsonl.gz", body, "application/gzip")


def forget_visitors(objects: Objects, shop: str, nodes: Iterable[str], at: datetime) -> None:
    """Have all that the visitors among these nodes did up to then taken out of the site's files."""
    visitors = sorted(visitor_number(node) for node in nodes if node[0] == _VISITOR)
    tell(objects, shop, gone=[Gone(one, millis(at)) for one in visitors])
