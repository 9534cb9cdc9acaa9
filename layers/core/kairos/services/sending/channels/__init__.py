"""How messages take each channel: one file each. `COMPOSE` is the closed list of those there are."""

from collections.abc import Mapping

from kairos.domain.consent import Channel
from kairos.services.sending.channels import email, push, sms, web_push, webhook
from kairos.services.sending.channels.draft import Compose

COMPOSE: Mapping[Channel, Compose] = {
    "email": email.compose,
    "sms": sms.compose,
    "push": push.compose,
    "web_push": web_push.compose,
    "webhook": webhook.compose,
}
"""By channel, what makes of a draft the message that the channel's provider takes."""
