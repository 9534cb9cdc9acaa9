"""What stands in a scenario's graph, in the reader's language."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from kairos.console.formats import Formats
from kairos.console.rules.inputs import duration_parts
from kairos.domain.criteria.durations import parse_duration
from kairos.domain.scenario import NEGATION, Scenario
from kairos.services.sentences import LANGUAGES, plain_reason

_MONTH = 30.4 * 86_400
_MOST_REASONS = 4


class Telling(NamedTuple):
    """words: the sentence of that name. language: of the reader."""

    words: Callable[..., str]
    formats: Formats
    language: str

    def step(self, scenario: str, step: str) -> str:
        """What a step is called."""
        return self.words(f"steps.{scenario}.{step}")

    def reason(self, reason: str) -> str:
        """Why something ended or was left out."""
        went_through, _, inner = reason.partition(": ")
        words = LANGUAGES[self.language]
        if went_through == "finished" and inner:
            return words.finished.format(reason=plain_reason(inner, words))
        return plain_reason(reason, words)

    def condition(self, asked: str) -> str:
        """What a choice asks."""
        return self.words("flow.asked." + re.sub(r"[^a-z]+", "_", asked.lower()).strip("_"))

    def entry(self, scenario: Scenario, name: str) -> str:
        """A way in."""
        return self.words(f"flow.entry.{scenario.name}.{name}")

    def ended(self, scenario: Scenario, name: str) -> str:
        """For what a run ends of which this named criterion does not hold."""
        return self.reason(scenario.why_ended(name))

    def holds(self, scenario: Scenario, name: str) -> str:
        """A named criterion, or its opposite."""
        criterion = scenario.criteria[name.removeprefix(NEGATION)]
        return self.reason(criterion.holds_not if name.startswith(NEGATION) else criterion.holds)

    def length(self, duration: str) -> str:
        """A length of time, as it stands after "after"."""
        amount, unit = duration_parts(duration)
        if unit == "iso" or not amount.isdigit():
            return duration
        return self.words(f"rules.units.{'minutes' if unit == 'm' else unit}", n=int(amount))

    def due(self, step: Mapping[str, Any], settings: Any) -> str:
        """When a step is due."""
        duration = getattr(settings, step["after"])
        if _seconds(duration) == 0:
            return self.words("flow.at_once")
        return self.words(
            "flow.after_step" if step.get("follows") else "flow.after", length=self.length(duration)
        )

    def seconds(self, step: Mapping[str, Any], settings: Any, steps: Sequence[Mapping[str, Any]]) -> float:
        """From the beginning of a run to the step, months taken as 30.4 days."""
        before = next((one for one in steps if one["step"] == step.get("follows")), None)
        earlier = self.seconds(before, settings, steps) if before else 0
        return earlier + _seconds(getattr(settings, step["after"]))

    def whom(self, scenario: Scenario, step: Mapping[str, Any]) -> list[str]:
        """For whom a step is meant, in one line; none for everybody."""
        entries = [self.entry(scenario, one) for one in step.get("entries", ())]
        conditions = [self.holds(scenario, one) for one in step.get("when", ())]
        told = [self.words("rules.or").join(entries)] if entries and len(scenario.entries) > 1 else []
        told += [self.words("rules.and").join(conditions)] if conditions else []
        found = [self.words("flow.only_if", what=self.words("flow.joined").join(told))] if told else []
        if step.get("unless"):
            found.append(self.words("flow.unless", step=self.step(scenario.name, step["unless"])))
        if step.get("needs"):
            found.append(self.words(f"flow.needs.{step['needs']}"))
        return found

    def how(self, step: Mapping[str, Any], settings: Any) -> list[str]:
        """By which channels, when in the day, and with which code."""
        channels = LANGUAGES[self.language].channels
        told = []
        if not step.get("action"):
            named = [channels[one] for one in step.get("channels", ["email"])]
            told.append(self.words("flow.else_by").join(named))
        if step.get("at_preferred_hour"):
            told.append(self.words("flow.preferred_hour"))
        return told + self.code(step, settings)

    def code(self, step: Mapping[str, Any], settings: Any) -> list[str]:
        """The code that a step carries, if any."""
        return [self._code(step["code"], settings)] if step.get("code") else []

    def _code(self, code: Mapping[str, Any], settings: Any) -> str:
        percent = getattr(settings, code["percent"], None) if code.get("percent") else None
        if code.get("kind") == "free_shipping":
            return self.words("flow.code_shipping")
        if percent is None:
            return self.words("flow.code_perhaps")
        return self.words("flow.code_percent", percent=percent)

    def started(self, runs: Mapping[str, Any]) -> tuple[str, ...]:
        """How many runs began, and how many customers were held out."""
        told = [self.words("flow.started", n=self.formats.number(runs["started"]))]
        if runs["held_out"]:
            told.append(self.words("flow.held_out", n=self.formats.number(runs["held_out"])))
        return tuple(told)

    def became(self, step: Mapping[str, Any] | None) -> tuple[str, ...]:
        """What became of a step's messages."""
        if step is None:
            return ()
        number = self.formats.number
        told = [self.words("flow.sent", n=number(step["sent"]))]
        if step["sent"]:
            told[0] += self.words(
                "flow.touched", opened=number(step["opened"]), clicked=number(step["clicked"])
            )
        for name in ("deferred_for", "skipped_for", "refused_for"):
            told += [
                self.words(f"flow.{name}", n=number(many), reason=self.reason(reason))
                for reason, many in _most(step[name])
            ]
        return tuple(told)

    def reasons(self, ended: Mapping[str, int]) -> tuple[str, ...]:
        """Why runs ended, the most frequent first."""
        number = self.formats.number
        shown = [
            self.words("flow.ended", n=number(many), reason=self.reason(why)) for why, many in _most(ended)
        ]
        rest = sum(ended.values()) - sum(many for _, many in _most(ended))
        return (*shown, self.words("flow.others", n=number(rest))) if rest else tuple(shown)


def _most(told: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(told.items(), key=lambda one: (-one[1], one[0]))[:_MOST_REASONS]


def _seconds(duration: str) -> float:
    length = parse_duration(duration)
    return length.months * _MONTH + length.rest.total_seconds()
