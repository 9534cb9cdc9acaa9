"""What the emulator lacks and this project needs: one file each, applied before the emulator starts.

Every mend of a gap has a probe in tests/local that fails once the emulator closes the gap itself, so that the
mend can go. The mends reach into the emulator's internals, hence the exact version.
"""

import importlib
import importlib.metadata

VERSION = "1.5.33"

MENDS = (
    "api_id",
    "batching_window",
    "binary_bodies",
    "clock",
    "email",
    "email_permission",
    "endpoint_names",
    "endpoint_permission",
    "gateway_responses",
    "lambda_errors",
    "lambda_runtime",
    "mobile",
    "scan_pages",
    "secrets",
    "start_execution",
    "succeed_output",
    "table_ttl",
    "yaml_definition",
    "receivers",  # the last: it wraps the emulator itself, and so brings in all of it
)
"""Their files, in the order in which they are applied."""


def apply_all() -> None:
    """Mend the emulator in this process. Raises RuntimeError for a version nobody has tried."""
    found = importlib.metadata.version("ministack")
    if found != VERSION:
        raise RuntimeError(
            f"The mends are for ministack {VERSION}, found {found}. Run tests/local against it first."
        )
    for name in MENDS:  # imported only now, else a wrong version fails in some import
        importlib.import_module(f"local.mends.{name}").mend()
