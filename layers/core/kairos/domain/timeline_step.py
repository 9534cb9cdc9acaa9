"""A step of a scenario's timeline, as its state machine states it: what is due when, for whom, and where."""

from typing import Literal

from pydantic import Field

from kairos.domain.consent import Channel
from kairos.domain.message import CodeKind, CodeScope
from kairos.domain.value import Value

Asset = Literal["guide", "video", "webinar", "chat"]
"""What a message may point to (pages.PageSettings); a step that needs one is off while the shop has none."""


class StepCode(Value):
    """The discount code that a step carries. percent, valid_for, pool: names of settings.

    kind: "free_shipping" needs no percent. scope: None for whatever the shop's discounts say. optional: where
    there is none to be had, the message goes without.
    """

    kind: CodeKind = "percent"
    percent: str | None = None
    valid_for: str = "code_valid"
    pool: str = "code_pool"
    scope: CodeScope | None = None
    optional: bool = False


class TimelineStep(Value):
    """after: the name of the setting that says how long after the run's beginning it is due.

    entries: only of runs that began by one of these ways in; none: of all. when: named criteria ("not NAME"
    too) without which it is left out, looked at when it is due. follows: a step of this run without whose
    message it is left out; it is due so long after that. unless: a step of this run that takes its place
    where its message was sent. needs: what the shop must have for it.
    channels: the step's favourite first. Two steps of one name are never both sent in one run.
    action: what is done in place of sending a message, see services.acting.
    """

    step: str = Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")
    after: str
    entries: tuple[str, ...] = ()
    when: tuple[str, ...] = ()
    follows: str | None = None
    unless: str | None = None
    needs: Asset | None = None
    channels: tuple[Channel, ...] = Field(default=("email",), min_length=1)
    at_preferred_hour: bool = False
    code: StepCode | None = None
    action: str | None = None


class Timeline(Value):
    """What a scenario's state machine asks: the steps, in any order, and the named criteria without which
    the run ends, looked at before each."""

    shop: str
    run: str
    only_if: tuple[str, ...] = ()
    steps: tuple[TimelineStep, ...] = Field(min_length=1)
