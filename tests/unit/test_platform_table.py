"""The pages of the platforms keep up with their registry."""

import re
from pathlib import Path

import pytest

from kairos.adapters.platforms.platform import PLATFORMS
from kairos.adapters.platforms.signatures import SIGNATURES
from local.platform_table import NAMES, SUBJECTS, subject, topics, written

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "docs/platforms"


def test_the_tables_are_those_of_the_registry() -> None:
    told = (PAGES / "README.md").read_text()
    assert written(told) == told, (
        "Run `.venvs/dev/bin/python -m local.platform_table docs/platforms/README.md`."
    )


def test_every_platform_that_can_post_is_read_and_stands_in_the_tables() -> None:
    assert set(SIGNATURES) == set(NAMES) == set(PLATFORMS) - {"activity"}


def test_no_topic_is_left_out_of_the_tables() -> None:
    for name in set(NAMES) - {"generic"}:
        placed = [topic for listed in topics(name).values() for topic in listed]
        assert sorted(placed) == sorted(PLATFORMS[name].topics)
        assert set(topics(name)) <= set(SUBJECTS)


def test_a_reader_of_no_known_subject_is_refused() -> None:
    with pytest.raises(ValueError, match="no known subject"):
        subject(lambda _message: [])


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"generic"}))
def test_every_platform_has_a_page_that_tells_how_it_connects(name: str) -> None:
    page = (PAGES / f"{name}.md").read_text()
    assert f"webhooks/{name}" in page or name == "prestashop"
    assert re.search(r"^## Connect", page, re.MULTILINE)
    assert f"]({name}.md)" in (PAGES / "README.md").read_text()


def test_no_link_of_the_pages_is_broken() -> None:
    broken = [
        f"{page.name}: {target}"
        for page in PAGES.glob("*.md")
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text())
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert broken == []
