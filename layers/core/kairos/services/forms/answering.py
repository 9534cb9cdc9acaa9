"""What becomes of answers: kept with the customer, folded into the profile, told to the snapshot."""

from collections.abc import Callable
from typing import NamedTuple

from kairos import keys
from kairos.domain.answer import FormAnswer, FormName
from kairos.domain.consent import Channel
from kairos.domain.errors import Unavailable
from kairos.domain.identity import IdentityKey
from kairos.domain.pages import LEFT_BECAUSE
from kairos.domain.shop import Shop
from kairos.domain.value import Instant
from kairos.ports import Clock, Counts, Item, Items, Queue
from kairos.services.forms.reading import Read
from kairos.services.recording.folding import fold
from kairos.services.recording.storing import agree
from kairos.services.segments.touching import Touched, tell_snapshot

_OF_PERSON = ("first_name", "last_name", "gender")
_NO_ATTRIBUTES = frozenset(
    {*_OF_PERSON, "birthday", "language", "frequency", "channels", "score", "comment", "email", "consent"}
)


class Answering(NamedTuple):
    """What forms need. queue: where reserved mails go; snapshot: where changed customers are told.

    wording: what the sign-up form of a shop has people agree to, in a language; notice: likewise what the
    offer of notifications says; choice: what the preferences page says beside the box of a channel.
    """

    items: Items
    clock: Clock
    key: IdentityKey
    queue: Queue
    snapshot: Queue
    counts: Counts
    wording: Callable[[Shop, str], str]
    api_url: str
    notice: Callable[[Shop, str], str]
    choice: Callable[[Shop, str, Channel], str]


def answer_of(form: FormName, read: Read, at: Instant, message_id: str | None = None) -> FormAnswer:
    """The answer that these values are. What is no field of a person is an attribute."""
    score = read.one("score")
    return FormAnswer.model_validate(
        {
            "form": form,
            "at": at,
            **{name: read.one(name) for name in _OF_PERSON},
            "language": read.one("language"),
            "birthday": read.birthday,
            "attributes": {
                name: ", ".join(told) for name, told in read.values.items() if name not in _NO_ATTRIBUTES
            },
            "wanted_frequency": read.one("frequency"),
            "score": int(score) if score else None,
            "comment": read.one("comment"),
            "message_id": message_id,
            "reason_at": at if LEFT_BECAUSE in read.values else None,
        }
    )


def keep(given: Answering, shop: str, node: str, said: FormAnswer, name: str) -> None:
    """Keep it under this name, with what was said there before; fold, and tell who changed.

    Repeating it changes nothing but the time.
    """
    place = keys.answer(shop, node, said.form, name)

    def merged(held: Item | None) -> Item | None:
        known = FormAnswer.model_validate(held.body).and_then(said) if held else said
        return Item(place, "", known.as_json())

    agree(given.items, place, merged)
    refold(given, shop, node)
    given.counts.add("FormsAnswered", form=said.form)


def refold(given: Answering, shop: str, node: str) -> None:
    """Bring the stored profile up to date, and tell the snapshot, which evaluates the segments.

    What was said stands, told or not: the snapshot's own comparison finds it later.
    """
    customer = fold(given.items, shop, node).customer
    try:
        tell_snapshot(given.snapshot, shop, Touched(frozenset({customer})))
    except Unavailable:
        given.counts.add("SnapshotNotTold")
