"""The dictionaries as they are kept in a file: each is read only when it is asked for.

Most rules need none of the long ones, such as that of all e-mail addresses.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kairos.engine.tables import DICTIONARIES


def packed(words: Mapping[str, Sequence[Any]]) -> bytes:
    """All dictionaries as the bytes of a file: an object whose values are JSON texts of their own."""
    return json.dumps({name: _text(listed) for name, listed in words.items()}, ensure_ascii=False).encode()


def _text(told: Any) -> str:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


class Kept(Mapping[str, list[Any]]):
    """What was packed. Raises ValueError at once where the bytes are damaged or cut off."""

    def __init__(self, raw: bytes) -> None:
        told = json.loads(raw)
        if not isinstance(told, dict) or not all(isinstance(text, str) for text in told.values()):
            raise ValueError("These are no dictionaries.")
        self._texts: dict[str, str] = told

    def __getitem__(self, name: str) -> list[Any]:
        """The words by code, read anew each time."""
        return [_word(word) for word in json.loads(self._texts[name])]

    def __contains__(self, name: object) -> bool:
        """Whether it was kept; reads nothing."""
        return name in self._texts

    def __iter__(self) -> Iterator[str]:
        """Names of dictionaries."""
        return iter(self._texts)

    def __len__(self) -> int:
        """How many dictionaries."""
        return len(self._texts)


def _word(told: Any) -> Any:
    """As it was before JSON made lists of tuples: of texts, or of such tuples. There may be 200,000."""
    if not isinstance(told, list):
        return told
    return tuple(told) if told and isinstance(told[0], str) else tuple(map(_word, told))


class Words(Mapping[str, list[Any]]):
    """Lists of words by dictionary, taken from what was kept when first asked for, and growing from then."""

    def __init__(self, kept: Mapping[str, Sequence[Any]]) -> None:
        self._kept = kept
        self._lists: dict[str, list[Any]] = {}

    def __getitem__(self, name: str) -> list[Any]:
        """The list itself; [None] where nothing was kept."""
        if name not in self._lists:
            if name not in DICTIONARIES:
                raise KeyError(name)
            self._lists[name] = list(self._kept[name]) if name in self._kept else [None]
        return self._lists[name]

    def __iter__(self) -> Iterator[str]:
        """Names of all dictionaries."""
        return iter(DICTIONARIES)

    def __len__(self) -> int:
        """How many dictionaries there are."""
        return len(DICTIONARIES)
