"""What something costs: each time in a process of its own, several contenders taking turns.

So a slow minute of the machine hits all of them alike, and every peak of memory is its own.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

ROUNDS = 5
_PYTHON = Path(".venvs/bench/bin/python")
_KILOBYTES = 1 if sys.platform != "darwin" else 1024


class Cost(NamedTuple):
    """Medians. cpu: seconds of all threads and children; wall: seconds; peak: MB of the whole process.

    told: what the contender says of its result, of the last round.
    """

    cpu: float
    wall: float
    peak: float
    told: Any

    def as_json(self) -> dict[str, Any]:
        """To be written down."""
        figures = {"cpu": self.cpu, "wall": self.wall, "peak_mb": self.peak}
        return {name: round(value, 4) for name, value in figures.items()} | {"told": self.told}


class Elsewhere(NamedTuple):
    """What a server in another process spent on it, in seconds."""

    cpu: float
    told: Any


Run = Callable[[], Any]
"""What is measured; what comes before it (imports, opening, compiling nothing that belongs to it) is not."""


def _cpu() -> float:
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def once(run: Run) -> dict[str, Any]:
    """The cost of one run in this process."""
    cpu, wall = _cpu(), time.perf_counter()
    told = run()
    cpu, wall = _cpu() - cpu, time.perf_counter() - wall
    if isinstance(told, Elsewhere):
        cpu, told = cpu + told.cpu, told.told
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KILOBYTES / 1024
    return {"cpu": cpu, "wall": wall, "peak": peak, "told": told}


def in_turns(contenders: Mapping[str, Sequence[str]], rounds: int = ROUNDS) -> dict[str, Cost]:
    """Each contender's medians. contenders: name -> arguments of local.bench.contenders.

    One that cannot run here is left out, with a line that says why.
    """
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name in list(runs):
            outcome = _in_its_own_process(contenders[name])
            if isinstance(outcome, str):
                print(f"{name}: left out, {outcome}", flush=True)
                del runs[name]
            else:
                runs[name].append(outcome)
    return {
        name: Cost(_median(costs, "cpu"), _median(costs, "wall"), _median(costs, "peak"), costs[-1]["told"])
        for name, costs in runs.items()
    }


def _median(costs: Sequence[Mapping[str, Any]], what: str) -> float:
    return statistics.median(float(cost[what]) for cost in costs)


def _in_its_own_process(arguments: Sequence[str]) -> dict[str, Any] | str:
    """Its cost, or why it cannot run."""
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [str(_PYTHON), "-m", "local.bench.contenders", *arguments],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)} failed:\n{done.stderr}")
    told = json.loads(done.stdout.splitlines()[-1])
    return str(told) if isinstance(told, str) else dict(told)


def table(costs: Mapping[str, Cost]) -> Iterator[str]:
    """Lines for people."""
    yield f"{'':46}{'CPU s':>9}{'wall s':>9}{'peak MB':>9}"
    for name, cost in costs.items():
        told = f"   {cost.told}" if isinstance(cost.told, dict) else ""
        yield f"{name:46}{cost.cpu:9.3f}{cost.wall:9.3f}{cost.peak:9.0f}{told}"
