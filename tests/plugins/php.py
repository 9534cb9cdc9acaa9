"""Running PHP, where it is installed."""

import json
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULE = ROOT / "integrations/prestashop/kairos"
CRON_TOKEN = "cron-token-of-the-shop"
PLUGIN = ROOT / "integrations/woocommerce/kairos"


def php() -> str:
    """The interpreter; skips aloud where there is none."""
    found = shutil.which("php")
    if found is None:
        pytest.skip("PHP is absent: install Debian's php-cli")
    return found


def run(script: str, told: dict[str, Any]) -> list[Any]:
    """What a script of this folder answers, of JSON to JSON. A warning of PHP's fails the test."""
    script_file = Path(__file__).parent / script
    command = [php(), "-d", "error_reporting=E_ALL", "-d", "display_errors=stderr", str(script_file)]
    done = subprocess.run(
        command, input=json.dumps(told), capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    answered: list[Any] = json.loads(done.stdout)
    return answered


def run_module(
    api: str,
    shop: str,
    secrets: tuple[str, str],
    steps: Sequence[list[Any]],
    cookies: Mapping[str, str],
    more: Mapping[str, Any] | None = None,
) -> list[Any]:
    """PrestaShop's module in the invented shop of prestashop/shop.json: rows by class and id.

    secrets: the webhook's and the tag's. more: rows beside those, and "settings_of" by shop, which go before.
    """
    held = json.loads((Path(__file__).parent / "prestashop/shop.json").read_text())
    settings = {
        "KAIROS_API": api,
        "KAIROS_SHOP": shop,
        "KAIROS_SECRET": secrets[0],
        "KAIROS_TAG_SECRET": secrets[1],
        "KAIROS_CRON_TOKEN": CRON_TOKEN,
    }
    more = dict(more or {})
    told = {"module": str(MODULE), "settings": settings, "settings_of": more.pop("settings_of", {})}
    told |= {"shop": held | more, "cookie": dict(cookies)}
    return run("prestashop/run.php", told | {"steps": list(steps)})


def run_plugin(
    api: str, shop: str, secrets: tuple[str, str], steps: Sequence[list[Any]], cookies: Mapping[str, str]
) -> list[Any]:
    """WooCommerce's plugin with a cart of one product. secrets: the webhook's and the tag's."""
    settings = {"api": api, "shop": shop, "secret": secrets[0], "tag_secret": secrets[1]}
    told = {"plugin": str(PLUGIN), "settings": settings, "cookie": dict(cookies), "steps": list(steps)}
    return run("woocommerce/run.php", told)
