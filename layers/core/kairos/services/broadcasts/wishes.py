"""What a shop may ask for: a campaign, what the next newsletter says, runs for many customers."""

from typing import Annotated, Any, Self

from pydantic import Field, StringConstraints, model_validator

from kairos.domain.broadcast import MOST_NAMED, CustomerId
from kairos.domain.campaign_content import Contents
from kairos.domain.message import CodeSource
from kairos.domain.scenarios.broadcast_settings import MOST_A_MINUTE
from kairos.domain.scenarios.timeline_settings import Percent, PoolName
from kairos.domain.segment import SegmentId
from kairos.domain.value import Instant, Value

Named = Annotated[tuple[CustomerId, ...], Field(min_length=1, max_length=MOST_NAMED)]
CampaignName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Written = Annotated[Contents, Field(min_length=1, max_length=20)]


class _Whom(Value):
    """segment: its id; customers: by id, 1,000 at most. confirm: false counts, true starts.

    pace: members a minute, in place of the scenario's setting.
    """

    segment: SegmentId | None = None
    customers: Named | None = None
    pace: Annotated[int, Field(ge=1, le=MOST_A_MINUTE)] | None = None
    confirm: bool = False


class CampaignWish(_Whom):
    """One message to one segment, or to named customers.

    content: by language. at: when it goes, None for now. name: the campaign's; sent again under the same name
    it is the same campaign, so that a request may be repeated. code_percent: what a code takes off that it
    carries, None for no code; code_source, code_pool: as the scenario's settings.
    """

    content: Written
    at: Instant | None = None
    name: CampaignName | None = None
    code_percent: Percent | None = None
    code_source: CodeSource | None = None
    code_pool: PoolName | None = None

    @model_validator(mode="after")
    def _is_for_somebody(self) -> Self:
        if (self.segment is None) == (self.customers is None):
            raise ValueError("names no audience, or two; send either segment or customers")
        return self

    @property
    def settings(self) -> dict[str, Any]:
        """Those of the scenario that it sets for itself."""
        names = ("code_percent", "code_source", "code_pool", "pace")
        return {name: getattr(self, name) for name in names if getattr(self, name) is not None}


class RunsWish(_Whom):
    """Runs of a timeline for a segment, for named customers, or for the backlog: those who match a way in
    as the scenario is switched on, each at the stage where they stand."""

    backlog: bool = False

    @model_validator(mode="after")
    def _is_for_somebody(self) -> Self:
        if [self.segment is not None, self.customers is not None, self.backlog].count(True) != 1:
            raise ValueError("names no audience, or two; send one of segment, customers and backlog")
        return self


class NewsletterContent(Value):
    """What the next newsletter says, by language."""

    content: Written
