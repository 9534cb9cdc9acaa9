"""Where a local stack lives: its folder, its port and the files in it. Two places never share anything."""

import os
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REGION = "eu-west-1"
STACK_NAME = "kairos"
# Four hours of waiting last three seconds.
WAIT_SCALE = 0.0002
PORT = 4610


class StackError(Exception):
    """The stack could not do what was asked; the text says what, why and where to look."""


@dataclass(frozen=True)
class Place:
    """A local stack's folder, port and speed.

    wait_scale: share of real time that a wait lasts, 0 < wait_scale <= 1.
    auth: whether the emulator enforces the functions' IAM policies.
    """

    home: Path
    port: int
    wait_scale: float
    auth: bool

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def stack_file(self) -> Path:
        return self.home / "stack.json"

    @property
    def outbox(self) -> Path:
        return self.home / "outbox.jsonl"

    @property
    def emulator_file(self) -> Path:
        return self.home / "emulator.json"

    @property
    def clock_file(self) -> Path:
        return self.home / "clock.json"

    @property
    def state(self) -> Path:
        return self.home / "state"

    def log(self, name: str) -> Path:
        return self.home / f"{name}.log"


def default_place() -> Place:
    """The place of `make up`: .local in the repository, unless the environment says otherwise.

    Reads KAIROS_HOME, KAIROS_PORT, KAIROS_WAIT_SCALE and AUTH. Raises StackError for a value without sense.
    """
    scale = os.environ.get("KAIROS_WAIT_SCALE", str(WAIT_SCALE))
    port = os.environ.get("KAIROS_PORT", str(PORT))
    try:
        place = Place(
            home=Path(os.environ.get("KAIROS_HOME", ROOT / ".local")).resolve(),
            port=int(port),
            wait_scale=float(scale),
            auth=os.environ.get("AUTH", "").lower() == "true",
        )
    except ValueError as error:
        raise StackError(f"KAIROS_PORT={port} and KAIROS_WAIT_SCALE={scale} must be numbers.") from error
    if not 1e-9 <= place.wait_scale <= 1:
        raise StackError(f"KAIROS_WAIT_SCALE is {scale}: set it between 0.000000001 and 1.")
    return place
