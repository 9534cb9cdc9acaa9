"""Finding a customer by what somebody at the counter knows: an address, a number, an id."""

from kairos.console.asked import Answer, Asked
from kairos.console.sections import SHOP, Route, Section
from kairos.domain.errors import Refused
from kairos.services.finding import by_what, find


def show(asked: Asked) -> Answer:
    """The search."""
    return asked.page("customers.html", q="", wrong="")


def search(asked: Asked) -> Answer:
    """On to the customer where there is one. Posted, so that no address stands in histories and logs."""
    wanted = asked.one("q")[:200]
    if not wanted:
        return asked.page("customers.html", q="", wrong="")
    by = by_what(wanted)
    try:
        found = find(asked.parts.items, asked.parts.desk().key, asked.here.id, by, wanted)
    except Refused:
        return asked.page("customers.html", 400, q=wanted, wrong=f"customers.wrong.{by}")
    if found:
        return asked.go(f"{asked.at}/customers/{found[0].id}")
    return asked.page("customers.html", q=wanted, wrong="")


SECTION = Section(
    "customers",
    (
        Route("GET", f"{SHOP}/customers", "reader", show),
        Route("POST", f"{SHOP}/customers", "reader", search),
    ),
    icon="M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8M4.5 20.5a7.5 7.5 0 0 1 15 0",
)
