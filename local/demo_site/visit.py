"""What one request to the site says: cart and customer from cookies, fields from the form."""

import hashlib
import hmac
from collections.abc import Mapping
from http.cookies import SimpleCookie
from typing import NamedTuple

from local.demo_site.settings import Shelf

MOST_LINES, MOST_OF_ONE = 50, 99


class Visit(NamedTuple):
    """cart: quantities by product id. customer: e-mail of who is logged in; guest: of who orders without.

    consent: "yes", "no", or "" where nobody answered the banner. visitor: the script tag's id, where it has
    left one.
    """

    path: str
    query: Mapping[str, str]
    form: Mapping[str, str]
    cart: Mapping[str, int]
    cart_id: str
    customer: str
    guest: str
    consent: str
    visitor: str
    step: str

    @property
    def customer_id(self) -> str:
        """The site's own id of who is logged in."""
        return f"c-{hashlib.sha256(self.customer.encode()).hexdigest()[:12]}" if self.customer else ""

    def signature(self, tag_secret: str) -> str:
        """Who is logged in, signed for this browser as docs/activity.md says; "" while the tag has no id."""
        if not (self.customer and self.visitor):
            return ""
        told = f"{self.visitor}\n{self.customer}\n{self.customer_id}"
        return hmac.new(tag_secret.encode(), told.encode(), hashlib.sha256).hexdigest()


def read_visit(
    path: str, query: Mapping[str, str], form: Mapping[str, str], cookies: str, shelf: Shelf
) -> Visit:
    """The visit of these cookies; a cart holds only what the shop sells."""
    jar = SimpleCookie(cookies)
    kept = {name: jar[name].value if name in jar else "" for name in _COOKIES}
    return Visit(
        path=path,
        query=query,
        form=form,
        cart=read_cart(kept["cart"], shelf),
        cart_id=kept["cart_id"],
        customer=kept["customer"],
        guest=kept["guest"],
        consent=kept["consent"],
        visitor=kept["kairos_visitor"],
        step=path.removeprefix("/checkout/") if path.startswith("/checkout/") else "",
    )


_COOKIES = ("cart", "cart_id", "customer", "guest", "consent", "kairos_visitor")


def read_cart(text: str, shelf: Shelf) -> dict[str, int]:
    """As in the cookie, "12:1_15:2", or as the script tag restores it, "12:1,15.34:2".

    What can't be read is left out.
    """
    cart: dict[str, int] = {}
    for line in text.replace("_", ",").split(",")[:MOST_LINES]:
        ids, _, quantity = line.partition(":")
        number = ids.partition(".")[0]
        if number in shelf.products and quantity.isdigit():
            cart[number] = min(int(quantity), MOST_OF_ONE)
    return {number: quantity for number, quantity in cart.items() if quantity}


def written_cart(cart: Mapping[str, int]) -> str:
    """As it stands in the cookie: without commas, which cookies don't hold."""
    return "_".join(f"{number}:{quantity}" for number, quantity in cart.items())
