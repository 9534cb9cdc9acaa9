"""Every command of the Makefile explains itself, and the README explains each once."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAKEFILE = (ROOT / "Makefile").read_text()
EXPECTED = {
    "help",
    "demo",
    "up",
    "down",
    "replay",
    "import",
    "test",
    "lint",
    "lock",
    "build",
    "deploy",
    "bench",
    "fuzz",
    "proof",
}
README = ROOT / "README.md"


def targets() -> list[str]:
    return re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE)


def test_the_promised_commands_exist() -> None:
    assert set(targets()) >= EXPECTED


@pytest.mark.parametrize("target", targets())
def test_each_command_has_a_line_in_the_help(target: str) -> None:
    assert re.search(rf"^{target}:.*## \S", MAKEFILE, re.MULTILINE)


@pytest.mark.skipif(not README.exists(), reason="there is no README.md yet")
@pytest.mark.parametrize("target", sorted(EXPECTED - {"help"}))
def test_the_readme_explains_each_command_once(target: str) -> None:
    rows = re.findall(rf"^\|\s*`make {target}[^`]*`\s*\|", README.read_text(), re.MULTILINE)
    assert len(rows) == 1, f"README.md needs exactly one table row that begins with | `make {target}` |"
