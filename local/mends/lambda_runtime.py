"""Functions run as in Lambda: boto3 from the runtime, all else from their layers, which are unpacked once.

The stock emulator runs them in its own environment, whose packages hide a missing dependency; it unpacks
every layer anew for every worker; and it waits 50 ms for the log of a call that logged nothing.
"""

import functools
import hashlib
import io
import os
import threading
import zipfile
from pathlib import Path
from typing import Any

_LOG_WAIT = 0.005
_lock = threading.Lock()


def mend() -> None:
    """Use the interpreter named by KAIROS_LAMBDA_PYTHON, share unpacked layers, wait less for logs."""
    from ministack.core import lambda_runtime
    from ministack.services.lambda_svc import _resolve_layer_zip

    stock_binary = lambda_runtime._detect_runtime_binary
    stock_spawn = lambda_runtime.Worker._spawn

    def detect(runtime: str) -> tuple[str, str]:
        binary, script = stock_binary(runtime)
        if runtime.startswith("python"):
            return os.environ.get("KAIROS_LAMBDA_PYTHON", binary), script
        return binary, script

    def spawn(worker: Any) -> None:
        asked = worker.config
        folders = [str(_unpacked(_resolve_layer_zip(layer))) for layer in asked.get("Layers", [])]
        variables = {
            **asked.get("Environment", {}).get("Variables", {}),
            "_LAMBDA_LAYERS_DIRS": os.pathsep.join(folders),
        }
        worker.config = {**asked, "Layers": [], "Environment": {"Variables": variables}}
        try:
            stock_spawn(worker)
        finally:
            worker.config = asked

    lambda_runtime._detect_runtime_binary = detect
    lambda_runtime.Worker._spawn = spawn
    lambda_runtime.Worker._drain_stderr_bounded = functools.partialmethod(
        lambda_runtime.Worker._drain_stderr_bounded, first_line_wait=_LOG_WAIT
    )


def _unpacked(layer: bytes) -> Path:
    folder = Path(os.environ["STATE_DIR"]) / "layers" / hashlib.sha256(layer).hexdigest()[:16]
    with _lock:
        if not folder.exists():
            partial = folder.with_suffix(".partial")
            with zipfile.ZipFile(io.BytesIO(layer)) as archive:
                archive.extractall(partial)
            partial.rename(folder)
    return folder
