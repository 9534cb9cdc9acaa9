"""The environment of a function."""

import pytest

from kairos.domain.errors import Refused
from kairos.settings import read_settings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WAIT_SCALE", "0.5"),
        ("CLOCK_REAL_ANCHOR", "2026-03-01T12:00:00+00:00"),
        ("CLOCK_SHOWN_ANCHOR", "2026-03-01T12:00:00+00:00"),
    ],
)
def test_production_refuses_any_clock_but_the_real_one(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv("STAGE", "prod")
    monkeypatch.setenv(name, value)
    with pytest.raises(Refused) as refused:
        read_settings()
    assert refused.value.field == name


def test_production_runs_on_real_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAGE", "prod")
    monkeypatch.setenv("WAIT_SCALE", "1")
    monkeypatch.setenv("CLOCK_REAL_ANCHOR", "")
    told = read_settings()
    assert (told.wait_scale, told.clock_real_anchor, told.clock_shown_anchor) == (1, None, None)
