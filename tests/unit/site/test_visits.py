"""Visits, whatever is done when, and however it is told: in any parts, any order, more than once."""

from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from kairos.domain.activity import Activity
from kairos.domain.site.rows import rows_of_acts
from tests.unit.site.by_hand import Site, visits_of
from tests.unit.site.world import NOW, ZONE, World

START = NOW - timedelta(days=3)
KINDS = st.sampled_from(["page", "product", "cart", "chat"])
# Seconds between two things done: most of them about the pause that ends a visit.
PAUSES = st.one_of(st.integers(1, 4000), st.sampled_from([1799, 1800, 1801, 86_400]))
DONE = st.lists(st.tuples(st.integers(0, 2), PAUSES, KINDS), max_size=25)


def acts_of(done: list[tuple[int, int, str]]) -> list[tuple[str, Activity]]:
    clocks = dict.fromkeys(range(3), START)
    found = []
    for number, (visitor, pause, kind) in enumerate(done):
        clocks[visitor] += timedelta(seconds=pause)
        act = Activity(id=f"e{number}", kind=kind, at=clocks[visitor], target=f"/{number % 3}")
        found.append((f"visitor {visitor}", act))
    return found


@settings(max_examples=12, deadline=None)
@given(DONE, st.data())
def test_visits_are_those_that_counting_by_hand_finds(
    done: list[tuple[int, int, str]], data: st.DataObject
) -> None:
    acts = acts_of(done)
    rows = [row for visitor, one in acts for row in rows_of_acts(int(visitor[-1]), [one])]
    told = data.draw(st.permutations([*rows, *rows[::3]]))
    cut = data.draw(st.integers(0, len(told)))
    with TemporaryDirectory() as folder:
        world = World(Path(folder))
        for some in (told[:cut], told[cut:]):
            world.tell(*some)
            world.compact()
            # Opened between the two, so that the second is laid over what was opened.
            world.show()
        end = NOW + timedelta(days=25)
        asked = world.figures({"from": START.isoformat(), "to": end.isoformat()})
        world.sites.open(world.shop, NOW).site.close()
    expected = Site(visits_of(acts), ZONE, START, end).answer()
    assert asked == expected
