"""Every PHP file of the plugins is sound by itself."""

import re
import subprocess
from xml.etree import ElementTree

import pytest

from tests.plugins.php import MODULE, PLUGIN, php

XLIFF = "{urn:oasis:names:tc:xliff:document:1.2}"
FILES = sorted([*MODULE.rglob("*.php"), *PLUGIN.rglob("*.php")])


def test_there_are_files_to_check() -> None:
    assert len(FILES) > 20


EACH_PARSES = "foreach (array_slice($argv, 1) as $f) { token_get_all(file_get_contents($f), TOKEN_PARSE); }"


def test_every_file_parses() -> None:
    command = [php(), "-r", EACH_PARSES, "--", *map(str, FILES)]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (told.returncode, told.stderr + told.stdout) == (0, "")


@pytest.mark.parametrize(
    "main", [MODULE / "kairos.php", PLUGIN / "kairos.php"], ids=lambda one: one.parts[-3]
)
def test_php_s_own_check_passes(main: object) -> None:
    told = subprocess.run([php(), "-l", str(main)], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout


def test_every_folder_of_the_module_is_guarded() -> None:
    folders = {one.parent for one in MODULE.rglob("*") if one.is_file() and "translations/" not in str(one)}
    assert [folder for folder in folders if not (folder / "index.php").is_file()] == []


def test_no_file_of_the_module_runs_by_itself() -> None:
    guarded = [one for one in MODULE.rglob("*.php") if one.name != "index.php"]
    assert [one.name for one in guarded if "defined('_PS_VERSION_')" not in one.read_text()] == []


def test_no_file_of_the_plugin_runs_by_itself() -> None:
    guarded = [one for one in PLUGIN.rglob("*.php") if one.name != "index.php"]
    assert [
        one.name
        for one in guarded
        if "defined( 'ABSPATH' )" not in one.read_text() and one.name != "uninstall.php"
    ] == []


def test_every_wording_of_the_module_is_translated() -> None:
    code = "".join(file.read_text() for file in [MODULE / "kairos.php", *MODULE.glob("src/*.php")])
    said = re.findall(r"trans\(\s*'((?:[^'\\]|\\.)*)',", code)
    assert len(said) > 10
    for file in MODULE.glob("translations/*/*.xlf"):
        known = {unit.text for unit in ElementTree.parse(file).iter(f"{XLIFF}source")}  # noqa: S314 - our own
        assert set(said) - {"Kairos"} == known, file.name
