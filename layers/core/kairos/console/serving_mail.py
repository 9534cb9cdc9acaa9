"""Mails within pages: each at an address of its own, shut off from everything around it."""

from kairos.console.asked import Answer
from kairos.console.guarding import POLICY

_SHUT_OFF = "; ".join(
    (
        # No script, no form, no storage, an origin of its own: whatever a template holds stays in its frame.
        "sandbox",
        "default-src 'none'",
        "style-src 'unsafe-inline'",  # mails bring their styles inline: mail programs know no others
        "img-src https: http: data:",  # the shop's pictures lie wherever it keeps them
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'self'",
    )
)


def framed(page: Answer) -> Answer:
    """The page with leave to hold frames with pages of the console."""
    return page._replace(headers={**page.headers, "content-security-policy": f"{POLICY}; frame-src 'self'"})


def mail(answer: Answer) -> Answer:
    """A mail for such a frame."""
    return answer._replace(headers={**answer.headers, "content-security-policy": _SHUT_OFF})
