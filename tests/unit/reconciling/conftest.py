"""One Admin API on this machine for all tests, as new for each."""

from collections.abc import Iterator

import pytest

from kairos.adapters.shop_apis import shopify_reading
from tests.adapters.shop_apis.fake_lists import FakeLists
from tests.unit.reconciling.world import World, admin_api


@pytest.fixture(scope="session")
def admin() -> Iterator[FakeLists]:
    with admin_api() as lists:
        yield lists


@pytest.fixture
def world(admin: FakeLists, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(shopify_reading, "PAGE_SIZES", (3, 1))
    return World(admin)
