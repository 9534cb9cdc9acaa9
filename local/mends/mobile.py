"""SMS and push messages land in the outbox; the stock emulator keeps them in memory, or nowhere."""

import re
from typing import Any

from local.mends import clock, outbox


def mend() -> None:
    """Note what SNS publishes to phone numbers and to endpoints of push platforms."""
    from ministack.services import sns

    stock = sns._publish

    def publish(params: Any) -> Any:
        answer = stock(params)
        phone, target = sns._p(params, "PhoneNumber"), sns._p(params, "TargetArn")
        channel = "sms" if phone else "push" if target in sns._platform_endpoints else None
        if channel and answer[0] == 200:
            body = answer[2].decode() if isinstance(answer[2], bytes) else answer[2]
            found = re.search("<MessageId>(.*?)</MessageId>", body)
            outbox.append(
                {
                    "channel": channel,
                    "at": clock.shown_now().isoformat(),
                    "message_id": found[1] if found else "",
                    "to": [phone or target],
                    "text": sns._p(params, "Message"),
                    "attributes": sns._parse_message_attributes(params),
                }
            )
        return answer

    sns._publish = publish
