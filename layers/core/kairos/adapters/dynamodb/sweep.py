"""Finding all items of a shop that is to be erased."""

import json
from typing import Any

from kairos.ports import Key


class TableSweep:
    """See ports.Sweep. A page is what DynamoDB scans at once, 1 MB, whether anything in it matches or not."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def page(
        self, start: str, after: str | None, part: int = 0, parts: int = 1
    ) -> tuple[list[Key], str | None]:
        """See ports.Sweep."""
        asked: dict[str, Any] = {
            "TableName": self._table,
            "ConsistentRead": True,
            "ProjectionExpression": "pk, sk",
        }
        if parts > 1:
            asked |= {"Segment": part, "TotalSegments": parts}
        if start:
            asked["FilterExpression"] = "begins_with(pk, :start)"
            asked["ExpressionAttributeValues"] = {":start": {"S": start}}
        if after is not None:
            asked["ExclusiveStartKey"] = json.loads(after)
        answer = self._client.scan(**asked)
        left = answer.get("LastEvaluatedKey")
        found = [Key(item["pk"]["S"], item["sk"]["S"]) for item in answer["Items"]]
        return found, json.dumps(left) if left else None
