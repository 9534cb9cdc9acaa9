"""The served OpenAPI document: complete, derived from the models, and true."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from kairos.domain.access import needed_role
from kairos.openapi import ROUTES, document
from tests.functions.template import TemplateRoute, routes


def references(told: Any) -> Iterator[str]:
    if isinstance(told, dict):
        yield from (value for name, value in told.items() if name == "$ref")
        for value in told.values():
            yield from references(value)
    if isinstance(told, list):
        for value in told:
            yield from references(value)


def named(route: TemplateRoute) -> str:
    return f"{route.method} {route.path}"


OF_THE_API = [route for route in routes() if not route.path.startswith("/console")]
"""The console's pages are for people, and its tests read its own table of routes."""


def test_it_describes_every_route_of_the_template_and_no_other() -> None:
    assert set(ROUTES) == {named(route) for route in OF_THE_API}


@pytest.mark.parametrize("route", OF_THE_API, ids=named)
def test_it_says_truly_which_routes_need_a_key(route: TemplateRoute) -> None:
    told = document()["paths"][route.path][route.method.lower()]
    assert (told["security"] == [{"key": []}]) is not route.is_open
    if not route.is_open:
        assert needed_role(route.method, route.path) in told["description"]


ANSWERING = ("manage_shops", "manage_customers", "manage_endpoints", "manage_scenarios", "manage_imports")
FROM_THE_SNAPSHOT = ("manage_segments", "manage_audiences", "read_feed", "show_results", "show_site")


@pytest.mark.parametrize("function", [*ANSWERING, *FROM_THE_SNAPSHOT])
def test_every_function_answers_the_routes_that_the_template_gives_it(aws: Any, function: str) -> None:
    given = {named(route) for route in routes() if route.function == function}
    assert set(aws.load_app(function).ROUTES) == given


def test_every_reference_leads_somewhere() -> None:
    schemas = document()["components"]["schemas"]
    assert {ref.removeprefix("#/components/schemas/") for ref in references(document())} <= set(schemas)


@pytest.mark.parametrize("place", ROUTES)
def test_every_parameter_of_a_path_is_described(place: str) -> None:
    method, path = place.split(" ")
    told = document()["paths"][path][method.lower()]["parameters"]
    assert {one["name"] for one in told if one["in"] == "path"} == {
        part[1:-1] for part in path.split("/") if part.startswith("{")
    }


def test_what_is_written_here_by_hand_agrees_with_the_models_of_the_function(aws: Any) -> None:
    app = aws.load_app("manage_scenarios")
    paths = document()["paths"]
    template = "/v1/shops/{shop}/templates/{template}"
    for path, method, model, which in (
        ("/v1/shops/{shop}/codes/pools", "post", app.Upload, None),
        (template, "put", app.Draft, 0),
        (template, "put", app.ShortDraft, 1),
        (f"{template}/test", "post", app.TestWish, None),
    ):
        told = paths[path][method]["requestBody"]["content"]["application/json"]["schema"]
        told = told if which is None else told["anyOf"][which]
        true = model.model_json_schema()
        assert set(told["properties"]) == set(true["properties"])
        assert sorted(told["required"]) == sorted(true["required"])


def test_it_is_served_without_a_key(aws: Any, event: Callable[[str], dict[str, Any]]) -> None:
    told = event("manage") | {"resource": "/v1/openapi.json", "pathParameters": None}
    told["requestContext"].pop("authorizer")
    answer = aws.load_app("manage_shops").handler(told, None)
    assert answer["statusCode"] == 200
    assert json.loads(answer["body"])["openapi"].startswith("3.1")
