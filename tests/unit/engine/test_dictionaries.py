"""Words come back as they were kept, and only those that are asked for are read."""

import pytest

from kairos.engine import dictionaries
from kairos.engine.dictionaries import Kept, Words, packed
from kairos.engine.encode import Dictionaries
from kairos.engine.tables import DICTIONARIES

WORDS = {
    "country": [None, "DE", "Ö"],
    "tags": [None, ("vip",), ("sale", "vip")],
    "contact": [None, ("email", "ada@example.com")],
    "fields": [None, (("amount", "10"), ("level", "gold"))],
}


def test_words_come_back_as_they_were_kept() -> None:
    assert dict(Kept(packed(WORDS))) == WORDS


def test_a_dictionary_that_nobody_asks_for_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    read = []
    whole = dictionaries._word
    monkeypatch.setattr(dictionaries, "_word", lambda told: read.append(told) or whole(told))
    words = Words(Kept(packed(WORDS)))

    assert words["country"][2] == "Ö"
    assert read == WORDS["country"]


def test_every_dictionary_begins_with_none_even_if_nothing_was_kept() -> None:
    words = Words({})

    assert list(words) == list(DICTIONARIES)
    assert {tuple(listed) for listed in words.values()} == {(None,)}


def test_a_dictionary_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(KeyError):
        Words({})["colours"]


def test_what_is_added_is_kept_with_the_rest() -> None:
    known = Dictionaries(Kept(packed(WORDS)))

    assert known.code("country", "FR") == 3
    assert known.code("country", "DE") == 1
    assert Kept(packed(known.words))["country"] == [None, "DE", "Ö", "FR"]
    assert Kept(packed(known.words))["tags"] == WORDS["tags"]


@pytest.mark.parametrize("raw", [b"", b"[]", b'{"country": [null]}', packed(WORDS)[:-5]])
def test_what_is_damaged_is_refused_at_once(raw: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        Kept(raw)
