"""What descriptions of routes are made of."""

from typing import Any, NamedTuple

from pydantic import BaseModel

Schema = dict[str, Any]

REF = "#/components/schemas/{model}"
TEXT: Schema = {"type": "string"}
ANYTHING: Schema = {"type": "object"}


class Route(NamedTuple):
    """One route. takes, gives: JSON schemas. opens: how it is guarded. query: optional parameters."""

    about: str
    gives: Schema | None
    takes: Schema | None = None
    status: int = 200
    opens: str = "key"
    query: tuple[str, ...] = ()
    refuses: tuple[int, ...] = (400, 401, 403, 404)


def schema_of(model: type[BaseModel]) -> Schema:
    """A reference to the model's schema."""
    return {"$ref": REF.format(model=model.__name__)}


def object_of(required: tuple[str, ...] = (), **properties: Schema) -> Schema:
    """An object with these properties."""
    told: Schema = {"type": "object", "properties": properties}
    return told | ({"required": list(required)} if required else {})


def list_of(of: Schema) -> Schema:
    """A list of such."""
    return {"type": "array", "items": of}
