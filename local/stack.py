"""`python -m local.stack up|down`: the whole stack on this machine, without Docker.

`up` writes stack.json: api_url, api_key (the owner's), region, endpoint_url, outbox (a file, one JSON object
a line), wait_scale, console (its url, email and password of somebody who may sign in), and what was deployed.
Run again, it updates what runs. `down` keeps tables and objects.
"""

import json
import sys
import time
from typing import Any

from local import daemon, deployment
from local.demo_site import process
from local.people import ready_person
from local.place import REGION, Place, StackError, default_place


def up(place: Place) -> dict[str, Any]:
    """Build, start the emulator if needed, deploy, write stack.json and answer its content.

    Raises StackError saying what failed and where the log is.
    """
    begun = time.monotonic()

    def say(text: str) -> None:
        print(f"{time.monotonic() - begun:5.1f} s  {text}", flush=True)

    say("building layers and functions")
    build = deployment.start_build(place)
    try:
        clock = daemon.ensure_running(place)
        say(f"emulator answers at {place.endpoint}")
        deployment.finish_build(place, build)
    finally:
        if build.poll() is None:
            build.terminate()
            build.wait()
    say("deploying")
    outputs = deployment.deploy(place, clock)
    console = {"url": outputs["ConsoleUrl"], **ready_person(place, outputs)}
    told = {
        "api_url": outputs["ApiUrl"],
        "api_key": deployment.owner_key(place, outputs),
        "region": REGION,
        "endpoint_url": place.endpoint,
        "outbox": str(place.outbox),
        "wait_scale": clock.wait_scale,
        "clock": clock.as_json(),
        "auth": place.auth,
        "console": console,
        "outputs": outputs,
    }
    place.stack_file.write_text(json.dumps(told, indent=2) + "\n")
    say(f"console: {console['url']} ({console['email']}, {console['password']})")
    say(f"ready: {told['api_url']} (all about it in {place.stack_file})")
    return told


def down(place: Place) -> None:
    """Stop the stack if it runs; tables, objects and the clock's reading stay for the next `up`."""
    process.stop(place)
    print("stopped" if daemon.stop(place) else "nothing runs")


def main(arguments: list[str]) -> int:
    """The command line. Answers the exit code."""
    if arguments not in (["up"], ["down"]):
        print("usage: python -m local.stack up|down", file=sys.stderr)
        return 2
    try:
        place = default_place()
        if arguments == ["up"]:
            up(place)
        else:
            down(place)
    except StackError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
