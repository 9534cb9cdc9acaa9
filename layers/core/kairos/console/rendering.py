"""Pages from Jinja templates, every value escaped, every name of a sentence or field known."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from kairos.console import charts
from kairos.console.assets import version
from kairos.console.said import AFTER
from kairos.console.sections import sections
from kairos.console.words import LANGUAGES, NAMES

if TYPE_CHECKING:
    from kairos.console.asked import Asked

_TEMPLATES = files("kairos.console") / "templates"


@cache
def environment() -> Environment:
    """Jinja, once per process."""
    made = Environment(
        loader=FileSystemLoader(str(_TEMPLATES)),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals |= {"charts": charts, "languages": NAMES, "codes": LANGUAGES}
    return made


def render(asked: "Asked", template: str, told: Mapping[str, Any]) -> str:
    """The page. told: what its template names beside what every template may name."""
    shop = asked.shop
    done = asked.query.get("done", "")
    given = {
        "asked": asked,
        "t": asked.say,
        "root": asked.root,
        "at": asked.at if shop else asked.root,
        "shop": shop,
        "csrf": asked.csrf,
        "language": asked.language,
        "f": asked.formats if shop else None,
        "section": asked.section,
        "sections": [one for one in sections() if one.icon],
        "assets": f"{asked.root}/assets/{version()}",
        "done": asked.say(done) if done in AFTER else "",
        "may_change": asked.may("marketer"),
        "owns": asked.may("owner"),
    }
    return environment().get_template(template).render({**given, **told})
