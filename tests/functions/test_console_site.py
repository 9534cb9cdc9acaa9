"""The console's page of what visitors do on the shop's site."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kairos import bootstrap
from kairos.domain.site.rows import rows_of_acts, visitor_number
from kairos.services.site.compacting import compact_all
from kairos.services.site.telling import tell
from local.demo_past.visits import look_around, visitor_of
from local.demo_shop.seeded import seeded
from local.shop_generator import SEED, catalogue_of
from tests.functions.console_shop import Browser, Console

SITE = "/shops/demo/site"
VISITS = 60


@pytest.fixture
def reader(aws: Any, monkeypatch: pytest.MonkeyPatch) -> Browser:
    return Console(aws, monkeypatch).browser("reader")


def fail(*told: Any) -> None:
    raise AssertionError(told)


def visited() -> dict[str, int]:
    """Visits of the last ten days; answers how many on each device."""
    random, now, rows = seeded(1), datetime.now(UTC), list[Any]()
    devices: dict[str, int] = {}
    for number in range(VISITS):
        visitor = visitor_of(seeded(1, number), number)
        begins = now - timedelta(hours=1 + number * 4)
        acts = look_around(random, visitor, begins, catalogue_of(SEED)).activities
        key = visitor_number(bootstrap.identity_key().node("demo", "visitor", visitor.id))
        rows += rows_of_acts(key, acts)
        devices[visitor.device] = devices.get(visitor.device, 0) + 1
    tell(bootstrap.objects(), "demo", rows)
    compact_all(bootstrap.compacting_sites(lambda _seconds: True, fail))
    return devices


def test_where_nobody_came_it_says_what_to_do(reader: Browser) -> None:
    page = reader.get(SITE)

    assert page.status == 200
    assert "No visits in this time" in page.html
    assert "/console/shops/demo/settings/" in page.html


def test_it_shows_how_many_came_on_what_and_when(reader: Browser) -> None:
    devices = visited()
    page = reader.get(SITE)

    assert f'<dd class="value">{VISITS}</dd>' in page.html
    for device, many in devices.items():
        assert device.capitalize() in page.html
        assert f">{many}</text>" in page.html
    assert page.html.count('<rect class="heat-') == 7 * 24
    assert "newsletter" in page.html


def test_one_device_is_chosen(reader: Browser) -> None:
    devices = visited()
    page = reader.get(f"{SITE}?device=phone")

    assert f'<dd class="value">{devices["phone"]}</dd>' in page.html
    assert '<option value="phone" selected>' in page.html


@pytest.mark.parametrize(
    "query", ["from=2999-01-01", "from=2026-05-02&to=2026-05-01", "from=yesterday", "device=fridge"]
)
def test_what_cannot_be_is_said_at_the_field(reader: Browser, query: str) -> None:
    page = reader.get(f"{SITE}?{query}")

    assert page.status == 400
    assert 'id="from-error"' in page.html
