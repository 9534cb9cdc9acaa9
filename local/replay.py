"""`make replay`: send every shop's dead letters back to the record queue after a fix.

    python -m local.replay               the stack of `make up` (.local/stack.json)
    python -m local.replay --stack NAME  a stack in AWS, by its CloudFormation name

Those filed with their shops go as the API would replay them, those still in the queue straight from there.
Each letter is deleted only after it stands in the record queue again, so an interrupted replay loses
none and at worst records one twice, which changes nothing. What dies again meanwhile is left for the
next replay.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from kairos import keys
from kairos.adapters.clock import SystemClock
from kairos.adapters.dynamodb.items import DynamoItems
from kairos.adapters.sqs import SqsQueue
from kairos.domain.dead_letter import AGAIN_AND_AGAIN, DeadLetter
from kairos.ports import Items
from kairos.services.dead_letters import replaying
from kairos.services.dead_letters.keeping import NOBODYS
from kairos.services.dead_letters.replaying import Replaying, ReplayWish
from local.place import StackError, default_place
from local.running_stack import RunningStack

HOLD = 120
"""Seconds for which a letter is ours while it is sent back."""


class Letters(NamedTuple):
    """Where dead letters lie, and where they go. sqs: a client; dead, record: addresses of queues; items: the
    table in which they are filed."""

    sqs: Any
    dead: str
    record: str
    items: Items


def replay(letters: Letters, started: datetime) -> Counter[str]:
    """Send back every letter that died before `started`. Returns how many by reason."""
    counted = _replay_filed(letters, started)
    for letter in _dead_before(letters, started):
        letters.sqs.send_message(QueueUrl=letters.record, MessageBody=_body(letter))
        letters.sqs.delete_message(QueueUrl=letters.dead, ReceiptHandle=letter["ReceiptHandle"])
        counted[_reason(letter)] += 1
    return counted


def _replay_filed(letters: Letters, started: datetime) -> Counter[str]:
    counted: Counter[str] = Counter()
    shops = [item.key.sk for item in letters.items.query(keys.listed_shop("").pk)]
    parts = Replaying(letters.items, SystemClock(), SqsQueue(letters.sqs, letters.record))
    for shop in (*shops, NOBODYS):
        for item in letters.items.query(keys.dead_letter(shop, "").pk):
            letter = DeadLetter.model_validate(item.body)
            if letter.died_at < started:
                wish = ReplayWish(letters=(letter.name,))
                counted[_named(letter.reason, letter.field)] += replaying.replay(parts, shop, wish)[
                    "replayed"
                ]
    return counted


def _dead_before(letters: Letters, started: datetime) -> Iterator[dict[str, Any]]:
    while True:
        answer = letters.sqs.receive_message(
            QueueUrl=letters.dead,
            MaxNumberOfMessages=10,
            VisibilityTimeout=HOLD,
            WaitTimeSeconds=2,
            MessageAttributeNames=["All"],
            AttributeNames=["SentTimestamp"],  # by its old name, which the emulator knows too
        )
        found = answer.get("Messages", [])
        older = [one for one in found if _died_at(one) < started]
        yield from older
        for one in found:
            if one not in older:
                letters.sqs.change_message_visibility(
                    QueueUrl=letters.dead, ReceiptHandle=one["ReceiptHandle"], VisibilityTimeout=0
                )
        if not older:
            return


def _died_at(letter: dict[str, Any]) -> datetime:
    return datetime.fromtimestamp(int(letter["Attributes"]["SentTimestamp"]) / 1000, UTC)


def _body(letter: dict[str, Any]) -> str:
    """What stood in the record queue: text that was no JSON object had been wrapped."""
    text: str = letter["Body"]
    try:
        told = json.loads(text)
    except ValueError:
        return text
    wrapped = isinstance(told, dict) and told.keys() == {"unreadable"}
    return str(told["unreadable"]) if wrapped else text


def _reason(letter: dict[str, Any]) -> str:
    """The reason and the field; SQS itself moves a message that failed too often, and gives none."""
    told = {name: one["StringValue"] for name, one in letter.get("MessageAttributes", {}).items()}
    if "reason" not in told:
        return AGAIN_AND_AGAIN
    return _named(told["reason"], told.get("field", ""))


def _named(reason: str, field: str) -> str:
    return f"{reason}: {field}" if field else reason


def local_letters() -> Letters:
    """Of the stack of `make up`. Raises StackError where there is none."""
    place = default_place()
    try:
        stack = RunningStack(json.loads(place.stack_file.read_text(encoding="utf-8")))
    except FileNotFoundError as gone:
        raise StackError(f"There is no {place.stack_file}: start the stack with `make up`.") from gone
    outputs = stack.told["outputs"]
    items = DynamoItems(stack.aws("dynamodb"), outputs["TableName"])
    return Letters(stack.aws("sqs"), outputs["DeadLettersUrl"], outputs["RecordQueueUrl"], items)


def aws_letters(stack: str) -> Letters:
    """Of a stack in AWS, with the credentials and region of the environment. Raises StackError."""
    try:
        described = boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    except (BotoCoreError, ClientError) as error:
        raise StackError(f"The stack {stack!r} could not be looked up: {error}") from error
    outputs = {one["OutputKey"]: one["OutputValue"] for one in described.get("Outputs", [])}
    if not {"DeadLettersUrl", "RecordQueueUrl", "TableName"} <= outputs.keys():
        raise StackError(f"The stack {stack!r} has no outputs DeadLettersUrl, RecordQueueUrl and TableName.")
    items = DynamoItems(boto3.client("dynamodb"), outputs["TableName"])
    return Letters(boto3.client("sqs"), outputs["DeadLettersUrl"], outputs["RecordQueueUrl"], items)


def main(given: Sequence[str]) -> int:
    """0 when every letter was sent back."""
    parser = argparse.ArgumentParser(prog="make replay", description="Send dead letters again after a fix.")
    parser.add_argument("--stack", help="CloudFormation name of a stack in AWS; else the local one")
    stack = parser.parse_args(given).stack
    try:
        counted = replay(aws_letters(stack) if stack else local_letters(), datetime.now(UTC))
    except (StackError, BotoCoreError, ClientError) as error:
        print(f"Replay stopped: {error}", file=sys.stderr)
        return 1
    for reason, number in counted.most_common():
        print(f"{number:6}  {reason}")
    print(f"{counted.total():6}  dead letters sent again" if counted else "No dead letters.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
