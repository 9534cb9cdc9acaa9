"""`make demo`: the stack, a demo shop with its history, and carts being left while one watches.

Run again, it plays with other people and other carts. Mails are saved in .local/demo.
"""

import json
import secrets
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from local import stack as local_stack
from local.demo_past.loading import load_past
from local.demo_past.playing import CUSTOMERS_OF_THE_PAST as CUSTOMERS
from local.demo_past.services import PastFailed
from local.demo_segments import await_snapshot, show_segments
from local.demo_shop.cast import TOO_RECENT, Actor, fits_part, make_cast, real_time_of
from local.demo_shop.catalogue import Product
from local.demo_shop.shopify.telling import CURRENCY, SHOP_URL
from local.demo_site import life, process
from local.demo_site.settings import Settings
from local.mail_files import save_mail
from local.performance import Performance
from local.place import Place, StackError, default_place
from local.running_stack import RunningStack
from local.shop_generator import SEED, SHOP, catalogue_of, pictures, shop_settings
from local.traffic import Sender

PICTURES = "demo-pictures"
POOL = "welcome"
SCENARIO = "abandoned_cart"
_CODES = [f"SONNE-{number:04d}" for number in range(1, 401)]


class DemoError(Exception):
    """A step of the demo failed; the text says which, why, and where to look."""


class Demo(NamedTuple):
    """What every step needs. home: where files go. site: address of the shop's site."""

    stack: RunningStack
    home: Path
    site: str
    catalogue: tuple[Product, ...]
    ends: datetime
    say: Callable[[str], None]

    @property
    def pictures_url(self) -> str:
        """The folder that serves the products' pictures."""
        return pictures_url(self.stack)

    def api(self, method: str, path: str, body: Any = None) -> Any:
        """A request below the shop's address that must succeed. Raises DemoError."""
        status, answer = self.stack.api(method, f"/v1/shops/{SHOP}{path}", body)
        if status not in {HTTPStatus.OK, HTTPStatus.CREATED}:
            told = answer if isinstance(answer, str) else json.dumps(answer)
            raise DemoError(f"{method} /v1/shops/{SHOP}{path} was answered with {status}: {told[:500]}")
        return answer


def pictures_url(stack: RunningStack) -> str:
    """A bucket of the demo shop's own, standing for its picture server."""
    return f"{stack.told['endpoint_url']}/{PICTURES}"


def play(place: Place, told: dict[str, Any]) -> bool:
    """The whole demo on a stack that is up. told: stack.json. Answers whether all got what they should."""
    stack = RunningStack(told)
    home = place.home / "demo"
    home.mkdir(parents=True, exist_ok=True)
    ends, site = _history_ends(home, stack), process.address_of(place)
    demo = Demo(stack, home, site, catalogue_of(SEED), ends, lambda text: print(text, flush=True))
    sender = Sender(stack.client, SHOP, open_shop(demo))
    have_past(demo)
    if not await_snapshot(demo.api, CUSTOMERS):
        raise DemoError("The segments did not come to know all customers within a minute.")
    show_segments(demo.api, CURRENCY, demo.say)
    serve_site(demo, place)
    cast = next_cast(demo)
    done = watch(demo, sender, cast)
    life.start(place, kept_secret(demo, "webhook-secret"))
    return done


def serve_site(demo: Demo, place: Place) -> None:
    """The shop's own site, with the script tag on its pages."""
    secret = kept_secret(demo, "webhook-secret")
    told = Settings(demo.stack.told["api_url"], SHOP, secret, kept_secret(demo, "tag-secret"))
    demo.say(f"\nThe shop's site is at {process.start(place, told)}")


def _history_ends(home: Path, stack: RunningStack) -> datetime:
    """When the history ends: before the stack's first start, and the same however often the demo runs."""
    kept = home / "history.json"
    if not kept.exists():
        kept.write_text(json.dumps({"ends": stack.anchors.real.replace(microsecond=0).isoformat()}) + "\n")
    return datetime.fromisoformat(json.loads(kept.read_text())["ends"])


def open_shop(demo: Demo) -> str:
    """Create the shop and its pictures; answers the secret that it signs with."""
    secret = kept_secret(demo, "webhook-secret")
    settings = shop_settings(secret) | {"allowed_origins": [SHOP_URL, demo.site]}
    settings["secrets"] |= {"tag": kept_secret(demo, "tag-secret")}
    demo.api("PUT", "", settings)
    _serve_pictures(demo)
    return secret


def kept_secret(demo: Demo, name: str) -> str:
    """The secret of this name, made the first time."""
    kept = demo.home / name
    if not kept.exists():
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_hex(32))
    return kept.read_text()


def _serve_pictures(demo: Demo) -> None:
    storage, folder = demo.stack.aws("s3"), demo.home / "pictures"
    if PICTURES not in {one["Name"] for one in storage.list_buckets()["Buckets"]}:
        region = demo.stack.told["region"]
        storage.create_bucket(Bucket=PICTURES, CreateBucketConfiguration={"LocationConstraint": region})
    folder.mkdir(exist_ok=True)
    for name, content in pictures(demo.catalogue).items():
        (folder / name).write_bytes(content)
        storage.put_object(Bucket=PICTURES, Key=name, Body=content, ContentType="image/png")


def have_past(demo: Demo) -> None:
    """Give the shop its past, unless it has it already. Raises PastFailed."""
    if demo.api("GET", f"/scenarios/{SCENARIO}")["enabled"]:
        demo.say(f"\nThe shop {SHOP!r} has its past of {CUSTOMERS} customers already.")
        return
    demo.say(
        f"\nThe past of the shop {SHOP!r} is played by the product's own services, which takes a minute:"
    )
    begun = time.monotonic()
    done = load_past(demo.stack, SHOP, demo.ends, POOL, _CODES, demo.pictures_url)
    demo.say(
        f"  {CUSTOMERS} customers, 14 months of orders, 5 months of scenarios with {done.messages} messages, "
        f"{done.items} items and {done.objects} files in {time.monotonic() - begun:.0f} s"
    )


def next_cast(demo: Demo) -> tuple[Actor, ...]:
    """The first cast that this stack has not seen, without those whose past its clock can't tell."""
    stack = demo.stack
    started = stack.anchors.real.replace(microsecond=0) + timedelta(seconds=1)

    def days_ago(days: int) -> datetime:
        wanted = stack.shown_now() - timedelta(days=days)
        told = real_time_of(wanted, stack.anchors.real, stack.shown).replace(microsecond=0)
        # The clock leapt when the stack was started again: what is to be recent lies after that leap.
        return max(told, started) if timedelta(days=days) < TOO_RECENT else told

    performance = 0
    while True:
        cast = make_cast(SEED, performance, demo.catalogue, days_ago)
        if stack.customer(SHOP, cast[0].person.email) is None:
            break
        performance += 1
    playing = tuple(one for one in cast if fits_part(one, stack.shown, stack.shown_now()))
    if len(playing) < len(cast):
        demo.say(
            f"The clock has run so far ahead that {len(cast) - len(playing)} of {len(cast)} parts can't be "
            "played. `make down`, then remove .local to begin anew."
        )
    return playing


def watch(demo: Demo, sender: Sender, cast: tuple[Actor, ...]) -> bool:
    """Let everybody in the cast act, tell it as it happens, save the mails, say where to look."""
    seconds = timedelta(hours=4).total_seconds() * demo.stack.told["wait_scale"]
    demo.say(f"\nCarts are being left. Times are the stack's own: 4 hours last {seconds:.1f} s.\n")
    share = demo.api("GET", f"/scenarios/{SCENARIO}")["holdout_percent"]
    if share:
        demo.say(f"{share} % of the customers are held out of {SCENARIO}; of these people, nobody.\n")
    demo.api("PUT", f"/scenarios/{SCENARIO}", {"holdout_percent": 0})
    try:
        outcome = Performance(demo.stack, sender, SHOP, cast, demo.say).run()
    finally:
        demo.api("PUT", f"/scenarios/{SCENARIO}", {"holdout_percent": share})
    demo.say("\nWho was to get what, and did:\n")
    for part, mails in outcome:
        mark = "✓" if len(mails) == part.mails else "✗"
        demo.say(f"  {mark} {part.story:38} {part.ends}")
        for mail in mails:
            page = save_mail(mail, demo.home / "mails", demo.pictures_url)
            demo.say(f"      “{mail['subject']}”  {_near(page)}")
    _say_where_to_look(demo, cast[0])
    return all(len(mails) == part.mails for part, mails in outcome)


def _near(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def _say_where_to_look(demo: Demo, actor: Actor) -> None:
    told = demo.stack.told
    key = demo.home / "key.conf"
    key.touch(mode=0o600)
    key.write_text(f'header = "Authorization: Bearer {told["api_key"]}"\n')
    found, address = demo.stack.customer(SHOP, actor.person.email), f"{told['api_url']}/v1/shops/{SHOP}"
    curl = f"curl -sK {_near(key)}"
    profile = f"{address}/customers/{found['id']}" if found else address
    demo.say(
        "\n".join(
            (
                "\nThe stack stays up. Have a look:\n",
                f"  the site  {demo.site} (a shop to click through: log in, fill a cart, leave)",
                f"  console   {told['console']['url']}",
                f"            sign in as {told['console']['email']} with {told['console']['password']}",
                f"  shop      {curl} {address}",
                f"  segments  {curl} {address}/segments",
                f"  profile   {curl} {profile}",
                f"  why       {curl} '{profile}/why?scenario={SCENARIO}'",
                f"  API       {told['api_url']}/v1/openapi.json",
                f"  mails     {_near(demo.home / 'mails')} (.html and .eml)",
                f"  outbox    {_near(Path(told['outbox']))}",
                "  again     make demo     other people, other carts",
                "  stop      make down",
            )
        )
    )


def main() -> int:
    """Answers the exit code; whatever fails is told in a sentence, with the log to look at."""
    try:
        place = default_place()
    except StackError as error:
        print(error, file=sys.stderr)
        return 1
    try:
        return 0 if play(place, local_stack.up(place)) else 1
    except (StackError, DemoError, PastFailed) as error:
        print(f"\n{error}", file=sys.stderr)
    except (ClientError, BotoCoreError, LookupError, OSError) as error:
        print(f"\nThe stack does not answer as it should: {error}", file=sys.stderr)
    except KeyboardInterrupt:
        print("\nStopped. The stack stays up; `make down` ends it.", file=sys.stderr)
        return 130
    print(f"The stack's log is {place.log('emulator')}.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
