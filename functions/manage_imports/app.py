"""Imports of history: made, started, and shown."""

from collections.abc import Mapping
from typing import Any

from kairos import bootstrap
from kairos.api import Request, answer, read_as, read_json, serve
from kairos.services.importing.wish import ImportWish


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """A proxy event of API Gateway."""
    return serve(ROUTES, event)


def create_import(request: Request) -> dict[str, Any]:
    """The new import, with the address to send its file to."""
    wish = read_as(ImportWish, read_json(request))
    return answer(201, bootstrap.imports().create(request.path["shop"], wish))


def list_imports(request: Request) -> dict[str, Any]:
    """Those of the last 30 days, latest first."""
    return answer(200, {"imports": bootstrap.imports().list(request.path["shop"])})


def start_import(request: Request) -> dict[str, Any]:
    """Begin, or go on; it is worked on after the answer."""
    return answer(202, bootstrap.imports().start(request.path["shop"], request.path["import"]))


def show_import(request: Request) -> dict[str, Any]:
    """How far it has come, and what was wrong."""
    return answer(200, bootstrap.imports().show(request.path["shop"], request.path["import"]))


_IMPORTS = "/v1/shops/{shop}/imports"
ROUTES = {
    f"POST {_IMPORTS}": create_import,
    f"GET {_IMPORTS}": list_imports,
    f"GET {_IMPORTS}/{{import}}": show_import,
    f"POST {_IMPORTS}/{{import}}/start": start_import,
}
