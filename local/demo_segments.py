"""The demo shop's segments, as a marketer sees them: names, sizes, worth, and the preview of a new rule."""

import time
from collections.abc import Callable
from typing import Any

Api = Callable[..., Any]
"""A request below the shop's address: method, path, body."""

RULE = {
    "all": [
        {"kind": "order_count", "at_least": 2},
        {"not": {"kind": "last_order", "within": "P60D"}},
        {"kind": "accepts_marketing", "channel": "email"},
    ]
}
"""Came back once, silent for 60 days, may be written to."""

EVERYBODY = {"kind": "order_count", "at_least": 0}
_SHOWN = 12
_SECONDS = 60


def await_snapshot(api: Api, customers: int) -> bool:
    """Whether the snapshot knows at least so many customers within a minute."""
    deadline = time.monotonic() + _SECONDS
    while time.monotonic() < deadline:
        if api("POST", "/segments/preview", {"rule": EVERYBODY})["of"] >= customers:
            return True
        time.sleep(0.5)
    return False


def show_segments(api: Api, currency: str, say: Callable[[str], None]) -> None:
    """The ready-made segments that have members, largest first, and a preview."""
    listed = api("GET", "/segments")["segments"]
    filled = sorted((one for one in listed if one.get("count")), key=lambda one: -one["count"])
    say(f"\n{len(listed)} segments came with the shop; {len(filled)} of them have members:\n")
    for one in filled[:_SHOWN]:
        per_member = (one.get("value") or {}).get("revenue_per_member") or "0.00"
        say(f"  {one['count']:5}  {one['name']:36} {currency} {per_member} revenue per member")
    found = api("POST", "/segments/preview", {"rule": RULE})
    say(
        "\nA rule of one's own, tried before it is kept (ordered twice, silent for 60 days, consented):\n"
        f"  {found['count']} of {found['of']} customers, in {found['ms']} ms"
    )
