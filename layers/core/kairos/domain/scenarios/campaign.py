"""campaign: one message to one segment or to named customers, now or at a time; never by itself.

Figures with a star are our own defaults. Full-price customers get it without its code (services.codes).
"""

from kairos.domain.criteria.durations import LastingDuration
from kairos.domain.message import CodeSource
from kairos.domain.scenario import Scenario
from kairos.domain.scenarios.broadcast_settings import BroadcastSettings
from kairos.domain.scenarios.timeline_settings import Percent, PoolName


class CampaignSettings(BroadcastSettings):
    """code_percent: what a code takes off, none*: no code; usually told with the campaign itself.
    code_valid: 7 days*, from the sending. code_source, code_pool: where codes come from."""

    code_percent: Percent | None = None
    code_valid: LastingDuration = "P7D"
    code_source: CodeSource = "pool"
    code_pool: PoolName | None = None


CAMPAIGN = Scenario(
    name="campaign",
    title="Campaign",
    settings=CampaignSettings,
    durations=("ends_after", "code_valid"),
    criteria={},
    priority=20,
    by_hand=True,
)
