"""The form in which each language says why: texts with {facts}, of which [parts] go where one is missing."""

from collections.abc import Mapping
from typing import NamedTuple


class Words(NamedTuple):
    """One language. locale: CLDR's, for dates and lengths of time.

    at: date and time of a decision, from {date} and {time}; until, moment: of a wait's end, with {time} or
    {date} and {time}, and the {zone} by which they are told; until_then: until a time of another day.
    leads: what was decided, with {at}. reasons: why, by reason, outcome, or what a run ended for; facts are
    {until} {moment} {deadline} {channel} {cap} {window} {under_way} {hour}. repeated: how often, with
    {count}. finished: a run that went all its way, though {reason}.
    """

    locale: str
    at: str
    until: str
    until_then: str
    moment: str
    leads: Mapping[str, str]
    reasons: Mapping[str, str]
    channels: Mapping[str, str]
    repeated: str
    finished: str
