"""Segments, consents and answers."""

from collections.abc import Iterator
from datetime import datetime

from kairos import keys
from kairos.domain.answer import FormAnswer
from kairos.domain.consent import Consent, ConsentStatement
from kairos.domain.membership import Membership, segments_of, transition, united
from kairos.domain.segment import Layout
from kairos.domain.timeline import Entry
from kairos.ports import Item
from kairos.services.timeline.parts import Looked


def segments(looked: Looked) -> Iterator[Entry]:
    """The segments that the customer is in, since when, and those entered and left of late."""
    stored = looked.items.get(keys.layout(looked.shop.id))
    layout = Layout.model_validate(stored.body if stored else {})
    held = united([Membership.model_validate(item.body) for item in looked.held("membership")], layout)
    moves = [
        (turn.segment, turn.entered, turn.at) for turn in (transition(one, layout) for one in held.recent)
    ]
    moves += [(segment, True, since) for segment, since in segments_of(held, layout).items()]
    for segment, entered, exact in moves:
        at = exact.replace(microsecond=0)  # the membership tells an entry to the second
        what = "entered" if entered else "left"
        mark = f"segment:{segment}:{what}:{at.isoformat()}"
        yield Entry(kind="segment", id=mark, at=at, what=what, told={"segment": segment})


def consents(looked: Looked) -> Iterator[Entry]:
    """What was said last, by the shop and to us, for each address and channel; and suppressions."""
    nodes = set(looked.known.component.nodes)
    nodes |= {item.body["node"] for item in looked.held("endpoint#") if "node" in item.body}
    for node in sorted(nodes):
        for item in looked.items.query(keys.consent(looked.shop.id, "email", node).pk):
            kind, _, channel = item.key.sk.partition("#")
            if kind == "consent":
                consent = Consent.model_validate(item.body)
                yield from _said(node, "shop", consent.shop)
                yield from _said(node, "us", consent.ours)
            elif kind == "suppressed" and item.body.get("at"):
                yield _suppressed(node, channel, item)


def _said(node: str, to: str, said: ConsentStatement | None) -> Iterator[Entry]:
    if said is not None:
        mark = f"consent:{node}:{said.channel}:{to}"
        told = {"channel": said.channel, "source": said.source, "told_to": to}
        yield Entry(kind="consent", id=mark, at=said.stated_at, what=said.state, told=told)


def _suppressed(node: str, channel: str, item: Item) -> Entry:
    told = {"channel": channel, "reason": item.body.get("reason")}
    at = datetime.fromisoformat(item.body["at"])
    return Entry(kind="consent", id=f"suppressed:{node}:{channel}", at=at, what="suppressed", told=told)


def answers(looked: Looked) -> Iterator[Entry]:
    """Forms that the customer answered, with the score of a survey; what else they wrote is in the export."""
    for item in looked.held("answer#"):
        answer = FormAnswer.model_validate(item.body)
        told = {"form": answer.form, "score": answer.score}
        yield Entry(kind="answer", id=item.key.sk, at=answer.at, what="answered", told=told)
