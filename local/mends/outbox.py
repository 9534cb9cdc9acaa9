"""The outbox: one JSON object a line for every message that would have left the account."""

import json
import os
import threading
from pathlib import Path
from typing import Any

_lock = threading.Lock()


def append(record: dict[str, Any]) -> None:
    """Add a message to the file named by KAIROS_OUTBOX; without it, do nothing.

    Keys of every record: channel, at (ISO 8601, by the shown clock), message_id, to (list of addresses).
    Others depend on the channel: see local/mends/email.py, mobile.py and receivers.py.
    """
    path = os.environ.get("KAIROS_OUTBOX")
    if not path:
        return
    line = json.dumps(record, ensure_ascii=False) + "\n"
    with _lock, Path(path).open("a", encoding="utf-8") as out:
        out.write(line)
