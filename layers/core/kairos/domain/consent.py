"""Consent per address and channel, with proof. Unknown means no."""

from typing import Literal

from kairos.domain.value import Instant, Value, digest

Channel = Literal["email", "sms", "push", "web_push", "webhook", "advertising", "messenger"]
"""What is consented to: messages on a channel; or, as "advertising", that advertising networks are given
the hashed address, to which no consent to messages ever extends."""

ConsentState = Literal["granted", "withdrawn"]


class ConsentStatement(Value):
    """One statement: for which address, when, by whom, in which words.

    address: e-mail (case-folded) or phone (E.164). stated_at: when the person said it, as the source
    tells it. source: "shopify customer", "unsubscribe page" … wording: the text agreed to, if known.
    origin: keyed hash of the network address that it came from, where it was said to us.
    """

    channel: Channel
    address: str
    state: ConsentState
    stated_at: Instant
    source: str
    wording: str | None = None
    origin: str | None = None


class Consent(Value):
    """All that is known for one address and channel: the newest word from the shop, and from our pages."""

    shop: ConsentStatement | None = None
    ours: ConsentStatement | None = None

    @property
    def granted(self) -> bool:
        """True if messages may be sent.

        A withdrawal made with us is never undone by a shop's snapshot, however new; a consent given to
        us holds until the shop reports a later withdrawal.
        """
        if self.ours is None:
            return self.shop is not None and self.shop.state == "granted"
        if self.ours.state == "withdrawn":
            return False
        newer_shop = self.shop is not None and self.shop.stated_at > self.ours.stated_at
        return not (newer_shop and self.shop is not None and self.shop.state == "withdrawn")

    @property
    def granted_at(self) -> Instant | None:
        """Since when messages may be sent, by the newest word that says so; None where they may not."""
        said = [one.stated_at for one in (self.shop, self.ours) if one is not None and one.state == "granted"]
        return max(said) if self.granted and said else None

    @property
    def withdrawn(self) -> bool:
        """True if either word is a withdrawal, whatever the other says."""
        return any(said is not None and said.state == "withdrawn" for said in (self.shop, self.ours))


def _weight(statement: ConsentStatement) -> tuple[Instant, bool, str]:
    return statement.stated_at, statement.state == "withdrawn", digest(statement.as_json())


def newest(known: ConsentStatement | None, said: ConsentStatement) -> ConsentStatement:
    """The later of two statements; at equal times a withdrawal wins, else always the same one."""
    return said if known is None or _weight(said) > _weight(known) else known
