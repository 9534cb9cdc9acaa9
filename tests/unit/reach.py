"""Which definitions of the product's code a function's code can reach, read from the source."""

import ast
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
CORE = ROOT / "layers/core"

Place = tuple[str, str]
"""A module and the name of one of its definitions; "" for what stands in none."""


class _Module(NamedTuple):
    """imports: what a name stands for. bodies: of each definition, by its name."""

    imports: dict[str, Place]
    bodies: dict[str, list[ast.AST]]


def methods_reached(function: str) -> set[str]:
    """Names of all that is called upon an object wherever the code of functions/NAME/app.py leads.

    A method counts as reached with its class, save what it merely passes on under its own name. What is
    handed over as an object is followed where it is made.
    """
    found: set[str] = set()
    seen: set[Place] = set()
    app = _read(ROOT / "functions" / function / "app.py")
    todo = [(app, one) for bodies in app.bodies.values() for one in bodies]
    while todo:
        module, body = todo.pop()
        found |= _called(body)
        for node in ast.walk(body):
            for place in _meant(module, node):
                if place not in seen:
                    seen.add(place)
                    todo += _bodies(place)
    return found


def _called(body: ast.AST) -> set[str]:
    found: set[str] = set()
    for node in ast.iter_child_nodes(body):
        found |= _called(node)
    if isinstance(body, ast.Call) and isinstance(body.func, ast.Attribute):
        found.add(body.func.attr)
    return found - {body.name} if isinstance(body, ast.FunctionDef) else found


def _meant(module: _Module, node: ast.AST) -> list[Place]:
    """The definitions that a name, or a module's attribute, may stand for."""
    if isinstance(node, ast.Name):
        return [module.imports.get(node.id, (module.imports["*"][0], node.id))]
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        of = module.imports.get(node.value.id)
        return [(f"{of[0]}.{of[1]}", node.attr)] if of else []
    if isinstance(node, ast.ImportFrom) and node.module:  # inside a function
        return [(node.module, one.name) for one in node.names]
    return []


def _bodies(place: Place) -> list[tuple[_Module, ast.AST]]:
    path = CORE / f"{place[0].replace('.', '/')}.py"
    if not place[0].startswith("kairos.") or not path.is_file():
        return []
    module = _read(path)
    return [(module, one) for one in module.bodies.get(place[1], [])]


@cache
def _read(path: Path) -> _Module:
    tree = ast.parse(path.read_text())
    own = ".".join(path.relative_to(CORE).with_suffix("").parts) if path.is_relative_to(CORE) else ""
    imports: dict[str, Place] = {"*": (own, "")}
    bodies: dict[str, list[ast.AST]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            imports |= {one.asname or one.name: (node.module, one.name) for one in node.names}
    for node in tree.body:
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                bodies.setdefault(name, []).append(node)
            case ast.Assign(targets=targets):
                for target in targets:
                    bodies.setdefault(target.id if isinstance(target, ast.Name) else "", []).append(node)
            case ast.AnnAssign(target=ast.Name(id=name)):
                bodies.setdefault(name, []).append(node)
            case ast.Import() | ast.ImportFrom():
                pass
            case _:
                bodies.setdefault("", []).append(node)
    return _Module(imports, bodies)
