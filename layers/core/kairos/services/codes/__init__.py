"""Discount codes: uploaded or made by the shop, who was given which with which message, who used it."""

from kairos.services.codes.claims import (
    CodeClaim,
    FreeCode,
    claim_of,
    claim_writes,
    claims_of,
    made_code,
    objection,
    release_writes,
    sent_writes,
)
from kairos.services.codes.pools import MOST_PER_UPLOAD, free_code, pools, upload

__all__ = [
    "MOST_PER_UPLOAD",
    "CodeClaim",
    "FreeCode",
    "claim_of",
    "claim_writes",
    "claims_of",
    "free_code",
    "made_code",
    "objection",
    "pools",
    "release_writes",
    "sent_writes",
    "upload",
]
