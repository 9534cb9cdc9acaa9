"""Scenarios, their settings and runs; discount codes; templates."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from kairos import bootstrap
from kairos.adapters.templates import checking, own
from kairos.adapters.templates.names import TemplateName, parse_name
from kairos.api import Request, answer, read_as, read_json, serve
from kairos.domain.errors import NotFound, Refused
from kairos.domain.scenarios.timeline_settings import PoolName
from kairos.domain.shop import Shop
from kairos.domain.value import Value
from kairos.services import codes, scenarios
from kairos.services.codes.redemption import codes_of_customer, named_customer, story_of_code
from kairos.services.forms.tokens import sign_up_token
from kairos.services.qualifying import counted
from kairos.services.segments.parts import Segments
from kairos.services.sending.previewing import content_for
from kairos.services.sending.testing import send_test
from kairos.services.shops import load_shop


class Upload(Value):
    """Codes for a pool, as the shop made them there."""

    name: PoolName
    codes: tuple[str, ...]


class Draft(Value):
    """A shop's own e-mail: Liquid in all three, the body as a whole MJML document."""

    subject: str
    mjml: str
    text: str

    def parts(self) -> checking.Draft:
        """As the template adapter takes it."""
        return checking.Draft(self.subject, self.mjml, self.text)


class ShortDraft(Value):
    """A shop's own message on another channel: Liquid in all three; an sms is the text alone."""

    text: str
    title: str = ""
    url: str = ""

    def parts(self) -> checking.ShortDraft:
        """As the template adapter takes it."""
        return checking.ShortDraft(self.title, self.text, self.url)


class Preview(Value):
    """For which customer to fill it, by id; None: an example."""

    customer: str | None = None


class TestWish(Value):
    """Where a test goes, and as which customer's it is filled; None: an example."""

    to: str
    customer: str | None = None


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """A proxy event of API Gateway."""
    return serve(ROUTES, event)


def list_scenarios(request: Request) -> dict[str, Any]:
    """Every scenario in the box, as it stands at the shop."""
    return answer(200, {"scenarios": scenarios.show_scenarios(bootstrap.items(), _shop(request))})


def show_scenario(request: Request) -> dict[str, Any]:
    """One scenario, with every setting and the schema of these, its backlog and its runs under way."""
    shop, name = _shop(request), request.path["scenario"]
    told = scenarios.show_scenario(bootstrap.items(), shop, name)
    schema = {"settings_schema": scenarios.settings_schema(name)}
    return answer(200, {**told, **counted(_segments().populating, shop, name, told), **schema})


def change_scenario(request: Request) -> dict[str, Any]:
    """Switch it, tune it; what is left out stays. Runs under way keep the settings that they began with."""
    shop, name, wish = _shop(request), request.path["scenario"], read_json(request)
    wanted = _segments().want_recompute
    told = scenarios.change_scenario(bootstrap.items(), bootstrap.clock(), shop, name, wish, wanted)
    return answer(200, {**told, **counted(_segments().populating, shop, name, told)})


@cache
def _segments() -> Segments:
    """Opened snapshots stay with it; most requests need none."""
    return bootstrap.segments()


def upload_codes(request: Request) -> dict[str, Any]:
    """Add codes to a pool. known: in it before, or given; repeated: more than once in this upload."""
    shop, wish = _shop(request).id, read_as(Upload, read_json(request))
    done = codes.upload(bootstrap.items(), shop, wish.name, wish.codes)
    return answer(200, {**done, "repeated": len(wish.codes) - done["added"] - done["known"]})


def list_codes(request: Request) -> dict[str, Any]:
    """How many codes of each pool are free and given; what became of a customer's codes, or of one code."""
    items, shop, now = bootstrap.items(), _shop(request), bootstrap.clock().now()
    told: dict[str, Any] = {"pools": codes.pools(items, shop.id, shop.discounts.warn_below)}
    if customer := request.query.get("customer"):
        told["codes"] = codes_of_customer(items, shop.id, named_customer(customer), now)
    elif code := request.query.get("code"):
        told["codes"] = [story_of_code(items, shop.id, code, now)]
    return answer(200, told)


def show_template(request: Request) -> dict[str, Any]:
    """The shop's own template, else the one in the box."""
    name = parse_name(request.path["template"])
    return answer(200, own.load_template(bootstrap.items(), _shop(request), name))


def list_templates(request: Request) -> dict[str, Any]:
    """Every template there is, and which of them the shop has written itself."""
    return answer(200, {"templates": own.list_templates(bootstrap.items(), _shop(request))})


def put_template(request: Request) -> dict[str, Any]:
    """Keep the shop's own template, checked and compiled."""
    shop, name = _shop(request), parse_name(request.path["template"])
    draft = _draft(name, read_json(request))
    stored = own.save_template(bootstrap.items(), shop, name, draft, bootstrap.clock().now())
    return answer(200, {part: stored[part] for part in draft._fields} | {"own": True})


def remove_template(request: Request) -> dict[str, Any]:
    """Forget the shop's own template: from now on the one in the box is sent."""
    own.remove_template(bootstrap.items(), _shop(request), parse_name(request.path["template"]))
    return answer(204)


def preview_template(request: Request) -> dict[str, Any]:
    """The draft in the body, else what would be sent now; for a customer, else with an example."""
    shop, name = _shop(request), parse_name(request.path["template"])
    told = read_json(request) if request.body else {}
    customer = read_as(Preview, {"customer": told.pop("customer", None)}).customer
    draft = _draft(name, told) if told else None
    now = bootstrap.clock().now()
    content = content_for(bootstrap.items(), bootstrap.identity_key(), shop, now, name.tag, customer)
    return answer(200, own.preview(bootstrap.items(), name, draft, content, now).model_dump(mode="json"))


def send_test_of_template(request: Request) -> dict[str, Any]:
    """What would be sent now, to an address of the shop's own."""
    shop, name = _shop(request), parse_name(request.path["template"])
    wish = read_as(TestWish, read_json(request))
    if name.channel != "email":
        remedy = "Preview it, or test the e-mail of the same step."
        raise Refused("template", f"Tests go by e-mail, not by {name.channel}.", remedy)
    message = send_test(bootstrap.testing(), shop, name.scenario, name.step, name.tag, wish.to, wish.customer)
    return answer(202, {"message_id": message})


def list_forms(request: Request) -> dict[str, Any]:
    """The address of the shop's own sign-up form."""
    shop = _shop(request)
    token = sign_up_token(bootstrap.identity_key(), shop.id)
    return answer(200, {"sign_up": f"{bootstrap.settings().api_url or request.base}/v1/forms/{token}"})


def _draft(name: TemplateName, told: Mapping[str, Any]) -> checking.Draft | checking.ShortDraft:
    if name.channel == "email":
        return read_as(Draft, told).parts()
    return read_as(ShortDraft, told).parts()


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
    "POST /v1/shops/{shop}/codes/pools": upload_codes,
    "GET /v1/shops/{shop}/codes": list_codes,
    "GET /v1/shops/{shop}/templates": list_templates,
    f"GET {_TEMPLATE}": show_template,
    f"PUT {_TEMPLATE}": put_template,
    f"DELETE {_TEMPLATE}": remove_template,
    f"POST {_TEMPLATE}/preview": preview_template,
    f"POST {_TEMPLATE}/test": send_test_of_template,
    "GET /v1/shops/{shop}/forms": list_forms,
}
