"""The console's pages for looking after a shop: what they show, what they change, and what they refuse."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest

from kairos import bootstrap, keys
from kairos.console import shop_inputs
from kairos.domain.channel_settings import SmsSettings
from kairos.domain.shop import Shop
from kairos.ports import Item, Put, SenderIdentity
from kairos.services.codes import pools
from kairos.services.customers import resolve
from kairos.services.dead_letters.keeping import Buried, keep_letter
from kairos.services.importing.jobs import list_jobs
from kairos.services.privacy import export
from kairos.services.privacy.export import export_customer, standing_of
from kairos.services.senders import Senders
from tests.functions.console_shop import Browser, Console, Page

SHOP = "/shops/demo"
ADA = "ada@example.com"


@pytest.fixture
def console(aws: Any, monkeypatch: pytest.MonkeyPatch) -> Console:
    url = aws.sqs.create_queue(QueueName="imports")["QueueUrl"]
    monkeypatch.setenv("IMPORT_QUEUE_URL", url)
    made = Console(aws, monkeypatch)
    shop = Shop.model_validate(made.shop.items.get(keys.shop("demo")).body)
    aws.put_shop_secret(
        "demo", platform=shop.platform, current="hook", previous=[], write_key="w", tag_secret="t" * 20
    )
    return made


@pytest.fixture
def owner(console: Console) -> Browser:
    return console.browser("owner")


def customer(browser: Browser) -> str:
    """The path of a known customer's page."""
    page = browser.post(f"{SHOP}/customers", {"q": ADA})
    assert page.status == 303, page.html
    return page.to


def fine(page: Page) -> str:
    assert page.status == 200, (page.status, page.html[-900:])
    return page.html


def test_a_customer_is_found_by_address_phone_or_id_and_shown(owner: Browser) -> None:
    path = customer(owner)
    shown = fine(owner.get(path))
    assert ADA in shown
    assert owner.post(f"{SHOP}/customers", {"q": path.rpartition("/")[2]}).to == path
    assert "Nobody under" in fine(owner.post(f"{SHOP}/customers", {"q": "nobody@example.com"}))
    assert owner.post(f"{SHOP}/customers", {"q": "a@b"}).status == 400


def test_the_page_of_a_customer_says_of_their_standing_what_the_copy_says(
    console: Console, owner: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And reads no more for it: a copy takes every order, message and run."""
    path = customer(owner)
    told = {"channel": "email", "state": "granted", "wording": "said at the counter"}
    assert owner.post(f"{path}/consents", told).status == 303
    items, nodes = console.shop.items, [path.rpartition("/")[2]]
    copy = export_customer(items, bootstrap.clock(), "demo", resolve(items, "demo", nodes[0]).nodes)
    standing = standing_of(items, "demo", resolve(items, "demo", nodes[0]).nodes)
    assert copy["consents"]
    assert copy["segments"]
    assert standing == {name: copy[name] for name in standing}
    monkeypatch.setattr(export, "gather", None)
    assert "said at the counter" in fine(owner.get(path))


@pytest.mark.parametrize(
    "tab", ["", "/timeline", "/timeline?kind=order", "/why", "/why?scenario=abandoned_cart"]
)
def test_every_part_of_a_customers_page_opens_in_every_language(owner: Browser, tab: str) -> None:
    path = customer(owner)
    for owner.language in ("de", "en", "fr", "it"):
        fine(owner.get(path + tab))


def test_a_consent_is_noted_with_who_noted_it(owner: Browser) -> None:
    path = customer(owner)
    told = {"channel": "email", "state": "withdrawn", "wording": "said at the counter"}
    assert owner.post(f"{path}/consents", told).status == 303
    shown = fine(owner.get(path))
    assert "console (owner@example.com)" in shown
    assert "said at the counter" in shown
    assert owner.post(f"{path}/consents", {**told, "channel": "sms"}).status in {303, 400}


def test_the_export_is_a_file_with_all_that_is_kept(owner: Browser) -> None:
    page = owner.get(f"{customer(owner)}/export")
    assert page.headers["content-disposition"].startswith("attachment")
    assert json.loads(fine(page))["shop"] == "demo"


def test_a_customer_is_erased_only_by_typing_their_address(owner: Browser) -> None:
    path = customer(owner)
    assert owner.post(f"{path}/erase", {"typed": "yes"}).status == 400
    fine(owner.get(path))
    assert owner.post(f"{path}/erase", {"typed": ADA.upper()}).status == 303
    assert owner.get(path).status == 404


def test_codes_are_added_and_counted_and_a_pool_that_runs_low_is_marked(
    console: Console, owner: Browser
) -> None:
    assert "No pool yet" in fine(owner.get(f"{SHOP}/codes"))
    shown = fine(owner.post(f"{SHOP}/codes", {"new_pool": "welcome", "codes": "A1, A2\nA3 A1"}))
    assert "3 codes are new" in shown
    assert pools(console.shop.items, "demo")[0]["free"] == 3
    assert owner.post(f"{SHOP}/codes", {"new_pool": "NO!", "codes": "B"}).status == 400
    assert owner.post(f"{SHOP}/codes", {"pool": "welcome", "codes": " "}).status == 400
    assert "was given to nobody" in fine(owner.get(f"{SHOP}/codes?code=A1"))


def test_dead_letters_are_shown_without_bodies_and_sent_again(console: Console, owner: Browser) -> None:
    assert "Everything arrived" in fine(owner.get(f"{SHOP}/dead-letters"))
    delivery = {"shop": "demo", "platform": "shopify", "headers": {}, "body": "eyJhIjogMX0="}
    told = {"reason": "unreadable", "field": "email", "problem": "'ada@example.com' is none.", "shop": "demo"}
    for number in range(2):
        keep_letter(console.shop.items, Buried(f"m{number}", json.dumps(delivery), datetime.now(UTC), told))
    shown = fine(owner.get(f"{SHOP}/dead-letters"))
    assert "2 deliveries wait" in shown
    assert "The content could not be read" in shown
    assert delivery["body"] not in shown
    assert "ada@example.com" not in shown
    names = re.findall(r'name="letter" value="([^"]+)"', shown)
    assert owner.post(f"{SHOP}/dead-letters", {"which": "some"}).to.endswith("none_chosen")
    assert owner.post(f"{SHOP}/dead-letters", {"which": "some", "letter": names[:1]}).to.endswith(
        "replayed=1"
    )
    assert owner.post(f"{SHOP}/dead-letters", {"which": "all"}).to.endswith("replayed=1")
    assert console.shop.aws.queued() == [delivery, delivery]


def test_an_import_is_made_its_address_opened_to_this_page_alone_and_followed(
    console: Console, owner: Browser
) -> None:
    assert "Nothing imported yet" in fine(owner.get(f"{SHOP}/imports"))
    fine(owner.get(f"{SHOP}/new-import"))
    told = {
        "kind": "orders", "mapping": "own", "format": "csv", "separator": ",", "encoding": "utf-8",
        "columns": "order_id = id\nplaced_at = date\nemail = email\ntotal = total",
    }  # fmt: skip
    made = owner.post(f"{SHOP}/new-import", told)
    assert made.status == 303, made.html[-600:]
    page = owner.get(made.to)
    address = re.search(r'data-upload="([^"]+)"', fine(page))
    assert address is not None
    origin = "/".join(address[1].split("/")[:3])
    assert f"connect-src 'self' {origin};" in page.headers["content-security-policy"]
    assert owner.post(f"{made.to}/start").to.endswith("imports.not_sent")
    assert len(list_jobs(console.shop.items, "demo")) == 1
    wrong = owner.post(f"{SHOP}/new-import", {**told, "columns": "order_id"})
    assert (wrong.status, "Line 1" in wrong.html) == (400, True)


@pytest.mark.parametrize("topic", shop_inputs.TOPICS)
def test_saving_a_topic_as_it_stands_changes_nothing(console: Console, owner: Browser, topic: str) -> None:
    before = console.shop.items.get(keys.shop("demo")).body
    for owner.language in ("de", "en", "fr", "it"):
        fine(owner.get(f"{SHOP}/settings/{topic}"))
    form: dict[str, Any] = {}
    for one in shop_inputs.filled(topic, Shop.model_validate(before).model_dump(mode="json")):
        path, value = one.setting.path, one.value
        if one.setting.kind == "hours":
            form |= {f"{path}.start": value[0], f"{path}.end": value[1]}
        elif one.setting.kind in {"tick", "part"}:
            form |= {path: "yes"} if value else {}
        else:
            form |= {path: value, f"{path}.unit": one.unit}
    answer = owner.post(f"{SHOP}/settings/{topic}", form)
    assert answer.status == 303, answer.html[-900:]
    after = Shop.model_validate(console.shop.items.get(keys.shop("demo")).body)
    assert after == Shop.model_validate(before)


def test_a_channel_that_is_switched_on_begins_with_what_is_usual(console: Console, owner: Browser) -> None:
    shop = Shop.model_validate(console.shop.items.get(keys.shop("demo")).body)
    assert shop.channels.sms is None
    shown = fine(owner.get(f"{SHOP}/settings/channels"))
    found = dict(re.findall(r'<input id="(channels\.sms\.\w+)" name="[^"]+" value="([^"]*)"', shown))
    form = {**found, "channels.sms": "yes", "channels.sms.kind": "Promotional"}
    assert owner.post(f"{SHOP}/settings/channels", form).status == 303
    kept = Shop.model_validate(console.shop.items.get(keys.shop("demo")).body).channels
    assert kept.sms == SmsSettings()
    assert kept.webhook is None


def test_what_is_refused_stands_at_its_input_and_nothing_is_kept(console: Console, owner: Browser) -> None:
    shop = Shop.model_validate(console.shop.items.get(keys.shop("demo")).body)
    told = {"name": "New name", "currency": "CHF", "timezone": "Nowhere/Land", "languages": "de"}
    page = owner.post(f"{SHOP}/settings/shop", told)
    assert page.status == 400
    assert 'id="timezone-error"' in page.html
    assert "New name" in page.html
    assert Shop.model_validate(console.shop.items.get(keys.shop("demo")).body) == shop


def test_a_secret_is_kept_and_never_shown(console: Console, owner: Browser) -> None:
    kept = Shop.model_validate(console.shop.items.get(keys.shop("demo")).body).model_dump(mode="json")
    form = {"reconcile_minutes": "60", "recompute_minutes": "5", "secrets.webhook": "brand-new-secret"}
    assert kept["reconcile_minutes"] == 60
    assert owner.post(f"{SHOP}/settings/platform", form).status == 303
    vault = bootstrap.secrets().get("demo") or {}
    assert (vault["current"], vault["previous"]) == ("brand-new-secret", ["hook"])
    assert "brand-new-secret" not in fine(owner.get(f"{SHOP}/settings/platform"))


def test_a_lost_password_is_replaced_on_the_page_of_the_team(console: Console, owner: Browser) -> None:
    console.browser("reader", email="mia")
    assert "/team/mia/password" in fine(owner.get(f"{SHOP}/team"))
    assert owner.post(f"{SHOP}/team/mia/password").to.endswith("done=team.renewed")
    assert console.people.first == {"mia"}


def test_who_is_removed_is_shown_with_the_keys_they_leave(console: Console, owner: Browser) -> None:
    other = console.browser("owner", email="mia")
    for browser, name in ((owner, "mine"), (other, "theirs")):
        assert "kairos_" in fine(browser.post(f"{SHOP}/keys", {"name": name, "role": "reader"}))
    asked = fine(owner.get(f"{SHOP}/team/mia/remove"))
    assert "theirs" in asked
    assert "mine" not in asked


def test_the_team_is_invited_changed_and_removed(console: Console, owner: Browser) -> None:
    fine(owner.get(f"{SHOP}/team"))
    assert owner.post(f"{SHOP}/team", {"email": "mia@example.com", "role": "reader"}).status == 303
    assert "mia@example.com" in fine(owner.get(f"{SHOP}/team"))
    assert owner.post(f"{SHOP}/team", {"email": "mia", "role": "reader"}).status == 400
    assert owner.post(f"{SHOP}/team/mia@example.com", {"role": "marketer"}).status in {303, 404}
    console.people.roles["mia"] = ("demo.reader",)
    assert owner.post(f"{SHOP}/team/mia", {"role": "marketer"}).status == 303
    assert console.people.roles["mia"] == ("demo.marketer",)
    assert "mia" in fine(owner.get(f"{SHOP}/team/mia/remove"))
    assert owner.post(f"{SHOP}/team/mia/remove").status == 303
    assert console.people.roles["mia"] == ()


def test_a_key_is_shown_once_and_withdrawn(owner: Browser) -> None:
    fine(owner.get(f"{SHOP}/keys"))
    made = fine(owner.post(f"{SHOP}/keys", {"role": "reader", "name": "Export"}))
    secret = re.search(r'id="secret" value="(kairos_[^"]+)"', made)
    assert secret is not None
    listed = fine(owner.get(f"{SHOP}/keys"))
    assert secret[1] not in listed
    path = re.search(r'href="[^"]*(/shops/demo/keys/\w+/withdraw)"', listed)
    assert path is not None
    fine(owner.get(path[1]))
    assert owner.post(path[1]).status == 303
    assert "No key yet" in fine(owner.get(f"{SHOP}/keys"))
    assert owner.post(f"{SHOP}/keys", {"role": "reader", "name": "x", "expires": "2020-01-01"}).status == 400


def test_the_sender_check_names_the_records_that_are_missing(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = SenderIdentity(False, "waiting", ("t1",), "dkim.amazonses.com", None, "off", "eu-west-1")

    class Told:
        def show(self, name: str) -> SenderIdentity:
            assert name
            return waiting

        def texts(self, name: str) -> list[str]:
            assert name
            return []

    monkeypatch.setattr(bootstrap, "senders", lambda: Senders(Told(), Told()))
    console.app = console.shop.aws.load_app("console")
    browser = console.browser("owner")
    shown = fine(browser.get(f"{SHOP}/sender-check"))
    assert "t1._domainkey." in shown
    assert "v=DMARC1" in shown


def test_what_is_kept_of_another_shop_is_not_found_here(console: Console, owner: Browser) -> None:
    console.shop.items.write(
        Put(Item(keys.shop("other"), "2", console.shop.items.get(keys.shop("other")).body))
    )
    keep_letter(console.shop.items, Buried("m1", "{}", datetime.now(UTC), {"shop": "other", "reason": "x"}))
    assert "Everything arrived" in fine(owner.get(f"{SHOP}/dead-letters"))
    assert owner.get(f"{SHOP}/customers/c{'0' * 26}").status == 404
    assert owner.get(f"{SHOP}/imports/nothing").status == 404
