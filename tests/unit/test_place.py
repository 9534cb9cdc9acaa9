"""Where a local stack lives, as the environment says."""

from pathlib import Path

import pytest

from local.place import ROOT, StackError, default_place


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KAIROS_HOME", "KAIROS_PORT", "KAIROS_WAIT_SCALE", "AUTH"):
        monkeypatch.delenv(name, raising=False)


def test_without_settings_it_lives_in_the_repository_on_this_machine_only() -> None:
    place = default_place()
    assert place.stack_file == ROOT / ".local/stack.json"
    assert place.endpoint.startswith("http://127.0.0.1:")
    assert not place.auth


def test_the_environment_moves_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in (("HOME", str(tmp_path)), ("PORT", "4999"), ("WAIT_SCALE", "0.5")):
        monkeypatch.setenv(f"KAIROS_{name}", value)
    monkeypatch.setenv("AUTH", "true")
    place = default_place()
    assert (place.home, place.port, place.wait_scale, place.auth) == (tmp_path.resolve(), 4999, 0.5, True)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KAIROS_WAIT_SCALE", "fast"),
        ("KAIROS_WAIT_SCALE", "2"),
        ("KAIROS_WAIT_SCALE", "0"),
        ("KAIROS_PORT", "x"),
    ],
)
def test_a_setting_without_sense_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(StackError, match=name):
        default_place()
