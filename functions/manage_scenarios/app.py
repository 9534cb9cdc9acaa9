"""Scenarios, their settings and runs; discount codes; templates."""

from collections.abc import Mapping
from typing import Any

from kairos import bootstrap
from kairos.adapters.templates import own
from kairos.api import Request, answer, read_as, read_json, serve
from kairos.domain.errors import NotFound
from kairos.domain.scenarios.abandoned_cart import PoolName
from kairos.domain.shop import Shop
from kairos.domain.value import Value
from kairos.services import codes, scenarios
from kairos.services.shops import load_shop


class Upload(Value):
    """Codes for a pool, as the shop made them there."""

    name: PoolName
    codes: tuple[str, ...]


class Draft(Value):
    """A shop's own template: Liquid in all three, the body as a whole MJML document."""

    subject: str
    mjml: str
    text: str

    def parts(self) -> own.Draft:
        """As the template adapter takes it."""
        return own.Draft(self.subject, self.mjml, self.text)


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """A proxy event of API Gateway."""
    return serve(ROUTES, event)


def list_scenarios(request: Request) -> dict[str, Any]:
    """Every scenario in the box, as it stands at the shop."""
    return answer(200, {"scenarios": scenarios.show_scenarios(bootstrap.items(), _shop(request).id)})


def show_scenario(request: Request) -> dict[str, Any]:
    """One scenario, with every setting."""
    shown = scenarios.show_scenario(bootstrap.items(), _shop(request).id, request.path["scenario"])
    return answer(200, shown)


def change_scenario(request: Request) -> dict[str, Any]:
    """Switch it, tune it; what is left out stays."""
    shop, name, told = _shop(request).id, request.path["scenario"], read_json(request)
    return answer(200, scenarios.change_scenario(bootstrap.items(), bootstrap.clock(), shop, name, told))


def list_runs(request: Request) -> dict[str, Any]:
    """A customer's runs of the scenario, latest first."""
    shop, name = _shop(request).id, request.path["scenario"]
    customer = request.query.get("customer", "")
    return answer(200, {"runs": scenarios.show_runs(bootstrap.items(), shop, name, customer)})


def upload_codes(request: Request) -> dict[str, Any]:
    """Add codes to a pool. known: in it before, or given; repeated: more than once in this upload."""
    shop, wish = _shop(request).id, read_as(Upload, read_json(request))
    done = codes.upload(bootstrap.items(), shop, wish.name, wish.codes)
    return answer(200, {**done, "repeated": len(wish.codes) - done["added"] - done["known"]})


def list_codes(request: Request) -> dict[str, Any]:
    """How many codes of each pool are free and given."""
    return answer(200, {"pools": codes.pools(bootstrap.items(), _shop(request).id)})


def show_template(request: Request) -> dict[str, Any]:
    """The shop's own template, else the one in the box."""
    name = own.parse_name(request.path["template"])
    return answer(200, own.load_template(bootstrap.items(), _shop(request), name))


def put_template(request: Request) -> dict[str, Any]:
    """Keep the shop's own template, checked and compiled."""
    shop, name = _shop(request), own.parse_name(request.path["template"])
    draft = read_as(Draft, read_json(request)).parts()
    stored = own.save_template(bootstrap.items(), shop, name, draft, bootstrap.clock().now())
    return answer(200, {part: stored[part] for part in own.Draft._fields} | {"own": True})


def preview_template(request: Request) -> dict[str, Any]:
    """The draft in the body, else what would be sent now, with an example cart."""
    shop, name = _shop(request), own.parse_name(request.path["template"])
    told = read_json(request) if request.body else {}
    draft = read_as(Draft, told).parts() if told else None
    shown = own.preview(bootstrap.items(), shop, name, draft, bootstrap.clock().now())
    return answer(200, shown.model_dump(mode="json"))


def _shop(request: Request) -> Shop:
    shop = load_shop(bootstrap.items(), request.path["shop"])
    if shop is None:
        raise NotFound("shop", request.path["shop"])
    return shop


_SCENARIO = "/v1/shops/{shop}/scenarios/{scenario}"
_TEMPLATE = "/v1/shops/{shop}/templates/{template}"
ROUTES = {
    "GET /v1/shops/{shop}/scenarios": list_scenarios,
    f"GET {_SCENARIO}": show_scenario,
    f"PUT {_SCENARIO}": change_scenario,
    f"GET {_SCENARIO}/runs": list_runs,
    "POST /v1/shops/{shop}/codes/pools": upload_codes,
    "GET /v1/shops/{shop}/codes": list_codes,
    f"GET {_TEMPLATE}": show_template,
    f"PUT {_TEMPLATE}": put_template,
    f"POST {_TEMPLATE}/preview": preview_template,
}
