"""The closed registry of actions, by the name that a timeline calls each."""

from collections.abc import Mapping

from kairos.services.acting.action import Action
from kairos.services.acting.complaints import tell_support
from kairos.services.acting.perks import flag_priority_support, tag_gift
from kairos.services.acting.stopping import stop_mailing

ACTIONS: Mapping[str, Action] = {
    one.__name__: one for one in (tell_support, flag_priority_support, tag_gift, stop_mailing)
}
