"""Closures know the products that their customer ordered, put into a cart or saw: no rule needs more."""

import pytest

from kairos.domain.profile import Profile
from tests.agreement import readings
from tests.agreement.check import check


@pytest.mark.parametrize(
    ("known_by", "asked_by"), [("orders", "ordered"), ("carts", "abandoned_cart"), ("acts", "viewed")]
)
def test_a_catalogue_that_lacks_some_of_them_is_found(
    known_by: str, asked_by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = readings.products_of

    def lacking(profile: Profile) -> set[str]:
        return whole(profile.model_copy(update={known_by: ()}))

    monkeypatch.setattr(readings, "products_of", lacking)
    with pytest.raises(AssertionError, match="the two readings differ"):
        check([0], [asked_by])
