"""The sender check: what stands in the DNS, what is missing, and what nobody could say."""

from typing import Any

from kairos.domain.errors import Unavailable
from kairos.ports import SenderIdentity
from kairos.services.senders import Senders, check_sender
from tests.unit.api.shop_floor import SHOP

DOMAIN = SHOP.sender.email.rpartition("@")[2]
GOOD = SenderIdentity(
    True, "good", ("t1", "t2"), "dkim.amazonses.com", f"bounce.{DOMAIN}", "good", "eu-west-1"
)
TEXTS = {
    f"bounce.{DOMAIN}": ["v=spf1 include:amazonses.com ~all"],
    f"_dmarc.{DOMAIN}": ["google-site=1", "v=DMARC1; p=quarantine"],
}


class Identities:
    """See ports.SenderIdentities."""

    def __init__(self, **known: SenderIdentity) -> None:
        self.known = known

    def show(self, name: str) -> SenderIdentity | None:
        return self.known.get("address" if "@" in name else "domain")


class Records:
    """See ports.Names. texts: None where nobody answers."""

    def __init__(self, texts: dict[str, list[str]] | None) -> None:
        self.held = texts

    def texts(self, name: str) -> list[str]:
        if self.held is None:
            raise Unavailable("The DNS gave no answer.")
        return self.held.get(name, [])


def states(told: dict[str, Any]) -> dict[str, str]:
    return {one["check"]: one["state"] for one in told["checks"]}


def test_a_sender_with_all_four_is_ready() -> None:
    told = check_sender(Senders(Identities(domain=GOOD), Records(TEXTS)), SHOP)
    assert (told["ready"], set(states(told).values())) == (True, {"good"})


def test_a_domain_nobody_set_up_lacks_everything_and_is_told_the_records() -> None:
    told = check_sender(Senders(Identities(), Records({})), SHOP)
    assert (told["ready"], set(states(told).values())) == (False, {"missing"})
    (dmarc,) = [one["wanted"] for one in told["checks"] if one["check"] == "dmarc"]
    assert dmarc[0]["name"] == f"_dmarc.{DOMAIN}"


def test_records_that_ses_has_not_seen_yet_are_named() -> None:
    waiting = GOOD._replace(verified=False, dkim="waiting", mail_from_state="waiting")
    told = check_sender(Senders(Identities(domain=waiting), Records(TEXTS)), SHOP)
    assert states(told) == {"verified": "waiting", "dkim": "waiting", "spf": "waiting", "dmarc": "good"}
    (dkim,) = [one["wanted"] for one in told["checks"] if one["check"] == "dkim"]
    assert dkim[0] == {"type": "CNAME", "name": f"t1._domainkey.{DOMAIN}", "value": "t1.dkim.amazonses.com"}


def test_spf_of_the_providers_own_domain_is_not_in_alignment() -> None:
    told = check_sender(Senders(Identities(domain=GOOD._replace(mail_from=None)), Records(TEXTS)), SHOP)
    assert states(told)["spf"] == "missing"


def test_the_policy_of_the_organisation_holds_for_the_domains_below_it() -> None:
    parent = DOMAIN.partition(".")[2]
    told = check_sender(
        Senders(Identities(domain=GOOD), Records({f"_dmarc.{parent}": ["v=DMARC1; p=none"]})), SHOP
    )
    assert states(told)["dmarc"] == ("good" if "." in parent else "missing")


def test_without_an_answer_of_the_dns_nothing_is_called_missing() -> None:
    told = check_sender(Senders(Identities(domain=GOOD), Records(None)), SHOP)
    assert states(told) == {"verified": "good", "dkim": "good", "spf": "good", "dmarc": "unknown"}


def test_an_address_that_is_verified_alone_may_send_but_is_not_signed_for() -> None:
    told = check_sender(Senders(Identities(address=GOOD), Records({})), SHOP)
    assert (states(told)["verified"], states(told)["dkim"], told["ready"]) == ("good", "missing", False)
