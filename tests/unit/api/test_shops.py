"""Creating and changing shops."""

import re
from pathlib import Path
from typing import Any

import pytest

from kairos import keys
from kairos.adapters.memory import MemoryItems
from kairos.domain.access import Caller
from kairos.domain.errors import Conflict, Forbidden, NotFound, Refused
from kairos.ports import Write
from kairos.services.shops import PutResult, ShopWish, load_shop, put_shop, show_shop
from tests.unit.api.fakes import DEPLOYMENT_OWNER, MemorySecrets, shop_body

SHOP_OWNER = Caller(key_id="k1", role="owner", shops=("demo",))
MARKETER = Caller(key_id="k2", role="marketer", shops=("demo",))


class Failing(MemoryItems):
    """Fails at every write."""

    def write(self, write: Write) -> None:
        raise ConnectionError(write)


@pytest.fixture
def items() -> MemoryItems:
    return MemoryItems()


@pytest.fixture
def vault() -> MemorySecrets:
    return MemorySecrets()


def put(items: Any, vault: MemorySecrets, caller: Caller = DEPLOYMENT_OWNER, **changes: Any) -> PutResult:
    return put_shop(items, vault, caller, ShopWish.model_validate(shop_body(**changes)))


def test_a_new_shop_is_given_a_write_key_and_shown_its_tag_secret_once(items: Any, vault: Any) -> None:
    first = put(items, vault)
    assert first.created
    assert first.shown["tag_secret"] == vault.held["demo"]["tag_secret"]
    again = put(items, vault)
    assert not again.created
    assert "tag_secret" not in again.shown
    assert again.shown["write_key"] == first.shown["write_key"]


PUBLIC = "-----BEGIN PUBLIC KEY-----\n" + "MIIC" * 180 + "\n-----END PUBLIC KEY-----\n"


def test_a_public_key_of_4096_bits_is_taken(items: Any, vault: Any) -> None:
    put(items, vault, platform="magento", secrets={"webhook": PUBLIC})
    assert vault.held["demo"]["current"] == PUBLIC


@pytest.mark.parametrize("name", ["webhook", "previous"])
@pytest.mark.parametrize(
    "key",
    [
        PUBLIC.replace("PUBLIC", "RSA PUBLIC"),
        PUBLIC.replace("PUBLIC KEY", "CERTIFICATE"),
        PUBLIC.replace("PUBLIC", "PRIVATE"),
        "\ufeff" + PUBLIC,
        PUBLIC + PUBLIC.replace("PUBLIC", "PRIVATE"),
        PUBLIC[:200],
    ],
)
def test_a_key_of_another_form_is_refused_and_kept_nowhere(
    items: Any, vault: Any, name: str, key: str
) -> None:
    with pytest.raises(Refused) as refused:
        put(items, vault, secrets={"webhook": "an-hmac-secret", name: key})
    assert refused.value.field == f"secrets.{name}"
    assert key not in str(refused.value)
    assert vault.held == {}


def test_no_shop_is_called_as_the_items_of_something_else_begin(items: Any, vault: Any) -> None:
    """An erased shop's items are found by how their keys begin."""
    beginnings = set(re.findall(r'Key\(f"([a-z_]+)#', Path(keys.__file__).read_text()))
    assert {"shop", "link", "provider"} <= beginnings
    for name in beginnings:
        with pytest.raises((Refused, ValueError)):
            put(items, vault, id=name)


def test_repeating_a_put_writes_nothing(items: MemoryItems, vault: MemorySecrets) -> None:
    put(items, vault)
    before = dict(items.stored)
    put(items, vault)
    assert (items.stored, vault.writes) == (before, 1)


def test_a_shops_owner_cannot_send_in_the_name_of_another_domain(items: Any, vault: MemorySecrets) -> None:
    put(items, vault)
    before = dict(items.stored)
    with pytest.raises(Refused, match=r"sender\.email"):
        put(items, vault, SHOP_OWNER, sender={"email": "news@another.example.org", "name": "Demo"})
    assert items.stored == before


def test_a_shops_owner_chooses_the_address_within_the_domain(items: Any, vault: MemorySecrets) -> None:
    domain = put(items, vault).shown["sender"]["email"].rpartition("@")[2]
    sender = {"email": f"news@{domain}", "name": "Demo"}
    assert put(items, vault, SHOP_OWNER, sender=sender).shown["sender"]["email"] == f"news@{domain}"


APP = "arn:aws:sns:eu-west-1:123456789012:app/{}/shop"
OWN = {
    "email": {"tenant": "demo"},
    "push": {"ios": APP.format("APNS"), "android": APP.format("GCM")},
}
OTHERS = [
    ("channels.email.tenant", {**OWN, "email": {"tenant": "other"}}),
    ("channels.push.ios", {**OWN, "push": {**OWN["push"], "ios": APP.format("APNS_SANDBOX")}}),
    ("channels.push.android", {**OWN, "push": {**OWN["push"], "android": APP.format("GCM") + "2"}}),
]


@pytest.mark.parametrize(("field", "channels"), OTHERS)
def test_a_shops_owner_takes_no_other_shops_tenant_or_applications(
    items: Any, vault: MemorySecrets, field: str, channels: dict[str, Any]
) -> None:
    for held in ({}, OWN):
        put(items, vault, channels=held)
        with pytest.raises(Refused) as told:
            put(items, vault, SHOP_OWNER, channels=channels)
        assert told.value.field in ({field} if held else {one for one, _ in OTHERS})
        assert put(items, vault, channels=channels).shown["channels"]["email"] == channels["email"]


def test_a_shops_owner_may_keep_them_and_do_without(items: Any, vault: MemorySecrets) -> None:
    put(items, vault, channels=OWN)
    kept = put(items, vault, SHOP_OWNER, channels={**OWN, "push": {**OWN["push"], "ttl": 60}})
    assert kept.shown["channels"]["push"] == {**OWN["push"], "ttl": 60}
    assert put(items, vault, SHOP_OWNER, channels={}).shown["channels"]["push"] is None


def test_the_deployments_owner_moves_a_shop_to_another_domain(items: Any, vault: MemorySecrets) -> None:
    put(items, vault)
    sender = {"email": "news@another.example.org", "name": "Demo"}
    assert put(items, vault, sender=sender).shown["sender"]["email"] == "news@another.example.org"


def test_no_answer_holds_a_webhook_secret(items: MemoryItems, vault: MemorySecrets) -> None:
    shown = [put(items, vault).shown, show_shop(items, vault, DEPLOYMENT_OWNER, "demo")]
    assert "webhook-secret" not in str(shown)


def test_the_item_holds_no_secret(items: MemoryItems, vault: MemorySecrets) -> None:
    put(items, vault)
    held = str(items.stored)
    assert not [
        secret
        for secret in vault.held["demo"].values()
        if secret and str(secret) in held and secret != "woocommerce"
    ]


def test_a_shop_that_exists_has_a_secret_even_if_its_creation_was_cut_short(vault: MemorySecrets) -> None:
    with pytest.raises(ConnectionError):
        put(Failing(), vault)
    assert vault.held["demo"]["current"] == "webhook-secret"
    items = MemoryItems()
    resumed = put(items, vault)
    assert resumed.created
    assert resumed.shown["write_key"] == vault.held["demo"]["write_key"]
    assert resumed.shown["tag_secret"] == vault.held["demo"]["tag_secret"]
    assert vault.writes == 1


def test_rotating_the_webhook_secret_keeps_the_former_one_opening(items: Any, vault: Any) -> None:
    put(items, vault)
    for _ in range(2):
        put(items, vault, secrets={"webhook": "new-secret"})
    assert vault.held["demo"]["current"] == "new-secret"
    assert vault.held["demo"]["previous"] == ["webhook-secret"]


def test_former_secrets_can_be_closed(items: MemoryItems, vault: MemorySecrets) -> None:
    put(items, vault)
    put(items, vault, secrets={"webhook": "new-secret"})
    put(items, vault, secrets={"previous": None})
    assert (vault.held["demo"]["current"], vault.held["demo"]["previous"]) == ("new-secret", [])


def test_a_put_without_secrets_keeps_them(items: MemoryItems, vault: MemorySecrets) -> None:
    put(items, vault)
    before = vault.held["demo"]
    put(items, vault, name="New name", secrets={})
    assert vault.held["demo"] == before
    assert show_shop(items, vault, SHOP_OWNER, "demo")["name"] == "New name"


def test_what_opens_the_shops_own_api_is_kept_never_shown_and_forgotten_when_asked(
    items: MemoryItems, vault: MemorySecrets
) -> None:
    shown = put(items, vault, secrets={"webhook": "webhook-secret", "api": "shpat_example"}).shown
    assert vault.held["demo"]["api"] == "shpat_example"
    assert "shpat_example" not in str([shown, show_shop(items, vault, SHOP_OWNER, "demo"), items.stored])
    put(items, vault, secrets={})
    assert vault.held["demo"]["api"] == "shpat_example"
    put(items, vault, secrets={"api": None})
    assert "api" not in vault.held["demo"]


def test_allowed_origins_reach_the_secret_that_receiving_reads(items: Any, vault: Any) -> None:
    put(items, vault)
    put(items, vault, secrets={}, allowed_origins=["https://shop.example.com"])
    assert vault.held["demo"]["allowed_origins"] == ["https://shop.example.com"]


def test_only_the_deployment_owner_creates_shops(items: MemoryItems, vault: MemorySecrets) -> None:
    with pytest.raises(Forbidden):
        put(items, vault, SHOP_OWNER)
    assert (items.stored, vault.held) == ({}, {})


def test_a_shops_owner_changes_it(items: MemoryItems, vault: MemorySecrets) -> None:
    put(items, vault)
    put(items, vault, SHOP_OWNER, name="New name")
    assert items.stored[keys.shop("demo")].body["name"] == "New name"


def test_the_write_key_is_shown_to_owners_only(items: MemoryItems, vault: MemorySecrets) -> None:
    put(items, vault)
    assert show_shop(items, vault, SHOP_OWNER, "demo")["write_key"] == vault.held["demo"]["write_key"]
    assert "write_key" not in show_shop(items, vault, MARKETER, "demo")


def test_what_was_read_can_be_sent_back(items: MemoryItems, vault: MemorySecrets) -> None:
    put(items, vault)
    before = dict(items.stored)
    shown = show_shop(items, vault, SHOP_OWNER, "demo")
    put_shop(items, vault, SHOP_OWNER, ShopWish.model_validate(shown))
    assert items.stored == before


def test_what_somebody_else_changed_meanwhile_is_not_put_back(
    items: MemoryItems, vault: MemorySecrets
) -> None:
    put(items, vault)
    read = load_shop(items, "demo")
    put(items, vault, name="Renamed meanwhile")
    with pytest.raises(Conflict):
        put_shop(items, vault, SHOP_OWNER, ShopWish.model_validate(shop_body(currency="EUR")), read=read)
    assert show_shop(items, vault, SHOP_OWNER, "demo")["name"] == "Renamed meanwhile"
    put_shop(items, vault, SHOP_OWNER, ShopWish.model_validate(shop_body()), read=load_shop(items, "demo"))


def test_a_shop_tunes_a_level_and_the_others_have_their_defaults(items: Any, vault: MemorySecrets) -> None:
    shown = put(items, vault, levels={"lost_after": "P18M"}).shown["levels"]
    assert (shown["lost_after"], shown["new_within"]) == ("P18M", "P90D")


def test_a_shop_that_does_not_exist_is_not_found(items: MemoryItems, vault: MemorySecrets) -> None:
    with pytest.raises(NotFound):
        show_shop(items, vault, DEPLOYMENT_OWNER, "demo")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"platform": "shopfiy"}, "platform"),
        ({"id": "shop"}, "id"),
        ({"id": "key"}, "id"),
        ({"secrets": {}}, "secrets.webhook"),
        ({"allowed_origins": ["https://a.example.com", "shop.example.com"]}, "allowed_origins[1]"),
        ({"allowed_origins": ["https://a.example.com/"]}, "allowed_origins[0]"),
    ],
)
def test_a_wrong_field_is_named_with_its_remedy(
    items: MemoryItems, vault: MemorySecrets, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(Refused) as refused:
        put(items, vault, **changes)
    assert refused.value.field == field
    assert refused.value.remedy
    assert (items.stored, vault.held) == ({}, {})
