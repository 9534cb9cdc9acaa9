"""The snapshot's tables: compact columns, no NULLs, sentinels for what is not known.

Times are whole seconds since 1970 (0: never), days likewise days (UNKNOWN_DAY: not known), texts are codes
of the partition's dictionaries (0: none). `customer` is the partition's own running number of the
customer; rows lie in its order. `number` counts a customer's orders or carts, oldest first.
"""

from collections.abc import Mapping

SCHEMA_VERSION = 2
"""Grows with every change of a table; a snapshot of another schema is built anew."""

UNKNOWN_DAY = -1_000_000
NO_HOUR = 255

TABLES: Mapping[str, Mapping[str, str]] = {
    "customers": {
        "customer": "UINTEGER",
        # the person; birth_day: days since 1970, birth_md: month * 100 + day
        "birth_day": "INTEGER",
        "birth_md": "USMALLINT",
        "gender": "UTINYINT",  # GENDERS
        "language": "USMALLINT",  # dictionary
        # the place; x, y, z: the point on the unit sphere, times SPHERE (all 0: not known)
        "country": "USMALLINT",  # dictionary, as are the next three
        "region": "UINTEGER",
        "province": "UINTEGER",
        "city": "UINTEGER",
        "x": "INTEGER",
        "y": "INTEGER",
        "z": "INTEGER",
        "area": "UTINYINT",  # AREAS
        "hemisphere": "UTINYINT",  # HEMISPHERES
        # the account
        "registered_at": "UINTEGER",
        "accepts": "UTINYINT",  # bits of CHANNELS
        "reachable": "UTINYINT",  # bits of CHANNELS
        "prefers": "UTINYINT",  # CHANNELS
        "preferred_hour": "UTINYINT",  # NO_HOUR: not known
        "preferred_weekday": "UTINYINT",  # NO_HOUR: not known
        "customer_group": "UINTEGER",  # dictionary
        "acquisition": "UINTEGER",  # dictionary
        "tags": "UINTEGER",  # dictionary of tuples
        "lists": "UINTEGER",  # dictionary of tuples
        "points": "UINTEGER",
        # of the counting orders
        "orders": "UINTEGER",
        "revenue": "BIGINT",
        "net": "BIGINT",
        "items": "UINTEGER",
        "foreign_orders": "UINTEGER",  # in another currency than the shop's
        "coded_orders": "UINTEGER",  # with at least one discount code
        "first_order": "UINTEGER",
        "last_order": "UINTEGER",
        "last_value": "BIGINT",
        "last_net": "BIGINT",
        "last_foreign": "BOOLEAN",
        "order_interval": "UINTEGER",  # median seconds between them, 0 below two
        # of the acts
        "last_visit": "UINTEGER",  # the latest act on the site
        "last_device": "UTINYINT",  # DEVICES, see codes.last_device
        # of the messages
        "first_delivered": "UINTEGER",
        "last_opened": "UINTEGER",
        # by lot
        "draw": "UINTEGER",  # see codes.draw
    },
    "attributes": {"customer": "UINTEGER", "attribute": "UINTEGER"},  # dictionary of pairs (name, value)
    # likewise those of domain.fields.CONTACTS: apart, since nobody else's dictionary is as long
    "contacts": {"customer": "UINTEGER", "contact": "UINTEGER"},
    # every order but tests
    "orders": {
        "customer": "UINTEGER",
        "number": "UINTEGER",
        "ts": "UINTEGER",
        "status": "UTINYINT",  # STATUSES, of OrderFact.standing
        "counts": "BOOLEAN",
        "foreign_money": "BOOLEAN",
        "revenue": "BIGINT",
        "net": "BIGINT",
        "items": "UINTEGER",
        "codes": "UINTEGER",  # dictionary of tuples
        "returned": "BOOLEAN",  # some of it, or all
        "delivered": "UINTEGER",
    },
    # one row for each product of an order; ts, status, counts: the order's
    "lines": {
        "customer": "UINTEGER",
        "number": "UINTEGER",
        "ts": "UINTEGER",
        "status": "UTINYINT",
        "counts": "BOOLEAN",
        "product": "UINTEGER",  # dictionary
        "quantity": "UINTEGER",
    },
    # one row for each product of a customer's counting orders
    "bought": {
        "customer": "UINTEGER",
        "ts": "UINTEGER",  # the last of these orders
        "product": "UINTEGER",  # dictionary
        "first_ts": "UINTEGER",  # the first of these orders
        "orders": "UINTEGER",
        "quantity": "UINTEGER",
        "last_quantity": "UINTEGER",  # in the last of these orders
        "repeat_interval": "UINTEGER",  # median seconds between them, 0 below two
    },
    "carts": {
        "customer": "UINTEGER",
        "number": "UINTEGER",
        "key": "UBIGINT",  # see codes.cart_code
        "ts": "UINTEGER",  # the last change
        "total": "BIGINT",
        "foreign_money": "BOOLEAN",
        "items": "UINTEGER",
        "step": "UTINYINT",  # STEPS
        "ordered": "BOOLEAN",
        "verified": "BOOLEAN",
    },
    "cart_lines": {"customer": "UINTEGER", "number": "UINTEGER", "product": "UINTEGER"},
    "acts": {
        "customer": "UINTEGER",
        "ts": "UINTEGER",
        "kind": "UTINYINT",  # ACTIVITY_KINDS
        "target": "UINTEGER",  # dictionary
        "stage": "UINTEGER",  # dictionary
        "seconds": "UINTEGER",
        "device": "UTINYINT",  # DEVICES
        "fields": "UINTEGER",  # dictionary of tuples of pairs
        "starts_visit": "BOOLEAN",
    },
    "engagement": {
        "customer": "UINTEGER",
        "ts": "UINTEGER",
        "sent_at": "UINTEGER",
        "kind": "UTINYINT",  # ENGAGEMENT_KINDS
        "scenario": "USMALLINT",  # dictionary
        "message": "USMALLINT",  # dictionary
        "channel": "UTINYINT",  # CHANNELS
    },
    "runs": {
        "customer": "UINTEGER",
        "ts": "UINTEGER",  # started
        "scenario": "USMALLINT",  # dictionary, shared with engagement
        "ended_at": "UINTEGER",  # 0: goes on
    },
    "surveys": {"customer": "UINTEGER", "ts": "UINTEGER", "score": "UTINYINT"},
    "memberships": {"customer": "UINTEGER", "segment": "UINTEGER", "ts": "UINTEGER"},  # segment: dictionary
    # the ledger; number counts a customer's messages, oldest first
    "messages": {
        "customer": "UINTEGER",
        "number": "UINTEGER",
        "ts": "UINTEGER",  # reserved
        "scenario": "USMALLINT",  # dictionary, as is the step
        "message": "USMALLINT",
        "channel": "UTINYINT",  # CHANNELS
        "state": "UTINYINT",  # LEDGER_STATES
        "reason": "USMALLINT",  # dictionary
        "sent_at": "UINTEGER",
        "delivered_at": "UINTEGER",
        "bounced_at": "UINTEGER",
        "complained_at": "UINTEGER",
        "unsubscribed_at": "UINTEGER",
        "coded": "BOOLEAN",  # with a discount code
        "redeemed": "UINTEGER",  # the order that named the code, as orders.number; 0: none
        "discount": "BIGINT",  # of that order, without tax, where it counts and is in the shop's currency
    },
    # each time that a person opened a message or clicked in it
    "touches": {
        "customer": "UINTEGER",
        "number": "UINTEGER",  # of messages
        "ts": "UINTEGER",
        "clicked": "BOOLEAN",  # else opened
    },
    # messages put off or left out
    "passed_over": {
        "customer": "UINTEGER",
        "ts": "UINTEGER",
        "scenario": "USMALLINT",
        "message": "USMALLINT",
        "deferred": "BOOLEAN",  # else skipped
        "reason": "USMALLINT",
    },
    # how runs went
    "courses": {
        "customer": "UINTEGER",
        "ts": "UINTEGER",  # started
        "scenario": "USMALLINT",
        "ended_at": "UINTEGER",  # 0: goes on
        "reason": "USMALLINT",
        "held_out": "BOOLEAN",
        "moments": "UINTEGER",
    },
}
"""Table -> column -> DuckDB type."""

REPORTED = frozenset({"messages", "touches", "passed_over", "courses"})
"""Tables that reports count, and no rule asks for."""

DICTIONARIES = (
    "language", "country", "region", "province", "city", "customer_group", "acquisition", "tags", "lists",
    "attribute", "contact", "codes", "product", "target", "stage", "fields", "scenario",
    "message", "segment", "reason",
)  # fmt: skip
"""Texts (or tuples of texts) by code; code 0 of each is None."""
