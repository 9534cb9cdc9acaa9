"""The closed registry of actions, by the name that a timeline calls each."""

from collections.abc import Mapping

from kairos.services.acting.action import Action

ACTIONS: Mapping[str, Action] = {}
