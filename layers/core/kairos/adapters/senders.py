"""What SES and the DNS say of a sender."""

from typing import Any, Literal

from botocore.exceptions import BotoCoreError, ClientError

from kairos.domain.errors import Unavailable
from kairos.ports import SenderIdentity

_PATIENCE = 2.5
"""Seconds for each question to the DNS: somebody waits for the answer, and asks again."""

_DKIM_ZONE = "dkim.amazonses.com"

_STATES: dict[str, Literal["good", "waiting", "failed", "off"]] = {
    "SUCCESS": "good",
    "PENDING": "waiting",
    "TEMPORARY_FAILURE": "waiting",
    "FAILED": "failed",
    "NOT_STARTED": "off",
}
"""Of DKIM and of MAIL FROM alike (SES v2 API reference, DkimAttributes, MailFromAttributes)."""


class SesIdentities:
    """See ports.SenderIdentities. client: of SES v2."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def show(self, name: str) -> SenderIdentity | None:
        """See ports.SenderIdentities."""
        try:
            told = self._client.get_email_identity(EmailIdentity=name)
        except ClientError as error:
            if error.response["Error"]["Code"] == "NotFoundException":
                return None
            raise Unavailable("SES does not say.") from error
        except BotoCoreError as error:
            raise Unavailable(f"SES gave no answer: {type(error).__name__}.") from error
        dkim, mail_from = told.get("DkimAttributes") or {}, told.get("MailFromAttributes") or {}
        return SenderIdentity(
            verified=bool(told.get("VerifiedForSendingStatus")),
            dkim=_STATES.get(dkim.get("Status", ""), "off"),
            tokens=tuple(dkim.get("Tokens") or ()),
            dkim_zone=dkim.get("SigningHostedZone") or _DKIM_ZONE,
            mail_from=mail_from.get("MailFromDomain") or None,
            mail_from_state=_STATES.get(mail_from.get("MailFromDomainStatus", ""), "off"),
            region=self._client.meta.region_name,
        )


class Dns:
    """See ports.Names."""

    def texts(self, name: str) -> list[str]:
        """See ports.Names."""
        # Imported here: no other page of the console pays for it.
        import dns.exception
        import dns.resolver

        try:
            resolver = dns.resolver.Resolver()
            answer = resolver.resolve(name, "TXT", lifetime=_PATIENCE)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except (dns.exception.DNSException, OSError) as error:
            raise Unavailable(f"The DNS gave no answer: {type(error).__name__}.") from error
        return [b"".join(one.strings).decode("utf-8", "replace") for one in answer]
