"""Deliveries that could not be recorded: what was wrong, what to do, and sending them again."""

from kairos.api import read_as
from kairos.console.asked import Answer, Asked
from kairos.console.sections import SHOP, Route, Section
from kairos.console.words import has
from kairos.services.dead_letters.replaying import SHOWN, ReplayWish, list_letters, replay


def show(asked: Asked) -> Answer:
    """The newest, by reason."""
    told = list_letters(asked.parts.items, asked.parts.clock, asked.here.id)
    letters = [{**one, "said": _said(asked, one["reason"])} for one in told["letters"]]
    replayed = asked.query.get("replayed", "")
    return asked.page(
        "dead_letters.html",
        letters=letters,
        more=told["more"],
        shown=SHOWN,
        replayed=int(replayed) if replayed.isdigit() and len(replayed) < 7 else None,
    )


def send_again(asked: Asked) -> Answer:
    """Those that were ticked, or all."""
    every = asked.one("which") == "all"
    names = asked.form.get("letter", [])
    if not every and not names:
        return asked.go(f"{asked.at}/dead-letters", "dead_letters.none_chosen")
    wish = read_as(ReplayWish, {"all": True} if every else {"letters": names})
    done = replay(asked.parts.desk().replaying(), asked.here.id, wish)
    return asked.go(f"{asked.at}/dead-letters?replayed={done['replayed']}")


def _said(asked: Asked, reason: str) -> str:
    """In the reader's language, where it is one of ours."""
    name = f"dead_letters.reason.{reason.replace(' ', '_')}"
    return asked.say(name) if has(asked.language, name) else reason


SECTION = Section(
    "dead_letters",
    (
        Route("GET", f"{SHOP}/dead-letters", "reader", show),
        Route("POST", f"{SHOP}/dead-letters", "marketer", send_again),
    ),
    icon="M4 13h4l2 3h4l2-3h4M4 13l3-8h10l3 8v6H4zM12 6v5M10 9l2 2 2-2",
)
