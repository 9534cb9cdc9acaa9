"""Looking at a page: screenshots, whether it fits, and whether it can be read."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

SCREENS = {"phone": (390, 844), "desktop": (1280, 900)}
SHOTS = Path(__file__).resolve().parents[2] / ".local/screenshots"


def shoot(view: Page, name: str, request: pytest.FixtureRequest) -> None:
    """Keep what is to be seen, named after the test's parameters."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    case = request.node.callspec.id
    view.screenshot(path=SHOTS / f"{name}-{case}.png", full_page=True)


def fits(view: Page) -> bool:
    """Whether nothing has to be scrolled sideways."""
    return bool(view.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def contrast(view: Page, selector: str) -> float:
    """Least contrast of the texts that match, against the nearest painted background (WCAG 2.2, 1.4.3)."""
    script = """nodes => {
      const channel = v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
      const read = colour => colour.match(/[\\d.]+/g).map(Number);
      const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
      const behind = node => {
        for (; node; node = node.parentElement) {
          const colour = read(getComputedStyle(node).backgroundColor);
          if (colour.length === 3 || colour[3] > 0.99) return colour;
        }
        return [255, 255, 255];
      };
      return Math.min(...nodes.filter(n => n.innerText.trim()).map(node => {
        const [a, b] = [light(read(getComputedStyle(node).color)), light(behind(node))];
        return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      }));
    }"""
    return float(view.eval_on_selector_all(selector, script))
