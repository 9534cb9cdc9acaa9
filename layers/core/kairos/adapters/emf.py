"""Counted things as CloudWatch's embedded metric format: a line of JSON on the log. Light imports only."""

import json
import time


class PrintedCounts:
    """See ports.Counts. Labels are told beside the metric, `platform` and `reason` also as dimensions.

    A dimension is billed per value, so a shop's id is none: find it in the logs.
    """

    def __init__(self, namespace: str = "Kairos", service: str = "kairos") -> None:
        self._namespace = namespace
        self._service = service

    def add(self, name: str, amount: int = 1, **labels: str) -> None:
        """See ports.Counts."""
        dimensions = ["service", *sorted(labels.keys() & {"platform", "reason"})]
        metrics = {
            "Namespace": self._namespace,
            "Dimensions": [dimensions],
            "Metrics": [{"Name": name, "Unit": "Count"}],
        }
        line = {
            "_aws": {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [metrics]},
            "service": self._service,
            **labels,
            name: amount,
        }
        print(json.dumps(line), flush=True)
