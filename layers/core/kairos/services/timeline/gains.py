"""Discount codes given and used, and points."""

from collections.abc import Iterator

from kairos.domain.timeline import Entry
from kairos.services.codes.claims import CodeClaim
from kairos.services.codes.redemption import uses_of
from kairos.services.points import points_of
from kairos.services.timeline.parts import Looked, money


def codes(looked: Looked) -> Iterator[Entry]:
    """Each code when it was given, and each order that used it, whoever placed that."""
    claims = [CodeClaim.model_validate(item.body) for item in looked.held("code#")]
    nodes = looked.known.component.nodes
    uses = uses_of(looked.items, looked.shop.id, (claim.code for claim in claims), nodes)
    for claim in claims:
        named = {"code": claim.code, "message": claim.message_id}
        yield Entry(
            kind="code",
            id=f"code:{claim.message_id}:given",
            at=claim.given_at,
            what="given",
            told={
                **named,
                "discount": claim.kind,
                "percent": claim.percent if claim.kind == "percent" else None,
                "expires_at": claim.expires_at.isoformat() if claim.expires_at else None,
            },
        )
        for use in uses[claim.code.casefold()]:
            yield Entry(
                kind="code",
                id=f"code:{claim.message_id}:used:{use.order}",
                at=use.at,
                what="used",
                told={
                    **named,
                    "order": use.order,
                    "value": money(use.value, use.currency),
                    "currency": use.currency,
                    "counts": use.counts,
                    "by": use.by,
                },
            )


def points(looked: Looked) -> Iterator[Entry]:
    """The lines of the ledger."""
    for line in points_of(looked.shop, looked.known).entries:
        told = {"points": line.points, "of": line.of, "cause": line.cause, "for": line.what}
        yield Entry(kind="points", id=f"points:{line.id}", at=line.at, what=line.kind, told=told)
