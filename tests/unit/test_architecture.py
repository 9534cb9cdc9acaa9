"""The rooms keep apart: what the domain and the services may not know."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

KAIROS = Path(__file__).resolve().parents[2] / "layers/core/kairos"
DOMAIN = sorted((KAIROS / "domain").rglob("*.py"))
OUTSIDE_ADAPTERS = sorted(
    path
    for path in KAIROS.rglob("*.py")
    if "adapters" not in path.relative_to(KAIROS).parts and path.name != "bootstrap.py"
)
AWS_AND_ENGINES = {"boto3", "botocore", "duckdb", "aws_lambda_powertools"}
# Reading the clock, chance or the environment: all three are arguments in the domain.
IMPURE_CALLS = {
    "datetime.now", "datetime.utcnow", "datetime.today", "date.today",
    "time.time", "time.time_ns", "time.monotonic",
    "os.environ", "os.getenv", "os.urandom", "uuid.uuid1", "uuid.uuid4", "open",
}  # fmt: skip
IMPURE_MODULES = {"random", "secrets", "subprocess", "socket", "requests", "urllib.request", "logging"}


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def dotted(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Name):
            yield ast.unparse(node)


def impurities(source: str) -> set[str]:
    """What a module of the domain does that it may not."""
    tree = ast.parse(source)
    modules = set(imported(tree))
    found = {name for name in modules if name.split(".")[0] in AWS_AND_ENGINES or name in IMPURE_MODULES}
    names = set(dotted(tree))
    return found | {call for call in IMPURE_CALLS if any(n == call or n.endswith("." + call) for n in names)}


def name_of(path: Path) -> str:
    return str(path.relative_to(KAIROS))


@pytest.mark.parametrize("path", DOMAIN, ids=name_of)
def test_the_domain_is_pure(path: Path) -> None:
    assert impurities(path.read_text()) == set()


@pytest.mark.parametrize("path", DOMAIN, ids=name_of)
def test_the_domain_imports_nothing_of_the_other_rooms(path: Path) -> None:
    ours = {name for name in imported(ast.parse(path.read_text())) if name.startswith("kairos")}
    assert {name for name in ours if not name.startswith("kairos.domain")} == set()


@pytest.mark.parametrize("path", OUTSIDE_ADAPTERS, ids=name_of)
def test_aws_and_engines_are_named_in_adapters_only(path: Path) -> None:
    allowed = {"engine": {"duckdb"}}.get(path.relative_to(KAIROS).parts[0], set())
    modules = {name.split(".")[0] for name in imported(ast.parse(path.read_text()))}
    assert modules & (AWS_AND_ENGINES - allowed) == set()


@pytest.mark.parametrize(
    "source",
    [
        "import boto3",
        "from botocore.config import Config",
        "from aws_lambda_powertools import Logger",
        "def f():\n    import duckdb",
        "import os\nx = os.environ['A']",
        "from datetime import datetime\nx = datetime.now()",
        "import datetime\nx = datetime.datetime.now()",
        "import time\nx = time.time()",
        "import random",
        "import uuid\nx = uuid.uuid4()",
    ],
)
def test_the_test_itself_sees_an_impurity(source: str) -> None:
    assert impurities(source) != set()
