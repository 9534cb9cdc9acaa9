"""State machines defined in YAML, as CloudFormation takes them; the stock emulator runs JSON alone.

It keeps the text as it is and then fails every execution with "Could not parse state machine definition".
"""

import json
from typing import Any

import yaml


def mend() -> None:
    """Turn a template's YAML definition into JSON, its substitutions made."""
    from ministack.services.cloudformation import provisioners

    stock = provisioners._sfn_definition

    def definition(props: dict[str, Any]) -> str:
        return as_json(stock(props))

    provisioners._sfn_definition = definition


def as_json(text: str) -> str:
    """The definition in JSON; unchanged where it is JSON already or no mapping at all."""
    try:
        json.loads(text)
    except ValueError:
        read = yaml.safe_load(text)
        return json.dumps(read) if isinstance(read, dict) else text
    return text
