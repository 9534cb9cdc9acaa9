"""PrestaShop's module and its adapter agree: what PHP signs is verified, and what it posts is read."""

import json
from typing import Any

import pytest

from kairos.adapters.clock import SystemClock
from kairos.adapters.platforms.platform import read_delivery
from kairos.adapters.platforms.signatures import identify_signature, is_signed, kept_headers
from kairos.domain.cart import CartSnapshot
from kairos.domain.customer import ConsentSnapshot, CustomerSnapshot, PrivacyRequest
from kairos.domain.order import OrderSnapshot
from kairos.domain.product import ProductSnapshot
from tests.adapters.platforms.delivering import a_shop, delivery
from tests.plugins.listening import Listening, Posted, listening
from tests.plugins.php import CRON_TOKEN, MODULE, run_module

SECRET, TAG_SECRET = "webhook-secret", "tag-secret-of-16"
VISITOR = "b7e0f8c2-6d1a-4e9b-9a53-0d2f4c1e7a88"


def hook(name: str, **params: Any) -> list[Any]:
    return ["hook", name, params]


def object_of(kind: str, number: int, **fields: Any) -> dict[str, Any]:
    return {"class": kind, "id": number} | ({"with": fields} if fields else {})


DELIVER, WAIT = ["deliver"], ["wait"]
ORDERED = hook("actionValidateOrder", order=object_of("Order", 6))
SAVED = hook("actionCartSave", cart=object_of("Cart", 12))


def module(kairos: Listening, *steps: list[Any], cookie: dict[str, str] | None = None) -> list[Any]:
    cookies = {"kairos_visitor": VISITOR} if cookie is None else cookie
    return run_module(kairos.address, "demo", (SECRET, TAG_SECRET), steps, cookies)


def read(posted: Posted) -> Any:
    """The snapshot that the platform's adapter makes of it; as receiving would judge and keep it."""
    assert posted.path == "/prod/v1/shops/demo/webhooks/prestashop"
    assert is_signed("prestashop", posted.headers, posted.body, [SECRET])
    assert not is_signed("prestashop", posted.headers, posted.body, ["another"])
    assert not is_signed("prestashop", posted.headers, posted.body + b" ", [SECRET])
    kept = kept_headers("prestashop", posted.headers)
    told = delivery("prestashop", posted.body, kept)
    [snapshot] = read_delivery(told, a_shop(platform="prestashop"), SystemClock())
    return snapshot


def told_by(*steps: list[Any]) -> Any:
    with listening() as kairos:
        module(kairos, *steps, DELIVER)
        [posted] = kairos.posted
    return read(posted)


def test_an_order_arrives_with_buyer_lines_codes_slips_and_the_meaning_of_its_state() -> None:
    told = told_by(ORDERED)
    assert isinstance(told, OrderSnapshot)
    assert (told.id, told.number, told.status, told.cart_token) == ("6", "XKBKNABJK", "paid", "12")
    assert (told.amounts.total, told.amounts.tax, told.amounts.discount, told.codes) == (
        5100,
        850,
        500,
        ("SPRING5",),
    )
    who = told.identities
    assert (who.platform_id, who.email, who.phone, who.visitor) == (
        "4",
        "kim@example.com",
        "+41446681800",
        VISITOR,
    )
    [line] = told.lines
    assert (line.title, line.variant_id, line.total) == ("Lamp \u201cÉtoile\u201d", "13", 4800)
    assert line.image == "https://shop.example.com/77-home_default/lamp.jpg"
    assert [(one.id, one.amount, one.tax) for one in told.refunds] == [("3", 1200, 200)]
    assert (told.person.last_name, told.person.language) == ("Müller", "fr-CH")
    assert [one.state for one in told.consents] == ["granted"]


def test_a_cart_arrives_with_prices_step_visitor_and_a_link_that_names_nobody() -> None:
    told = told_by(SAVED)
    assert isinstance(told, CartSnapshot)
    assert (told.id, told.total, told.step, told.identities.visitor) == ("12", 4800, "shipping", VISITOR)
    assert told.restore_url == "https://shop.example.com/module/kairos/restore?kairos_restore=8.13%3A2"


def test_a_customer_arrives_with_language_group_and_address() -> None:
    told = told_by(hook("actionCustomerAccountAdd", newCustomer=object_of("Customer", 4)))
    assert isinstance(told, CustomerSnapshot)
    assert (told.group, told.person.language, told.person.gender) == ("Client", "fr-CH", "female")
    assert told.person.address
    assert told.person.address.city == "Bern"


def test_when_the_newsletter_s_box_changes_is_told() -> None:
    changed = hook("actionObjectCustomerUpdateBefore", object=object_of("Customer", 4, newsletter=False))
    same = hook("actionObjectCustomerUpdateBefore", object=object_of("Customer", 4))
    with listening() as kairos:
        module(kairos, changed, DELIVER)
        module(kairos, same, DELIVER)
        [posted] = kairos.posted
    assert "newsletter_changed_at" in json.loads(posted.body)["customer"]


def test_a_product_arrives_with_the_price_that_visitors_see() -> None:
    told = told_by(hook("actionProductSave", id_product=8))
    assert isinstance(told, ProductSnapshot)
    assert (told.price, told.stock, told.brand, told.categories) == (2400, 4, "Lumen", ("Lamps",))


def test_the_sign_up_block_arrives_as_consent_and_as_withdrawal() -> None:
    for action, state in (("0", "granted"), ("1", "withdrawn")):
        told = told_by(
            hook("actionNewsletterRegistrationAfter", email="kim@example.com", action=action, error=False)
        )
        assert isinstance(told, ConsentSnapshot)
        assert [one.state for one in told.consents] == [state]


def test_a_person_whom_the_gdpr_module_forgets_is_erased() -> None:
    told = told_by(hook("actionDeleteGDPRCustomer", email="kim@example.com"))
    assert isinstance(told, PrivacyRequest)
    assert told.request == "erase_customer"


def test_many_changes_of_one_cart_are_posted_once() -> None:
    with listening() as kairos:
        module(kairos, SAVED, SAVED, SAVED, DELIVER, DELIVER)
        assert len(kairos.posted) == 1


@pytest.mark.parametrize("status", [500, 503, 401, 302])
def test_what_kairos_does_not_take_is_posted_again_later_each_time(status: int) -> None:
    with listening() as kairos:
        kairos.answers = [status, status]
        answers = module(kairos, ORDERED, DELIVER, DELIVER, WAIT, DELIVER, WAIT, DELIVER)
        assert len(kairos.posted) == 3
    assert answers[1] == {"sent": 0, "waiting": 1}
    assert answers[2] == {"sent": 0, "waiting": 1}, "before its time it is not tried"
    assert (answers[3], answers[5]) == ([1], [2])
    assert answers[6] == {"sent": 1, "waiting": 0}


def test_nothing_is_lost_while_nobody_listens() -> None:
    with listening() as kairos:
        gone = Listening("http://127.0.0.1:9/prod")
    answers = module(gone, ORDERED, SAVED, DELIVER)
    assert answers[2] == {"sent": 0, "waiting": 2}
    assert kairos.posted == []


def test_what_can_not_be_read_holds_up_nothing_else_and_is_told_without_its_content() -> None:
    broken = ["change", "Cart", "12", {"total": "odd"}]
    with listening() as kairos:
        answers = module(kairos, SAVED, ORDERED, broken, DELIVER, ["log"])
        [posted] = kairos.posted
    assert isinstance(read(posted), OrderSnapshot)
    assert answers[3] == {"sent": 1, "waiting": 1}
    assert answers[4] == ["Kairos: a change (cart) could not be read: Exception"]


def test_cron_posts_what_waits_and_only_with_its_token() -> None:
    with listening() as kairos:
        answers = module(kairos, ORDERED, ["cron", "guessed"], ["cron", ""], ["cron", CRON_TOKEN])
        assert len(kairos.posted) == 1
    assert answers[1:] == [{"error": "wrong token"}, {"error": "wrong token"}, {"sent": 1, "waiting": 0}]


def test_settings_are_checked_and_secrets_never_shown_nor_lost_by_an_empty_field() -> None:
    form = {"KAIROS_API": "https://api.example.com/prod/", "KAIROS_SHOP": "my-shop", "KAIROS_SECRET": ""}
    with listening() as kairos:
        [[shown, held]] = module(kairos, ["settings", form])
    assert (held["KAIROS_API"], held["KAIROS_SHOP"]) == ("https://api.example.com/prod", "my-shop")
    assert held["KAIROS_SECRET"] == SECRET
    assert SECRET not in shown
    assert TAG_SECRET not in shown


@pytest.mark.parametrize(
    "wrong",
    [
        {"KAIROS_API": "http://api.example.com"},
        {"KAIROS_API": "https://api.example.com/?a=1"},
        {"KAIROS_API": ""},
        {"KAIROS_SHOP": "My Shop"},
        {"KAIROS_SHOP": "a"},
    ],
)
def test_wrong_settings_are_named_and_change_nothing(wrong: dict[str, str]) -> None:
    form = {"KAIROS_API": "https://api.example.com/prod", "KAIROS_SHOP": "my-shop", "KAIROS_SECRET": "new"}
    with listening() as kairos:
        [[shown, held]] = module(kairos, ["settings", form | wrong])
    assert shown.count("ERROR") == 1
    assert (held["KAIROS_SHOP"], held["KAIROS_SECRET"]) == ("demo", SECRET)


def test_the_service_worker_is_kairos_own() -> None:
    with listening() as kairos:
        [script] = module(kairos, ["worker"])
    assert script == f'importScripts("{kairos.address}/v1/forms/worker.js");'


def test_the_settings_tell_an_answer_that_was_not_what_it_should_be() -> None:
    form = {"KAIROS_API": "https://api.example.com/prod", "KAIROS_SHOP": "my-shop"}
    with listening() as kairos:
        kairos.answers = [401]
        answers = module(kairos, SAVED, DELIVER, ["settings", form])
        assert "Kairos answered" in answers[2][0]
        answers = module(kairos, SAVED, DELIVER, ["settings", form])
        assert "Kairos answered" not in answers[2][0]


def test_what_changed_since_is_posted_as_it_is_then() -> None:
    with listening() as kairos:
        kairos.answers = [503]
        paid = ["change", "Order", "6", {"reference": "CHANGED"}]
        module(kairos, ORDERED, DELIVER, paid, WAIT, DELIVER)
        assert read(kairos.posted[1]).number == "CHANGED"


def test_a_visitor_s_cookie_that_is_no_id_is_left_out() -> None:
    with listening() as kairos:
        module(kairos, SAVED, DELIVER, cookie={"kairos_visitor": "short; or=odd"})
        assert read(kairos.posted[0]).identities.visitor is None


def test_the_tag_names_who_is_logged_in_under_a_signature() -> None:
    with listening() as kairos:
        [[template, told]] = module(kairos, ["tag", True])
    assert (MODULE / template).is_file()
    assert told["source"] == f"{kairos.address}/v1/shops/demo/tag.js"
    identify = {"email": "kim@example.com", "platform_id": "4"}
    attributes = told["attributes"]
    assert attributes["signature"] == identify_signature(VISITOR, identify, TAG_SECRET)
    assert (attributes["email"], attributes["platform-id"], attributes["step"]) == (
        "kim@example.com",
        "4",
        "shipping",
    )


@pytest.mark.parametrize(("logged_in", "cookie"), [(False, {"kairos_visitor": VISITOR}), (True, {})])
def test_the_tag_names_nobody_who_is_not_logged_in_or_has_not_agreed(
    logged_in: bool, cookie: dict[str, str]
) -> None:
    with listening() as kairos:
        [[_, told]] = module(kairos, ["tag", logged_in], cookie=cookie)
    assert set(told["attributes"]) == {"step", "worker"}


def test_a_restoring_link_takes_products_and_quantities_and_nothing_else() -> None:
    hostile = "8.13:2, 9:1 ,x:1,8:,8.13:-1,8;DROP:1,7:99999,5:0," + ",".join(["1:1"] * 80)
    with listening() as kairos:
        [lines] = module(kairos, ["restore", hostile])
    assert lines[0] == {"product": 8, "combination": 13, "quantity": 2}
    assert lines[1] == {"product": 9, "combination": 0, "quantity": 1}
    assert len(lines) <= 50
    assert all(1 <= line["quantity"] <= 99 for line in lines)
