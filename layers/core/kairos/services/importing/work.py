"""The work on one import: step by step, each of which may be done again."""

from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from kairos.domain.errors import Conflict, NotFound, Refused, Throttled, Unavailable
from kairos.domain.imports import Phase, Trouble
from kairos.services.importing.cleaning import delete_parts
from kairos.services.importing.jobs import Job, change_job, read_job
from kairos.services.importing.steps import STEPS, Overtaken, Work
from kairos.services.shops import load_shop

TRIES = 8
"""Attempts at one step before the import fails, to be started again."""

TRIES_UNFORESEEN = 3
"""The same, of a step that fails as nobody foresaw: by a broken connection, or by a mistake of ours."""

LONGEST_PAUSE = 30
"""Seconds between two attempts."""

_START_AGAIN = "Start it again: it goes on where it stopped."


class Importing(NamedTuple):
    """again: has the work on an import of a shop go on elsewhere. sleep: takes seconds.

    on_error: is told in which phase something failed, and by what.
    """

    given: Work
    again: Callable[[str, str], None]
    sleep: Callable[[float], None]
    on_error: Callable[[Phase, Exception], None]

    def work(self, shop: str, import_id: str, enough_time: Callable[[], bool]) -> None:
        """Work until all is done or time is up; then it goes on elsewhere. enough_time: asked at each step.

        Whatever cuts it short, calling it again goes on with the step that was not finished. What is wrong
        with the file or the request ends it as failed, with field and remedy.
        """
        tries = 0
        while (job := self._running(shop, import_id)) is not None:
            if not enough_time():
                self.again(shop, import_id)
                return
            try:
                self._step(job)
                tries = 0
            except Overtaken:
                self._tidy_up(shop, import_id)
                return
            except Refused as wrong:
                self._fail(job, Trouble(field=wrong.field, problem=wrong.problem, remedy=wrong.remedy))
            except (Throttled, Unavailable, Conflict) as error:
                tries += 1
                self._pause(job, error, tries, TRIES, "The store was too busy for too long.")
            except Exception as error:
                tries += 1
                problem = "Something went wrong on our side; the log tells where."
                self._pause(job, error, tries, TRIES_UNFORESEEN, problem)

    def _running(self, shop: str, import_id: str) -> Job | None:
        """The import as it now stands, None where there is nothing to do."""
        try:
            job = read_job(self.given.items, shop, import_id)
        except NotFound:  # expired, or the shop was erased
            return None
        return job if job.told.state == "running" else None

    def _step(self, job: Job) -> None:
        shop = load_shop(self.given.items, job.shop)
        if shop is None:
            raise Overtaken
        STEPS[job.told.progress.phase](self.given, job, shop)

    def _pause(self, job: Job, error: Exception, tries: int, most: int, problem: str) -> None:
        """Wait before another attempt, or fail where there were enough of them."""
        self.on_error(job.told.progress.phase, error)
        if tries < most:
            self.sleep(min(2.0**tries, LONGEST_PAUSE))
        else:
            self._fail(job, Trouble(field="", problem=problem, remedy=_START_AGAIN))

    def _fail(self, job: Job, trouble: Trouble) -> None:
        """Unless somebody else has got further since: then it was their haste that disturbed this step."""
        with suppress(Conflict, NotFound):
            now = read_job(self.given.items, job.shop, job.told.id)
            if now.told.state == "running" and _done(now) == _done(job):
                change_job(self.given.items, now, {"state": "failed", "trouble": trouble})
                self.given.counts.add("Imports", state="failed")

    def _tidy_up(self, shop: str, import_id: str) -> None:
        """What was written here after somebody else had cleaned up, would stay."""
        with suppress(NotFound):
            now = read_job(self.given.items, shop, import_id)
            if now.told.state == "done":
                delete_parts(self.given.files, now)


def _done(job: Job) -> tuple[Phase, int, int]:
    """Which steps are done."""
    progress = job.told.progress
    return progress.phase, progress.parts_done, progress.told
