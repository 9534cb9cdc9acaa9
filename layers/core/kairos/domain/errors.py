"""What can be wrong, in words that name the field and the remedy."""

from datetime import datetime


class KairosError(Exception):
    """The root of all errors that Kairos itself raises."""


class Refused(KairosError):
    """An input that can't be accepted.

    field: path of the field in the input ("lines[2].price"), or the header or parameter.
    problem: what is wrong with it. remedy: what the sender can do about it.
    """

    def __init__(self, field: str, problem: str, remedy: str) -> None:
        super().__init__(f"{field}: {problem} {remedy}")
        self.field = field
        self.problem = problem
        self.remedy = remedy


class Unreadable(Refused):
    """A signed delivery that can't be understood: it goes, whole, to the dead letters with this reason."""


class NotConcerned(KairosError):
    """A delivery whose topic does not concern us: counted by topic and dropped."""

    def __init__(self, topic: str) -> None:
        super().__init__(f"Topic {topic!r} does not concern customer profiles.")
        self.topic = topic


class NotFetched(KairosError):
    """A delivery that names a thing by its id alone: the shop's own API has to be asked for the rest.

    topic, thing: what to ask for, see ports.ShopReader.fetch; the thing by its id. told_at: real time at
    which the platform says that it was so, None where it does not.
    """

    def __init__(self, topic: str, thing: str, told_at: datetime | None) -> None:
        super().__init__(f"Topic {topic!r} tells an id alone.")
        self.topic = topic
        self.thing = thing
        self.told_at = told_at


class NotFound(KairosError):
    """The named thing does not exist in this shop."""

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(f"There is no {kind} {name!r} in this shop.")
        self.kind = kind
        self.name = name


class InUse(KairosError):
    """The named thing can't go while others use it. users: each with its kind and name, for people."""

    def __init__(self, kind: str, name: str, users: tuple[str, ...]) -> None:
        super().__init__(f"The {kind} {name!r} is used by {', '.join(users)}.")
        self.users = users


class Conflict(KairosError):
    """A conditional write found the stored item changed: read again and decide again."""


class Throttled(KairosError):
    """The store asks to slow down: nothing was written; try again later."""


class Unavailable(KairosError):
    """A service failed or gave no answer: whether it did what it was asked, nobody knows. Ask again: what we
    write is conditional, or the same when repeated."""


class NotReady(KairosError):
    """What is asked for is being prepared. The text says so; ask again soon."""


class TooLarge(KairosError):
    """An item that can't be stored even compressed: its input has to be turned away."""


class Forbidden(KairosError):
    """The caller is known, but may not do this. The text says what it needs."""
