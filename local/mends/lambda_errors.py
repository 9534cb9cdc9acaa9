"""A Lambda error carries the exception's own name; the stock emulator calls all of them Runtime.HandlerError.

Retry and Catch of a state machine name errors, so without this none of them matches.
"""

from typing import Any

_MARK = "\x1ferror type: "


def mend() -> None:
    """Let the worker report the exception's class, and put it where Lambda puts it."""
    from ministack.core import lambda_runtime
    from ministack.services import lambda_svc

    told = "traceback.format_exc()"
    script = lambda_runtime._PYTHON_WORKER_SCRIPT
    if script.count(told) != 1:
        raise RuntimeError(
            "The emulator's worker reports errors in a new way: look at local/mends/lambda_errors.py."
        )
    lambda_runtime._PYTHON_WORKER_SCRIPT = script.replace(told, f"{told} + {_MARK!r} + type(e).__name__")
    stock = lambda_svc._execute_function_warm

    def execute(func: dict[str, Any], event: Any, request_id: str) -> Any:
        result = stock(func, event, request_id)
        log, mark, name = (result.get("log") or "").rpartition(_MARK)
        if result.get("error") and mark:
            result["log"] = log
            result["body"]["errorType"] = name.strip()
        return result

    lambda_svc._execute_function_warm = execute
