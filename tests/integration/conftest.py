"""The whole stack, deployed for this test run alone."""

import json
import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local import stack as local_stack
from local.place import WAIT_SCALE, Place
from local.running_stack import RunningStack


def open_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def free_port() -> int:
    """A port for a stack of the test's own."""
    return open_port()


REDELIVERED_AFTER = 160
"""Seconds, a little more than the function has. On a busy machine its time may not suffice: what the snapshot
is told would come back after 15 minutes, as in AWS."""


def _redeliver_soon(told: dict[str, Any]) -> None:
    url, seconds = told["outputs"]["SnapshotQueueUrl"], str(REDELIVERED_AFTER)
    RunningStack(told).aws("sqs").set_queue_attributes(
        QueueUrl=url, Attributes={"VisibilityTimeout": seconds}
    )


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """The content of stack.json. KAIROS_STACK=path names that of a running stack to use instead."""
    running = os.environ.get("KAIROS_STACK")
    if running:
        yield json.loads(Path(running).read_text())
        return
    auth = os.environ.get("AUTH", "").lower() == "true"
    place = Place(tmp_path_factory.mktemp("stack"), open_port(), WAIT_SCALE, auth)
    try:
        told = local_stack.up(place)
        _redeliver_soon(told)
        yield told
    finally:
        local_stack.down(place)
        for folder in ("build", "cache", "state", "tmp"):  # large; the logs stay
            shutil.rmtree(place.home / folder, ignore_errors=True)
