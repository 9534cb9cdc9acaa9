"""What only DynamoDB can do to us: throttle, leave keys unread, refuse big items."""

import random

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from kairos.adapters.dynamodb.items import ROUNDS, DynamoItems
from kairos.domain.errors import Conflict, Throttled, TooLarge, Unavailable
from kairos.ports import Item, Key, Put
from tests.adapters.dynamodb.conftest import TABLE

KEY = Key("node", "order#1")


class Client:
    """Answers each call of a method with the next of its answers; an error is raised."""

    def __init__(self, **answers):
        self.answers = answers
        self.asked = []

    def __getattr__(self, name):
        def call(**asked):
            self.asked.append(asked)
            answer = self.answers[name].pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer

        return call


def refusal(code, message="", reasons=()):
    response = {"Error": {"Code": code, "Message": message}}
    if reasons:
        response["CancellationReasons"] = [{"Code": reason} for reason in reasons]
    return ClientError(response, "Operation")


def left_over(*keys):
    return {
        "Responses": {},
        "UnprocessedKeys": {TABLE: {"Keys": [dict.fromkeys(("pk", "sk"), k) for k in keys]}},
    }


def stored(key):
    return {"pk": {"S": key.pk}, "sk": {"S": key.sk}, "v": {"S": "1"}, "body": {"S": "{}"}}


@pytest.mark.parametrize(
    "code", ["ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded"]
)
def test_throttling_is_told_as_such(code):
    items = DynamoItems(Client(get_item=[refusal(code)]), TABLE)
    with pytest.raises(Throttled):
        items.get(KEY)


@pytest.mark.parametrize(
    ("reasons", "error"),
    [
        (("None", "ConditionalCheckFailed"), Conflict),
        (("TransactionConflict", "None"), Conflict),
        (("ThrottlingError", "None"), Throttled),
        (("ConditionalCheckFailed", "ThrottlingError"), Conflict),
    ],
)
def test_a_cancelled_transaction_tells_why(reasons, error):
    client = Client(transact_write_items=[refusal("TransactionCanceledException", reasons=reasons)])
    put = Put(Item(KEY, "1", {}))
    with pytest.raises(error):
        DynamoItems(client, TABLE).transact([put, put])


@pytest.mark.parametrize(
    "failure",
    [
        ReadTimeoutError(endpoint_url="https://dynamodb.example.com"),
        EndpointConnectionError(endpoint_url="https://dynamodb.example.com"),
        refusal("InternalServerError"),
        refusal("TransactionInProgressException"),
    ],
    ids=lambda failure: type(failure).__name__,
)
def test_a_missing_answer_is_told_as_one_that_may_be_asked_for_again(failure):
    with pytest.raises(Unavailable):
        DynamoItems(Client(put_item=[failure]), TABLE).write(Put(Item(KEY, "1", {})))


def test_any_other_refusal_passes_as_it_is():
    items = DynamoItems(Client(get_item=[refusal("AccessDeniedException")]), TABLE)
    with pytest.raises(ClientError, match="AccessDenied"):
        items.get(KEY)


def test_keys_left_over_are_read_again_after_a_jittered_pause():
    pauses = []
    client = Client(batch_get_item=[left_over("a"), {"Responses": {TABLE: [stored(KEY)]}}])
    items = DynamoItems(client, TABLE, sleep=pauses.append, jitter=lambda: 0.5)
    assert list(items.get_many([KEY])) == [KEY]
    assert pauses == [0.05]
    assert client.asked[1]["RequestItems"] == left_over("a")["UnprocessedKeys"]


def test_keys_left_over_while_others_are_read_need_no_pause():
    pauses = []
    first = {**left_over("a"), "Responses": {TABLE: [stored(KEY)]}}
    client = Client(batch_get_item=[first, {"Responses": {TABLE: []}}])
    DynamoItems(client, TABLE, sleep=pauses.append).get_many([KEY])
    assert pauses == []


def test_keys_that_stay_unread_end_as_throttled_after_bounded_pauses():
    pauses = []
    client = Client(batch_get_item=[left_over("a") for _ in range(ROUNDS)])
    items = DynamoItems(client, TABLE, sleep=pauses.append, jitter=lambda: 1.0)
    with pytest.raises(Throttled):
        items.get_many([KEY])
    assert len(pauses) == ROUNDS - 1
    assert sum(pauses) < 4


def test_every_read_is_consistent():
    client = Client(get_item=[{}], query=[{"Items": []}], batch_get_item=[{"Responses": {}}])
    items = DynamoItems(client, TABLE)
    items.get(KEY)
    items.query("node")
    items.get_many([KEY])
    one, all_of, many = client.asked
    assert one["ConsistentRead"]
    assert all_of["ConsistentRead"]
    assert many["RequestItems"][TABLE]["ConsistentRead"]


def test_a_body_that_stays_too_large_when_compressed_is_refused(dynamodb):
    noise = random.Random(1).randbytes(500_000).hex()  # noqa: S311 - compresses badly, no secret
    with pytest.raises(TooLarge):
        DynamoItems(dynamodb, TABLE).write(Put(Item(KEY, "1", {"noise": noise})))


def test_a_small_body_stays_readable_text(dynamodb):
    DynamoItems(dynamodb, TABLE).write(Put(Item(KEY, "1", {"b": 2, "a": 1})))
    held = dynamodb.scan(TableName=TABLE)["Items"][0]
    assert held["body"] == {"S": '{"a":1,"b":2}'}


def test_more_writes_than_one_transaction_takes_are_refused():
    put = Put(Item(KEY, "1", {}))
    with pytest.raises(ValueError, match="100"):
        DynamoItems(Client(), TABLE).transact([put] * 101)


def test_a_day_of_activity_takes_a_fraction_of_its_text(dynamodb):
    seen = [
        {"id": f"a{n}", "kind": "page", "at": "2026-03-01T12:00:00Z", "target": f"/p/{n}"} for n in range(500)
    ]
    day = Item(KEY, "1", {"day": "2026-03-01", "activities": seen})
    items = DynamoItems(dynamodb, TABLE)
    items.write(Put(day))
    held = dynamodb.scan(TableName=TABLE)["Items"][0]
    assert len(held["body"]["B"]) * 5 < len(str(seen))
    assert items.get(KEY) == day


def unwritten(*keys):
    """What BatchWriteItem answers where it did not write the items of these keys."""
    return {"UnprocessedItems": {TABLE: [{"PutRequest": {"Item": stored(one)}} for one in keys]}}


def test_what_a_batch_left_unwritten_is_written_again_and_nothing_else():
    other = Key("node", "order#2")
    client = Client(batch_write_item=[unwritten(other), {"UnprocessedItems": {}}])
    DynamoItems(client, TABLE, sleep=lambda _: None).put_batch([Item(KEY, "1", {}), Item(other, "1", {})])
    assert [asked["RequestItems"] for asked in client.asked[1:]] == [unwritten(other)["UnprocessedItems"]]


def test_a_batch_that_gets_nowhere_counts_as_throttled_after_waiting_longer_each_time():
    waits = []
    client = Client(batch_write_item=[unwritten(KEY) for _ in range(ROUNDS)])
    with pytest.raises(Throttled):
        DynamoItems(client, TABLE, sleep=waits.append, jitter=lambda: 1.0).put_batch([Item(KEY, "1", {})])
    assert waits == sorted(waits)
    assert len(waits) == ROUNDS - 1


def test_of_many_writes_a_failure_is_told_once_the_others_are_done():
    writes = [Put(Item(Key("node", str(one)), "1", {})) for one in range(3)]
    client = Client(put_item=[{}, refusal("ThrottlingException"), {}])
    with pytest.raises(Throttled):
        DynamoItems(client, TABLE).write_each(writes)
    assert len(client.asked) == len(writes)


def test_versions_are_read_without_the_bodies():
    client = Client(batch_get_item=[{"Responses": {TABLE: [stored(KEY)]}}])
    assert DynamoItems(client, TABLE).versions([KEY]) == {KEY: "1"}
    (asked,) = client.asked
    assert asked["RequestItems"][TABLE]["ProjectionExpression"] == "pk, sk, v"
    assert asked["RequestItems"][TABLE]["ConsistentRead"]
