"""Inquiries that customers made with a shop's support, as the shop's help desk tells them."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from kairos.domain.activity import Activity
from kairos.domain.value import Instant, Value
from kairos.domain.visits import ActivityFact

ContactId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{1,64}$")]
SupportChannel = Literal["email", "phone", "chat", "messenger", "social", "form", "in_store"]


class SupportContact(Value):
    """One inquiry. id: the help desk's own. subject: what it was about. complaint: it was one. settled: with
    it, all that they complained of is settled.
    """

    id: ContactId
    subject: Annotated[str, StringConstraints(min_length=1, max_length=300)] | None = None
    channel: SupportChannel
    at: Instant
    complaint: bool = False
    settled: bool = False

    @property
    def act(self) -> Activity:
        """The inquiry as criteria see it: as one that the script tag told. Without its subject."""
        stage = "complaint" if self.complaint else None
        return Activity(id=f"support:{self.id}", kind="support", at=self.at, stage=stage)

    @property
    def fact(self) -> ActivityFact:
        """That there was one on that day, for the profile."""
        return ActivityFact(day=self.at.date().isoformat(), kinds={"support": 1})
