"""Signed messages to a provider of other channels, posted to the address that the shop chose."""

from kairos.adapters.outgoing_https import Posted, post
from kairos.ports import NotSent, OutgoingWebhook

_FOR_NOW = frozenset({429, 503})
"""Not taken, and may be sent again (RFC 6585, 4; RFC 9110, 15.6.4)."""

_SUCCESS, _REDIRECT, _SERVER_ERROR = 200, 300, 500


class WebhookProvider:
    """See ports.Provider. loopback: this machine may be called, on a laptop."""

    def __init__(self, loopback: bool = False) -> None:
        self._loopback = loopback

    def send(self, message: OutgoingWebhook) -> str | None:
        """See ports.Provider. The id is our own: receivers know messages by it."""
        answer = post(message.url, message.body, message.headers, self._loopback)
        _judge(answer)
        return message.headers["webhook-id"]


def _judge(answer: Posted) -> None:
    """Passes what was taken. A server's error tells nothing: it may have passed the message on before."""
    if _SUCCESS <= answer.status < _REDIRECT:
        return
    if answer.status in _FOR_NOW:
        raise NotSent(f"answer {answer.status}", for_now=True)
    if _REDIRECT <= answer.status < _SERVER_ERROR:
        raise NotSent(f"answer {answer.status}", for_now=False)
    raise ConnectionError(f"answer {answer.status}")
