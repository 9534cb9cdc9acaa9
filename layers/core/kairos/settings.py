"""The typed environment of a function: read when called, never at import."""

import json
import os
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, cast

from kairos.domain.errors import Refused

if TYPE_CHECKING:
    from kairos.domain.consent import Channel  # costs a cold start what the webhook's receiver must not pay


class Settings(NamedTuple):
    """What template.yaml passes to every function; names there are the upper-case forms of these."""

    stage: str
    table_name: str
    bucket_name: str
    record_queue_url: str
    dead_letters_url: str
    fetch_queue_url: str
    message_queues: dict[str, str]
    channel: "Channel"
    snapshot_queue_url: str
    broadcast_queue_url: str
    recompute_queue_url: str
    import_queue_url: str
    bus_name: str
    secrets_prefix: str
    owner_key_secret: str
    identity_key_secret: str
    configuration_set: str
    api_url: str
    wait_scale: float
    clock_real_anchor: datetime | None
    clock_shown_anchor: datetime | None
    scenario_machines: dict[str, str]
    recompute_machine: str
    user_pool: str
    user_pool_client: str


def _instant(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def read_settings() -> Settings:
    """The settings of this invocation. Raises Refused where [prod] is given any clock but the real one."""
    told = os.environ
    stage, wait_scale = told.get("STAGE", "dev"), float(told.get("WAIT_SCALE") or 1)
    if stage == "prod" and wait_scale != 1:
        raise Refused("WAIT_SCALE", "prod runs on real time.", "Deploy with WaitScale=1.")
    for anchor in ("CLOCK_REAL_ANCHOR", "CLOCK_SHOWN_ANCHOR"):
        if stage == "prod" and told.get(anchor):
            raise Refused(anchor, "prod runs on real time.", "Deploy without clock anchors.")
    return Settings(
        stage=stage,
        table_name=told.get("TABLE_NAME", ""),
        bucket_name=told.get("BUCKET_NAME", ""),
        record_queue_url=told.get("RECORD_QUEUE_URL", ""),
        dead_letters_url=told.get("DEAD_LETTERS_URL", ""),
        fetch_queue_url=told.get("FETCH_QUEUE_URL", ""),
        message_queues=json.loads(told.get("MESSAGE_QUEUES") or "{}"),
        channel=cast("Channel", told.get("CHANNEL") or "email"),
        snapshot_queue_url=told.get("SNAPSHOT_QUEUE_URL", ""),
        broadcast_queue_url=told.get("BROADCAST_QUEUE_URL", ""),
        recompute_queue_url=told.get("RECOMPUTE_QUEUE_URL", ""),
        import_queue_url=told.get("IMPORT_QUEUE_URL", ""),
        bus_name=told.get("BUS_NAME", ""),
        secrets_prefix=told.get("SECRETS_PREFIX", ""),
        owner_key_secret=told.get("OWNER_KEY_SECRET", ""),
        identity_key_secret=told.get("IDENTITY_KEY_SECRET", ""),
        configuration_set=told.get("CONFIGURATION_SET", ""),
        api_url=told.get("API_URL", ""),
        wait_scale=wait_scale,
        clock_real_anchor=_instant(told.get("CLOCK_REAL_ANCHOR", "")),
        clock_shown_anchor=_instant(told.get("CLOCK_SHOWN_ANCHOR", "")),
        scenario_machines=json.loads(told.get("SCENARIO_MACHINES") or "{}"),
        recompute_machine=told.get("RECOMPUTE_MACHINE", ""),
        user_pool=told.get("USER_POOL", ""),
        user_pool_client=told.get("USER_POOL_CLIENT", ""),
    )
