"""Start and stop the site as a background process of its own, beside the emulator."""

import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from local.demo_site.settings import Settings
from local.place import ROOT, Place, StackError

_BESIDE = 1000
_START_SECONDS = 20


def address_of(place: Place) -> str:
    """Where the site of this place answers: a port of its own, so that it can be kept in a browser."""
    return f"http://127.0.0.1:{place.port + _BESIDE}"


def start(place: Place, settings: Settings) -> str:
    """Serve the site with these settings, in place of one that is served; answers its address.

    Raises StackError where it does not answer.
    """
    stop(place)
    told = _home(place) / "settings.json"
    told.parent.mkdir(parents=True, exist_ok=True)
    settings._replace(port=place.port + _BESIDE).write(told)
    with place.log("site").open("w") as out:
        process = subprocess.Popen(
            [ROOT / ".venvs/dev/bin/python", "-m", "local.demo_site.serving", told],
            cwd=ROOT,
            env={name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    _noted(place).write_text(json.dumps({"pid": process.pid}) + "\n")
    deadline = time.monotonic() + _START_SECONDS
    while not _answers(place):
        if process.poll() is not None or time.monotonic() > deadline:
            stop(place)
            raise StackError(f"The shop's site did not start. Its log is {place.log('site')}.")
        time.sleep(0.1)
    return address_of(place)


def stop(place: Place) -> None:
    """End the site, and who goes on buying there, if they run."""
    for noted in (_noted(place), life_of(place)):
        _end(noted)


def life_of(place: Place) -> Path:
    """Where the process that goes on buying is noted."""
    return _home(place) / "life.json"


def _end(noted: Path) -> None:
    if not noted.exists():
        return
    pid = json.loads(noted.read_text())["pid"]
    noted.unlink()
    if _is_ours(pid):
        os.kill(pid, signal.SIGTERM)


def _is_ours(pid: int) -> bool:
    """Whether the process still is the site: ids are reused."""
    told = Path(f"/proc/{pid}/cmdline")
    if told.parent.parent.joinpath("self").exists():
        return told.exists() and b"local.demo_site" in told.read_bytes()
    listed = subprocess.run(["/bin/ps", "-p", str(pid), "-o", "command="], capture_output=True, check=False)
    return b"local.demo_site" in listed.stdout


def _answers(place: Place) -> bool:
    try:
        with urllib.request.urlopen(f"{address_of(place)}/login", timeout=1):
            return True
    except (urllib.error.URLError, OSError):
        return False


def _home(place: Place) -> Path:
    return place.home / "site"


def _noted(place: Place) -> Path:
    return _home(place) / "process.json"
