"""Start and stop the emulator as a background process of its own."""

import contextlib
import hashlib
import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from local import anchors
from local.anchors import Anchors
from local.place import REGION, ROOT, Place, StackError

_START_SECONDS = 30
_STOP_SECONDS = 30
_PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TZ")


def ensure_running(place: Place) -> Anchors:
    """Leave a running emulator that fits alone, replace one that doesn't, start one if none is.

    Answers the clock's anchors. Raises StackError if the emulator does not answer.
    """
    known = _known(place)
    if known and _alive(known["pid"]):
        if known["settings"] == _settings(place):
            return Anchors.from_json(known["anchors"])
        stop(place)
    elif known:
        stop(place)  # it died: keep the clock's reading all the same
    return _start(place)


def stop(place: Place) -> bool:
    """End the emulator, which saves tables and objects first. Answers whether one ran."""
    known = _known(place)
    if not known:
        return False
    ran = _alive(known["pid"])
    if ran:
        os.kill(known["pid"], signal.SIGTERM)
        if not _wait(lambda: not _alive(known["pid"]), _STOP_SECONDS):
            os.kill(known["pid"], signal.SIGKILL)
            print(
                f"The emulator did not end in {_STOP_SECONDS} s and was killed: all since its start is lost."
            )
    anchors.save_reading(place.clock_file, Anchors.from_json(known["anchors"]), datetime.now(UTC))
    place.emulator_file.unlink()
    place.stack_file.unlink(missing_ok=True)
    return ran


def _start(place: Place) -> Anchors:
    if _port_taken(place.port):
        raise StackError(
            f"Port {place.port} is taken by another program. End it, or choose one: KAIROS_PORT=4611 make up."
        )
    clock = anchors.begin(place.clock_file, place.wait_scale, datetime.now(UTC))
    for folder in (place.state, place.home / "tmp"):
        folder.mkdir(parents=True, exist_ok=True)
    place.outbox.touch()
    log = place.log("emulator")
    with log.open("w") as out:
        process = subprocess.Popen(
            [ROOT / ".venvs/local/bin/python", "-m", "local.emulator"],
            cwd=ROOT,
            env=environment(place, clock),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    noted = {"pid": process.pid, "settings": _settings(place), "anchors": clock.as_json()}
    place.emulator_file.write_text(json.dumps(noted, indent=2) + "\n")
    if (
        not _wait(lambda: process.poll() is not None or _healthy(place), _START_SECONDS)
        or process.poll() is not None
    ):
        if process.poll() is None:
            process.kill()
        place.emulator_file.unlink()
        raise StackError(f"The emulator did not start. Its log is {log}:\n{tail(log)}")
    return clock


def environment(place: Place, clock: Anchors) -> dict[str, str]:
    """All that the emulator, and through it every function, sees of this machine's environment."""
    return {name: os.environ[name] for name in _PASSED_ON if name in os.environ} | {
        "TMPDIR": str(place.home / "tmp"),
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(place.port),
        "MINISTACK_HOST": "127.0.0.1",
        "MINISTACK_REGION": REGION,
        "PERSIST_STATE": "1",
        "STATE_DIR": str(place.state),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(place.state / "s3"),
        "SFN_WAIT_SCALE": f"{place.wait_scale:.9f}",
        "AUTH": "true" if place.auth else "false",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "LOG_LEVEL": "INFO",
        "CLOCK_REAL_ANCHOR": clock.real.isoformat(),
        "CLOCK_SHOWN_ANCHOR": clock.shown.isoformat(),
        "KAIROS_OUTBOX": str(place.outbox),
        "KAIROS_LAMBDA_PYTHON": str(ROOT / ".venvs/lambda/bin/python"),
    }


def _settings(place: Place) -> dict[str, Any]:
    """What a running emulator must have been started with to be left alone."""
    code = hashlib.sha256()
    for path in sorted([*(ROOT / "local/mends").glob("*.py"), ROOT / "local/emulator.py", Path(__file__)]):
        code.update(path.read_bytes())
    return {"port": place.port, "wait_scale": place.wait_scale, "auth": place.auth, "code": code.hexdigest()}


def _known(place: Place) -> Any:
    return json.loads(place.emulator_file.read_text()) if place.emulator_file.exists() else None


def _alive(pid: int) -> bool:
    """Whether the process still is our emulator: ids are reused, and an ended child may not be reaped yet."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
    told = Path(f"/proc/{pid}/cmdline")
    if told.parent.parent.joinpath("self").exists():
        return told.exists() and b"local.emulator" in told.read_bytes()
    listed = subprocess.run(["/bin/ps", "-p", str(pid), "-o", "command="], capture_output=True, check=False)
    return b"local.emulator" in listed.stdout


def _healthy(place: Place) -> bool:
    try:
        with urllib.request.urlopen(f"{place.endpoint}/_ministack/health", timeout=1) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _port_taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _wait(done: Any, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if done():
            return True
        time.sleep(0.1)
    return False


def tail(log: Path, lines: int = 15) -> str:
    """The last lines of a log, for an error message."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
