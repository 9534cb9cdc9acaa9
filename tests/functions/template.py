"""template.yaml as tests read it."""

from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

PATH = Path(__file__).parents[2] / "template.yaml"


class _Loader(yaml.SafeLoader):
    """Reads !Ref and its like as what follows them."""


def _untagged(loader: _Loader, _suffix: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    assert isinstance(node, yaml.MappingNode)
    return loader.construct_mapping(node, deep=True)


_Loader.add_multi_constructor("!", _untagged)


class TemplateRoute(NamedTuple):
    """One route of the API. is_open: needs no API key."""

    function: str
    method: str
    path: str
    is_open: bool


@cache
def read_template() -> dict[str, Any]:
    """The whole template; intrinsic functions are reduced to their arguments."""
    told: dict[str, Any] = yaml.load(PATH.read_text(), _Loader)  # noqa: S506 - a SafeLoader of our own
    return told


def routes() -> list[TemplateRoute]:
    """Every route of the API."""
    found = []
    for resource in read_template()["Resources"].values():
        for event in resource.get("Properties", {}).get("Events", {}).values():
            if event.get("Type") != "Api":
                continue
            told = event["Properties"]
            is_open = told.get("Auth", {}).get("Authorizer") == "NONE"
            code = resource["Properties"]["CodeUri"]
            found.append(TemplateRoute(Path(code).name, told["Method"].upper(), told["Path"], is_open))
    return found
