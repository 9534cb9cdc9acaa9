"""Fixed lists: who stands on them is put there and taken off by hand."""

import re
from typing import Annotated, Any, NamedTuple

from pydantic import Field, StringConstraints, model_validator

from kairos import keys
from kairos.domain.errors import Refused
from kairos.domain.identity import IdentityKey, folded_email
from kairos.domain.segment import Segment
from kairos.domain.value import Value
from kairos.ports import Clock, Delete, Item, Items, Put, Queue
from kairos.services.customers import Component, resolve
from kairos.services.segments.touching import Touched, tell_snapshot

MOST_AT_ONCE = 500
"""Members of one request, which has to end within the function's time."""

_ID = re.compile(r"[cepv][0-9a-f]{26}")
_Member = Annotated[str, StringConstraints(min_length=1, max_length=320)]


class ListChange(Value):
    """Whom to put on a fixed list and whom to take off it: customers' ids or e-mail addresses."""

    put: Annotated[tuple[_Member, ...], Field(max_length=MOST_AT_ONCE)] = ()
    remove: Annotated[tuple[_Member, ...], Field(max_length=MOST_AT_ONCE)] = ()

    @model_validator(mode="after")
    def _not_too_many(self) -> "ListChange":
        if not self.put and not self.remove:
            raise ValueError("nothing to do; send put or remove")
        if len(self.put) + len(self.remove) > MOST_AT_ONCE:
            raise ValueError(f"more than {MOST_AT_ONCE} members; send them in several requests")
        return self


class Lists(NamedTuple):
    """What changing a list needs. changed: takes customers to look at again."""

    items: Items
    key: IdentityKey
    clock: Clock
    changed: Queue


def change_list(parts: Lists, shop: str, segment: Segment, change: ListChange) -> dict[str, Any]:
    """{"put", "removed": how many, "unknown": the paths of those who are no customers}.

    Repeating it changes nothing. It starts no scenario: who does a thing by hand decides what follows too.
    Raises Refused where the segment is a rule's.
    """
    if segment.type != "list":
        raise Refused("segment", f"The members of {segment.id!r} follow from its rule.", "Change the rule.")
    put, unknown = _found(parts, shop, "put", change.put)
    gone, more = _found(parts, shop, "remove", change.remove)
    added = [one for one in put if _put(parts, shop, one, segment.id)]
    removed = [one for one in gone if _take_off(parts, shop, one, segment.id)]
    touched = {one.customer for one in (*put, *gone)}
    if touched:
        # Told also where nothing changed: the request before this one may have ended half way.
        tell_snapshot(parts.changed, shop, Touched(frozenset(touched)), "import")
    return {"put": len(added), "removed": len(removed), "unknown": unknown + more}


def _found(
    parts: Lists, shop: str, field: str, members: tuple[str, ...]
) -> tuple[list[Component], list[str]]:
    """The customers whom the members name, each once, and the paths of those who are none."""
    nodes = {f"{field}[{at}]": _node(parts, shop, one) for at, one in enumerate(members)}
    wanted = {node: keys.identity(shop, node) for node in nodes.values() if node}
    known = parts.items.get_many(wanted.values())
    found: dict[str, Component] = {}
    unknown = []
    for path, node in nodes.items():
        if node is None or wanted[node] not in known:
            unknown.append(path)
        elif not any(node in one.nodes for one in found.values()):
            component = resolve(parts.items, shop, node)
            found[component.customer] = component
    return list(found.values()), unknown


def _node(parts: Lists, shop: str, member: str) -> str | None:
    if _ID.fullmatch(member):
        return member
    email = folded_email(member)
    return parts.key.node(shop, "email", email) if email else None


def _put(parts: Lists, shop: str, customer: Component, segment: str) -> bool:
    if _standing(parts, shop, customer, segment):
        return False
    body = {"at": parts.clock.now().isoformat()}
    parts.items.write(Put(Item(keys.on_list(shop, customer.customer, segment), "1", body)))
    return True


def _take_off(parts: Lists, shop: str, customer: Component, segment: str) -> bool:
    """Off the list under every node: customers who became one may each have stood on it."""
    standing = _standing(parts, shop, customer, segment)
    for item in standing:
        parts.items.write(Delete(item.key))
    return bool(standing)


def _standing(parts: Lists, shop: str, customer: Component, segment: str) -> list[Item]:
    return list(parts.items.get_many(keys.on_list(shop, node, segment) for node in customer.nodes).values())
