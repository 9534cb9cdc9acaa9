"""The untouched deliveries, kept for 30 days: one object for each batch and shop."""

import gzip
from collections.abc import Iterable
from datetime import UTC
from hashlib import sha256

from kairos.domain.delivery import Delivery
from kairos.domain.value import canonical_json
from kairos.ports import Objects


def archive(objects: Objects, shop: str, deliveries: Iterable[Delivery]) -> str:
    """Keep the shop's deliveries under raw/{shop}/{day of first receipt}/{hash}.jsonl.gz. Returns the key.

    The same deliveries make the same object, in whatever order they come.
    """
    told = sorted(deliveries, key=lambda one: (one.received_at, one.body))
    lines = "".join(canonical_json(one.as_json()) + "\n" for one in told).encode()
    day = told[0].received_at.astimezone(UTC).date().isoformat()
    key = f"raw/{shop}/{day}/{sha256(lines).hexdigest()[:32]}.jsonl.gz"
    objects.put(key, gzip.compress(lines, mtime=0), "application/gzip")
    return key
