"""docs/timeline.md tells every kind of entry once; its example is what the API takes."""

import json
import re
from pathlib import Path
from typing import get_args

from kairos.domain.support import SupportChannel, SupportContact
from kairos.domain.timeline import KINDS

TEXT = (Path(__file__).parents[3] / "docs" / "timeline.md").read_text()


def test_every_kind_is_told_once() -> None:
    assert re.findall(r"^\| `(\w+)` \|", TEXT, re.MULTILINE) == list(KINDS)


def test_the_example_of_an_inquiry_is_what_the_api_takes() -> None:
    [example] = re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)
    assert SupportContact.model_validate(json.loads(example)).id == "ticket-881"


def test_every_channel_of_an_inquiry_is_told() -> None:
    assert [one for one in get_args(SupportChannel) if f"`{one}`" not in TEXT] == []
