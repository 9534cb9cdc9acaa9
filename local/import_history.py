"""Import a file of history into a shop of the running stack, through the API, and watch it.

`make import SHOP=my-shop FILE=orders.csv MAP=shopify`. MAP is the name of a ready mapping, or a file with the
body of the request (see docs/imports.md).
"""

import argparse
import json
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any, NamedTuple

from local.place import StackError, default_place
from local.running_stack import RunningStack

_POLL_SECONDS = 1.0
_UPLOAD_SECONDS = 600

Api = Callable[[str, str, Any], tuple[int, Any]]
"""Method, path below the API's address and body; answers status and JSON."""


def wish_of(mapping: str, kind: str | None, file: Path) -> dict[str, Any]:
    """The body of the request. Raises StackError where the mapping is a file that holds none."""
    wish: dict[str, Any] = {"mapping": mapping}
    if mapping.endswith(".json"):
        try:
            wish = json.loads(Path(mapping).read_text(encoding="utf-8"))
        except (OSError, ValueError) as wrong:
            raise StackError(f"MAP={mapping} is no JSON file with the body of a request: {wrong}") from wrong
    if file.suffix in (".jsonl", ".ndjson"):
        wish = {"format": "jsonl", **wish}
    return {"kind": "orders", **wish, **({"kind": kind} if kind else {})}


class Surroundings(NamedTuple):
    """What importing needs. send: PUTs a file to an address; tell: shows a line; sleep: takes seconds."""

    api: Api
    send: Callable[[str, Path], None]
    tell: Callable[[str], None]
    sleep: Callable[[float], None]


def import_file(given: Surroundings, shop: str, file: Path, wish: dict[str, Any]) -> dict[str, Any]:
    """Import the file; answers how it ended, as the API shows it. Raises StackError for a refusal."""
    api, send, tell, sleep = given
    path = f"/v1/shops/{shop}/imports"
    told = _asked(api, "POST", path, wish, HTTPStatus.CREATED)
    path += f"/{told['id']}"
    tell(f"Import {told['id']}: sending {file.stat().st_size:,} bytes")
    send(told["upload"]["address"], file)
    told = _asked(api, "POST", f"{path}/start", {}, HTTPStatus.ACCEPTED)
    line = ""
    while told["state"] == "running":
        sleep(_POLL_SECONDS)
        told = _asked(api, "GET", path, None, HTTPStatus.OK)
        if (now := progress(told)) != line:
            tell(now)
            line = now
    return told


def progress(told: dict[str, Any]) -> str:
    """One line: how far it has come."""
    rows = told["rows"]
    if rows["in_file"] is None:
        return "  cutting the file into parts"
    share = 100 * rows["read"] / rows["in_file"] if rows["in_file"] else 100
    left_out = ", ".join(f"{rows[name]:,} {name}" for name in ("bad", "nobody", "erased") if rows[name])
    return f"  {share:5.1f} %  {rows['read']:>11,} of {rows['in_file']:,} rows" + (
        f"  ({left_out})" if left_out else ""
    )


def summary(told: dict[str, Any], seconds: float) -> list[str]:
    """How it ended, for people."""
    if trouble := told["trouble"]:
        where = f"{trouble['field']}: " if trouble["field"] else ""
        return [f"Failed. {where}{trouble['problem']} {trouble['remedy']}"]
    rows, what = told["rows"], told["kind"]
    lines = [
        f"Done in {seconds:.0f} s: {rows['good']:,} of {rows['in_file']:,} rows kept"
        + (f", {told['orders']:,} orders" if what == "orders" else "")
        + f", {told['customers']:,} customers."
    ]
    if rows["nobody"]:
        lines.append(f"{rows['nobody']:,} rows name no customer.")
    if told["undated_consents"]:
        left = f"{told['undated_consents']:,} consents were left out, for nobody knows when they were given"
        lines.append(f"{left}: state exported_at.")
    if rows["bad"]:
        lines.append(f"{rows['bad']:,} rows are bad, the first of them:")
        for one in told["bad_rows"]["first"]:
            column = f" {one['field']}:" if one["field"] else ""
            lines.append(f"  line {one['line']}:{column} {one['problem']}")
        lines.append(f"All of them: {told['bad_rows']['address']}")
    return lines


def _asked(api: Api, method: str, path: str, body: Any, expected: int) -> dict[str, Any]:
    status, answer = api(method, path, body)
    if status != expected:
        told = [str(answer.get(name, "")) for name in ("field", "detail", "remedy")]
        raise StackError(f"The API answered {status}. {' '.join(one for one in told if one)}")
    return dict(answer)


def send_file(address: str, file: Path) -> None:
    """PUT the file, piece by piece. Raises StackError where that fails."""
    with file.open("rb") as body:
        size = str(file.stat().st_size)
        request = urllib.request.Request(
            address, body, {"Content-Length": size, "Content-Type": ""}, method="PUT"
        )
        try:
            urllib.request.urlopen(request, timeout=_UPLOAD_SECONDS).close()
        except (urllib.error.URLError, OSError) as wrong:
            raise StackError(f"The file could not be sent: {wrong}") from wrong


def main(given: Sequence[str]) -> int:
    """0 when the import is done."""
    parser = argparse.ArgumentParser(prog="make import", description="Import a file of history.")
    parser.add_argument("--shop", required=True)
    parser.add_argument("--file", required=True, type=Path)
    parser.add_argument(
        "--map", required=True, help="a ready mapping, or a JSON file with the request's body"
    )
    parser.add_argument("--kind", choices=("orders", "customers"))
    asked = parser.parse_args(given)
    place = default_place()
    try:
        if not asked.file.is_file():
            raise StackError(f"FILE={asked.file} is no file.")
        stack = RunningStack(json.loads(place.stack_file.read_text(encoding="utf-8")))
        started = time.monotonic()
        wish = wish_of(asked.map, asked.kind, asked.file)
        surroundings = Surroundings(stack.api, send_file, print, time.sleep)
        told = import_file(surroundings, asked.shop, asked.file, wish)
    except FileNotFoundError:
        print(f"There is no {place.stack_file}: start the stack with `make up`.", file=sys.stderr)
        return 1
    except StackError as wrong:
        print(wrong, file=sys.stderr)
        return 1
    print("\n".join(summary(told, time.monotonic() - started)))
    return 0 if told["state"] == "done" else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
