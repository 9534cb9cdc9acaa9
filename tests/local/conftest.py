"""Two emulators side by side: one as its makers ship it, one mended."""

import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from local import daemon
from local.anchors import Anchors
from local.place import ROOT, Place

LEAD = timedelta(days=300)
SCALE = 0.0001
STOCK = [str(ROOT / ".venvs/local/bin/ministack")]
MENDED = [str(ROOT / ".venvs/local/bin/python"), "-m", "local.emulator"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: list[str], home: Path) -> Iterator[Place]:
    """An emulator in the foreground of this test run, whose clock shows a time far ahead."""
    place = Place(home, free_port(), SCALE, auth=False)
    (home / "tmp").mkdir()
    place.state.mkdir()
    now = datetime.now(UTC)
    with place.log("emulator").open("w") as log:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=daemon.environment(place, Anchors(now, now + LEAD, SCALE)) | {"PERSIST_STATE": "0"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{place.endpoint}/_ministack/health", timeout=1).close()
                break
            except (urllib.error.URLError, OSError):
                assert process.poll() is None, daemon.tail(place.log("emulator"))
                time.sleep(0.1)
        yield place
    finally:
        process.terminate()
        process.wait(timeout=30)
        shutil.rmtree(place.state)


@pytest.fixture(scope="session")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with running(STOCK, tmp_path_factory.mktemp("stock")) as place:
        yield place


@pytest.fixture(scope="session")
def mended(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    assert "AWS_ENDPOINT_URL" not in os.environ
    with running(MENDED, tmp_path_factory.mktemp("mended")) as place:
        yield place
