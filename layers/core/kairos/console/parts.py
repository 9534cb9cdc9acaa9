"""What the console's pages need, put together."""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from kairos.ports import Clock, Items, People

if TYPE_CHECKING:
    from kairos.console.desk import Desk
    from kairos.services.broadcasts.making import Making
    from kairos.services.results.showing import Results
    from kairos.services.segments.parts import Segments
    from kairos.services.sending.testing import TemplateTests
    from kairos.services.site.showing import Showing


class Parts(NamedTuple):
    """clock: the shops'; real: of sessions. api_url: where browsers reach the API, "" for where they ask.

    secure: whether browsers come by TLS. What is called with () is made when it is first asked for.
    """

    items: Items
    clock: Clock
    real: Clock
    people: People
    api_url: str
    secure: bool
    segments: "Callable[[], Segments]"
    results: "Callable[[], Results]"
    making: "Callable[[], Making]"
    testing: "Callable[[], TemplateTests]"
    desk: "Callable[[], Desk]"
    sites: "Callable[[], Showing]"
