"""Stopping and starting the local stack: what stays."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from local import stack as local_stack
from local.anchors import Anchors
from local.deployment import client
from local.place import WAIT_SCALE, Place

pytestmark = pytest.mark.proof


def test_restarting_keeps_tables_objects_keys_and_the_address(tmp_path: Path, free_port: int) -> None:
    place = Place(tmp_path / "home", free_port, WAIT_SCALE, auth=False)
    item = {"pk": {"S": "a"}, "sk": {"S": "b"}, "n": {"N": "1"}}
    try:
        before = local_stack.up(place)
        client(place, "dynamodb").put_item(TableName=before["outputs"]["TableName"], Item=item)
        client(place, "s3").put_object(Bucket=before["outputs"]["BucketName"], Key="raw/a", Body=b"body")
        shown = Anchors.from_json(before["clock"]).reading(datetime.now(UTC))
        local_stack.down(place)
        assert not place.stack_file.exists()

        after: dict[str, Any] = local_stack.up(place)
        found = client(place, "dynamodb").scan(TableName=after["outputs"]["TableName"])["Items"]
        body = (
            client(place, "s3").get_object(Bucket=after["outputs"]["BucketName"], Key="raw/a")["Body"].read()
        )
        assert (found, body) == ([item], b"body")
        assert {k: after[k] for k in ("api_url", "api_key", "outputs")} == {
            k: before[k] for k in ("api_url", "api_key", "outputs")
        }
        assert Anchors.from_json(after["clock"]).shown >= shown
    finally:
        local_stack.down(place)


def test_a_second_up_updates_what_runs(tmp_path: Path, free_port: int) -> None:
    place = Place(tmp_path / "home", free_port, WAIT_SCALE, auth=False)
    try:
        first = local_stack.up(place)
        running = place.emulator_file.read_text()
        assert local_stack.up(place) == first
        assert place.emulator_file.read_text() == running
    finally:
        local_stack.down(place)


def test_stopping_what_does_not_run_is_no_error(tmp_path: Path, free_port: int) -> None:
    local_stack.down(Place(tmp_path, free_port, WAIT_SCALE, auth=False))
