"""A list of a shop's API as documents, each as the platform's webhook would have posted it."""

import json
from collections.abc import Sequence
from typing import Any

from kairos.ports import NotRead, ShopDocument


def listed(told: Any, name: str | None) -> Sequence[dict[str, Any]]:
    """The objects of the list at that name, of the list itself where none is given. Raises NotRead where
    there is no such list: whatever answered is not this API."""
    found = told.get(name) if name is not None and isinstance(told, dict) else told
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise NotRead("not the list that was asked for", for_now=True)
    return found


def documents_of(told: Any, name: str | None, topic: str) -> tuple[ShopDocument, ...]:
    """The same as documents. Raises NotRead."""
    return tuple(ShopDocument(topic, body_of(one)) for one in listed(told, name))


def body_of(told: Any) -> bytes:
    """Compact JSON. Amounts are texts in the APIs that are read so; what stands as a number stays one."""
    return json.dumps(told, separators=(",", ":")).encode()
