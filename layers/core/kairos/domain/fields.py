"""Fields of the profile by name: its own, and whatever else the shop or a form tells."""

from collections.abc import Callable, Iterator, Mapping

from kairos.domain.profile import Profile

_OWN: Mapping[str, Callable[[Profile], str | None]] = {
    "first_name": lambda who: who.person.first_name,
    "last_name": lambda who: who.person.last_name,
    "email": lambda who: who.email,
    "phone": lambda who: who.phone,
    "gender": lambda who: who.person.gender,
    "language": lambda who: who.person.language,
    "birthday": lambda who: who.person.birthday.isoformat() if who.person.birthday else None,
    "postcode": lambda who: who.person.address.postcode if who.person.address else None,
}


CONTACTS = frozenset({"email", "phone"})
"""Own fields of which hardly two customers hold the same value."""


def field_of(profile: Profile, name: str) -> str | None:
    """The field of that name, trimmed; None where it is empty. An own one hides an extra one of its name."""
    value = _OWN[name](profile) if name in _OWN else profile.person.attributes.get(name)
    return (value or "").strip() or None


def fields_of(profile: Profile) -> Iterator[tuple[str, str]]:
    """Every field that is not empty: its name, and its value trimmed."""
    for name in {**_OWN, **profile.person.attributes}:
        if value := field_of(profile, name):
            yield name, value
