"""Reading who a person is: phone numbers, addresses, languages."""

import re
from decimal import Decimal

import phonenumbers

from kairos.adapters.platforms.fields import Fields
from kairos.domain.identity import is_e164
from kairos.domain.person import Address

_LANGUAGE = re.compile(r"^([A-Za-z]{2})(?:[-_]([A-Za-z]{2}))?(?:[-_.@].*)?$")
_MOST_LATITUDE, _MOST_LONGITUDE = 90, 180
_MOST_PHONE = 40


def phone(text: str | None, country: str | None) -> str | None:
    """The number as E.164; country: ISO 3166-1 code that a national number belongs to.

    None where it is no phone number, or a national one of an unknown country. A national number must be
    valid in its country; an international one need only be possible, since numbering plans change.
    """
    told = (text or "").strip()
    if not told or len(told) > _MOST_PHONE:
        return None
    told = "+" + told[2:] if told.startswith("00") else told
    try:
        number = phonenumbers.parse(told, country)
    except phonenumbers.NumberParseException:
        return None
    known = phonenumbers.is_possible_number if told.startswith("+") else phonenumbers.is_valid_number
    if not known(number):
        return None
    form = str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    return form if is_e164(form) else None


def language(text: str | None) -> str | None:
    """A language tag of our form, "de" or "fr-CH"; None where it is none."""
    match = _LANGUAGE.match((text or "").strip())
    if not match:
        return None
    tongue, country = match.group(1).lower(), match.group(2)
    return f"{tongue}-{country.upper()}" if country else tongue


def country(text: str | None) -> str | None:
    """An ISO 3166-1 alpha-2 code in capitals; None where it is none."""
    code = (text or "").strip().upper()
    return code if re.fullmatch("[A-Z]{2}", code) else None


def coordinate(told: Decimal | None, most: int) -> float | None:
    """Degrees, None where out of range."""
    return float(told) if told is not None and abs(told) <= most else None


def address(told: Fields | None, names: dict[str, str]) -> Address | None:
    """The address; names: for each of our fields the platform's. None where nothing is told."""
    if told is None:
        return None
    texts = {ours: told.text(names[ours]) for ours in ("province", "city", "postcode", "street")}
    place = Address(
        country=country(told.text(names["country"])),
        region=told.text(names["region"]) if "region" in names else None,
        latitude=_degrees(told, "latitude", _MOST_LATITUDE),
        longitude=_degrees(told, "longitude", _MOST_LONGITUDE),
        **texts,
    )
    return None if place == Address() else place


def _degrees(told: Fields, name: str, most: int) -> float | None:
    # Coordinates are an extra: an odd one must not cost the order it came with.
    text = told.text(name) or ""
    return coordinate(Decimal(text), most) if re.fullmatch(r"-?\d{1,3}(\.\d{1,20})?", text) else None
