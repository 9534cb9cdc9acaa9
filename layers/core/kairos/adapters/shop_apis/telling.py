"""A list of a shop's API as documents, each as the platform's webhook would have posted it."""

import json
from typing import Any

from kairos.ports import NotRead, ShopDocument


def documents_of(told: Any, name: str | None, topic: str) -> tuple[ShopDocument, ...]:
    """The objects of the list at that name, of the list itself where none is given. Raises NotRead where
    there is no such list: whatever answered is not this API."""
    listed = told.get(name) if name is not None and isinstance(told, dict) else told
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise NotRead("not the list that was asked for", for_now=True)
    return tuple(ShopDocument(topic, body_of(one)) for one in listed)


def body_of(told: Any) -> bytes:
    """Compact JSON. Amounts are texts in the APIs that are read so; what stands as a number stays one."""
    return json.dumps(told, separators=(",", ":")).encode()
