"""From profiles to rows: what the snapshot keeps of a customer."""

from collections.abc import Hashable, Mapping, Sequence
from datetime import date
from typing import Any

from kairos.domain.codes import (
    ACTIVITY_KINDS,
    AREAS,
    CHANNELS,
    DEVICES,
    ENGAGEMENT_KINDS,
    GENDERS,
    HEMISPHERES,
    STATUSES,
    STEPS,
    bits_of,
    cart_code,
    code_of,
    draw,
    last_device,
)
from kairos.domain.fields import CONTACTS, fields_of
from kairos.domain.places import locate
from kairos.domain.profile import Profile
from kairos.domain.shop import Shop
from kairos.domain.standing import median_interval
from kairos.engine.dictionaries import Words
from kairos.engine.encode_outreach import encode_outreach
from kairos.engine.rows import Row, Rows, seconds
from kairos.engine.tables import NO_HOUR, UNKNOWN_DAY

_EPOCH = date(1970, 1, 1)


class Dictionaries:
    """Codes for texts, given as they come; a code once given stays. words: by dictionary, code 0 is None."""

    def __init__(self, words: Mapping[str, Sequence[Any]] | None = None) -> None:
        self.words: Mapping[str, list[Any]] = Words(words or {})
        # Made when first asked for: who only reads needs none, and of e-mail addresses there are many.
        self._codes: dict[str, dict[Hashable, int]] = {}

    def code(self, name: str, word: Hashable) -> int:
        """The word's code, a new one where it had none; 0 for None and for an empty tuple."""
        if word is None or word == ():
            return 0
        codes = self._codes.get(name)
        if codes is None:
            codes = {listed: code for code, listed in enumerate(self.words[name])}
            self._codes[name] = codes
        if (known := codes.get(word)) is not None:
            return known
        code = len(self.words[name])
        self.words[name].append(word)
        codes[word] = code
        return code


def encode(profile: Profile, shop: Shop, customer: int, words: Dictionaries) -> Rows:
    """The rows of one customer under this running number. words: grows with what is new."""
    return {
        "customers": [_customer(profile, shop, customer, words)],
        "attributes": [
            (customer, words.code("attribute", pair))
            for pair in fields_of(profile)
            if pair[0] not in CONTACTS
        ],
        "contacts": [
            (customer, words.code("contact", pair)) for pair in fields_of(profile) if pair[0] in CONTACTS
        ],
        **_orders(profile, shop, customer, words),
        "bought": _bought(profile, customer, words),
        **_carts(profile, shop, customer, words),
        "acts": [
            (
                customer,
                seconds(act.at),
                code_of(ACTIVITY_KINDS, act.kind),
                words.code("target", act.target),
                words.code("stage", act.stage),
                act.seconds,
                code_of(DEVICES, act.device),
                words.code("fields", act.fields),
                act.starts_visit,
            )
            for act in profile.acts
        ],
        "engagement": [
            (
                customer,
                seconds(one.at),
                seconds(one.sent_at),
                code_of(ENGAGEMENT_KINDS, one.kind),
                words.code("scenario", one.scenario),
                words.code("message", one.message),
                code_of(CHANNELS, one.channel),
            )
            for one in profile.engagement
        ],
        "runs": [
            (customer, seconds(run.started_at), words.code("scenario", run.scenario), seconds(run.ended_at))
            for run in profile.runs
        ],
        "surveys": [(customer, seconds(one.at), one.score) for one in profile.surveys],
        "memberships": [
            (customer, words.code("segment", one.segment), seconds(one.entered_at))
            for one in profile.memberships
        ],
        **encode_outreach(profile, shop, customer, words.code),
    }


def _customer(profile: Profile, shop: Shop, customer: int, words: Dictionaries) -> Row:
    person, place = profile.person, locate(profile.person)
    orders = profile.counting_orders
    last = orders[-1] if orders else None
    born = person.birthday
    return (
        customer,
        (born - _EPOCH).days if born else UNKNOWN_DAY,
        born.month * 100 + born.day if born else 0,
        code_of(GENDERS, person.gender),
        words.code("language", person.language),
        words.code("country", place.country),
        words.code("region", place.region),
        words.code("province", place.province),
        words.code("city", place.city),
        *(place.point or (0, 0, 0)),
        code_of(AREAS, place.area),
        code_of(HEMISPHERES, place.hemisphere),
        seconds(profile.registered_at),
        bits_of(CHANNELS, profile.accepts),
        bits_of(CHANNELS, profile.reachable),
        code_of(CHANNELS, profile.preferred_channel),
        NO_HOUR if profile.preferred_hour is None else profile.preferred_hour,
        NO_HOUR if profile.preferred_weekday is None else profile.preferred_weekday,
        words.code("customer_group", profile.group),
        words.code("acquisition", profile.acquisition),
        words.code("tags", profile.tags),
        words.code("lists", profile.lists),
        profile.points,
        len(orders),
        sum(order.revenue for order in orders),
        sum(order.revenue_without_tax for order in orders),
        sum(order.items for order in orders),
        sum(order.currency != shop.currency for order in orders),
        sum(bool(order.codes) for order in orders),
        seconds(orders[0].placed_at if orders else None),
        seconds(last.placed_at if last else None),
        last.revenue if last else 0,
        last.revenue_without_tax if last else 0,
        last is not None and last.currency != shop.currency,
        median_interval(orders),
        seconds(profile.last_visit),
        last_device(profile.acts),
        seconds(min((one.at for one in profile.engagement if one.kind == "delivered"), default=None)),
        seconds(max((one.at for one in profile.engagement if one.kind == "opened"), default=None)),
        draw(profile.id),
    )


def _orders(profile: Profile, shop: Shop, customer: int, words: Dictionaries) -> Rows:
    orders: list[Row] = []
    lines: list[Row] = []
    for number, order in enumerate((one for one in profile.orders if not one.test), start=1):
        at, status = seconds(order.placed_at), code_of(STATUSES, order.standing)
        foreign = order.currency != shop.currency
        amounts = (order.revenue, order.revenue_without_tax, order.items)
        codes = words.code("codes", order.codes)
        last = (order.returned, seconds(order.delivered_at))
        orders.append((customer, number, at, status, order.counts, foreign, *amounts, codes, *last))
        lines += [
            (customer, number, at, status, order.counts, words.code("product", product), quantity)
            for product, quantity in order.bought.items()
        ]
    return {"orders": orders, "lines": lines}


def _bought(profile: Profile, customer: int, words: Dictionaries) -> list[Row]:
    return [
        (
            customer,
            seconds(orders[-1].placed_at),
            words.code("product", product),
            seconds(orders[0].placed_at),
            len(orders),
            sum(order.bought[product] for order in orders),
            orders[-1].bought[product],
            median_interval(orders),
        )
        for product, orders in profile.orders_by_product.items()
    ]


def _carts(profile: Profile, shop: Shop, customer: int, words: Dictionaries) -> Rows:
    carts: list[Row] = []
    lines: list[Row] = []
    for number, cart in enumerate(profile.carts, start=1):
        carts.append(
            (
                customer,
                number,
                cart_code(cart.key),
                seconds(cart.changed_at),
                cart.total,
                cart.currency != shop.currency,
                cart.items,
                code_of(STEPS, cart.step),
                cart.ordered,
                cart.verified,
            )
        )
        lines += [(customer, number, words.code("product", product)) for product in cart.product_ids]
    return {"carts": carts, "cart_lines": lines}
