"""The site's pages, HTML. They are complete as they leave the server, so that nothing shifts afterwards."""

import json
from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path
from string import Template
from typing import NamedTuple

from local.demo_shop.catalogue import Category
from local.demo_shop.shopify.telling import CURRENCY
from local.demo_site.settings import Settings, Shelf
from local.demo_site.telling import NEWS, cart_of, money, total_of
from local.demo_site.visit import Visit

_HERE = Path(__file__).parent
STEPS = ("contact", "shipping", "payment")
_NAMES = {
    "tisch": "At the table",
    "kaffee-und-tee": "Coffee & tea",
    "textilien": "Textiles",
    "licht": "Light",
    "garten": "Garden",
    "schreiben": "Writing",
}


class Shown(NamedTuple):
    """title, body: of the page. marks: what the script tag is told of it, by the names of its attributes."""

    title: str
    body: str
    marks: Mapping[str, str] = {}


def page(settings: Settings, shelf: Shelf, visit: Visit, address: str, shown: Shown) -> str:
    """The whole document. address: the site's own."""
    menu = [f'<a href="/category/{one.handle}">{escape(_NAMES[one.handle])}</a>' for one in shelf.categories]
    told = {
        "title": escape(shown.title),
        "tag": f"{settings.api_url}/v1/shops/{settings.shop}/tag.js",
        "marks": _marks(settings, shelf, visit, address, shown),
        "menu": "".join(menu),
        "count": str(sum(visit.cart.values())),
        "account": _account(visit),
        "body": shown.body,
        "banner": "" if visit.consent else (_HERE / "banner.html").read_text(),
    }
    return Template((_HERE / "layout.html").read_text()).substitute(told)


def _account(visit: Visit) -> str:
    if not visit.customer:
        return '<a href="/login">Log in</a>'
    button = f'<button class="plain">Log out {escape(visit.customer)}</button>'
    return f'<form method="post" action="/logout">{button}</form>'


def _marks(settings: Settings, shelf: Shelf, visit: Visit, address: str, shown: Shown) -> str:
    """What the script tag is told, as attributes of its element."""
    marks = {**shown.marks, "cart": json.dumps(cart_of(visit, shelf, address))}
    if visit.consent:
        marks["consent"] = "granted" if visit.consent == "yes" else "denied"
    if signature := visit.signature(settings.tag_secret):
        marks |= {"email": visit.customer, "platform-id": visit.customer_id, "signature": signature}
    return "".join(f' data-{name}="{escape(text)}"' for name, text in marks.items())


def tiles(shelf: Shelf, numbers: Iterable[str]) -> str:
    """Products to choose from."""
    told = []
    for number in numbers:
        one = shelf.products[number]
        told.append(
            f'<li><a href="/product/{one.handle}">'
            f'<img src="/pictures/{one.picture}" alt="" width="320" height="320">'
            f"<span>{escape(one.titles['en'])}</span><b>{CURRENCY} {money(one.price)}</b></a></li>"
        )
    return f'<ul class="shelf">{"".join(told)}</ul>'


def home(shelf: Shelf) -> Shown:
    """Some of everything."""
    return Shown(
        "Good things from small workshops", tiles(shelf, [shelf.of(one)[0] for one in shelf.categories])
    )


def category(shelf: Shelf, one: Category) -> Shown:
    """What stands in it."""
    return Shown(_NAMES[one.handle], tiles(shelf, shelf.of(one)), {"category": str(one.number)})


def product(shelf: Shelf, number: str) -> Shown:
    """One product, to be put into the cart."""
    one = shelf.products[number]
    return Shown(
        one.titles["en"],
        f'<div class="product"><img src="/pictures/{one.picture}" alt="" width="320" height="320"><div>'
        f'<p class="price">{CURRENCY} {money(one.price)}</p>'
        f'<p class="soft">From a small workshop, {one.grams} g.</p>'
        f'<form method="post" action="/cart/add"><input type="hidden" name="product" value="{number}">'
        "<button>Put into the cart</button></form></div></div>",
        {"product": number},
    )


def results(shelf: Shelf, words: str) -> Shown:
    """What was searched for."""
    found = shelf.found(words)
    body = tiles(shelf, found) if found else "<p>Nothing of that kind here. Try “lamp” or “mug”.</p>"
    return Shown(f"Results for “{words}”", body, {"search": words})


def cart(shelf: Shelf, visit: Visit) -> Shown:
    """What is in the cart."""
    if not visit.cart:
        return Shown("Your cart", '<p>It is empty. <a class="button" href="/">Look around</a></p>')
    rows = []
    for number, quantity in visit.cart.items():
        one = shelf.products[number]
        rows.append(
            f'<tr><td><img src="/pictures/{one.picture}" alt="" width="56" height="56"></td>'
            f"<td>{quantity} &times; {escape(one.titles['en'])}</td>"
            '<td><form method="post" action="/cart/remove">'
            f'<input type="hidden" name="product" value="{number}">'
            '<button class="plain">Remove</button></form></td>'
            f"<td>{CURRENCY} {money(one.price * quantity)}</td></tr>"
        )
    total = f'<tr class="total"><td colspan="4">{CURRENCY} {money(total_of(visit, shelf))}</td></tr>'
    go_on = '<a class="button" href="/checkout/contact">To the checkout</a>'
    return Shown("Your cart", f"<table>{''.join(rows)}{total}</table>{go_on}")


def checkout(visit: Visit) -> Shown:
    """One step of it."""
    where = "".join(
        f"<li{' aria-current=step' if one == visit.step else ''}>{one.title()}</li>" for one in STEPS
    )
    fields = {
        "contact": f'<label>E-mail address <input type="email" name="email" required data-kairos-email '
        f'value="{escape(visit.customer)}"></label>',
        "shipping": '<label>Address <input type="text" name="address" required '
        'value="Musterweg 1, 8000 Zürich"></label>',
        "payment": '<p class="soft">By invoice. No money is asked for.</p>',
    }[visit.step]
    button = "Order" if visit.step == STEPS[-1] else "Go on"
    body = f'<ol class="steps">{where}</ol><form method="post">{fields}<button>{button}</button></form>'
    return Shown("Checkout", body, {"step": visit.step})


def login() -> Shown:
    """Whoever types an address is logged in with it: nothing here is anybody's."""
    return Shown(
        "Log in",
        '<form method="post"><label>E-mail address <input type="email" name="email" required></label>'
        f'<label><input type="checkbox" name="news" value="yes"> {escape(NEWS)}</label>'
        "<button>Log in</button></form>",
    )


def thanks() -> Shown:
    """After an order."""
    return Shown(
        "Thank you",
        '<p>The order is on its way, so to speak. <a class="button" href="/">Back to the shop</a></p>',
    )


def subscribed() -> Shown:
    """After the newsletter's form."""
    return Shown("Thank you", "<p>A real shop would now ask you by mail to confirm.</p>")


def missing() -> Shown:
    """Nothing lies at this address."""
    return Shown("Not here", '<p><a class="button" href="/">Back to the shop</a></p>')
