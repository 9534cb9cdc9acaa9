"""MaximumBatchingWindowInSeconds of an SQS mapping; the stock emulator hands messages over as they come."""

import time
from typing import Any


def mend() -> None:
    """Leave a queue alone until it holds a batch, or its oldest message has waited for the window."""
    from ministack.services import lambda_svc

    stock = lambda_svc._sqs_esm_concurrency

    def concurrency(esm: dict[str, Any], func_rec: Any, config: Any, queue: Any = None) -> int:
        window = esm.get("MaximumBatchingWindowInSeconds") or 0
        if window and queue and not _is_due(queue["messages"], window, esm.get("BatchSize", 10)):
            return 0
        return int(stock(esm, func_rec, config, queue))

    lambda_svc._sqs_esm_concurrency = concurrency


def _is_due(messages: list[dict[str, Any]], window: float, batch: int) -> bool:
    now = time.time()
    waiting = [one["sent_at"] for one in list(messages) if one.get("visible_at", 0) <= now]
    return len(waiting) >= batch or (bool(waiting) and now - min(waiting) >= window)
