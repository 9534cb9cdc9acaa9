"""Who may do what: one place that says it for every route of the API."""

from collections.abc import Iterable, Mapping
from typing import Literal

from kairos.domain.value import Value

Role = Literal["owner", "marketer", "reader"]

EVERY_SHOP = "*"

_RANK: dict[Role, int] = {"reader": 0, "marketer": 1, "owner": 2}
_READING = frozenset({"GET", "HEAD"})

_SHOP = "/v1/shops/{shop}"
_MORE_THAN_USUAL: dict[str, Role] = {
    f"PUT {_SHOP}": "owner",
    f"GET {_SHOP}/keys": "owner",
    f"POST {_SHOP}/keys": "owner",
    f"DELETE {_SHOP}/keys/{{key}}": "owner",
    f"GET {_SHOP}/customers/{{customer}}/export": "marketer",
    f"DELETE {_SHOP}/customers/{{customer}}": "owner",
    f"GET {_SHOP}/segments/{{segment}}/audience": "marketer",
    f"GET {_SHOP}/imports": "marketer",
    f"GET {_SHOP}/imports/{{import}}": "marketer",
    f"GET {_SHOP}/people": "owner",
    f"POST {_SHOP}/people": "owner",
    f"PUT {_SHOP}/people/{{person}}": "owner",
    f"DELETE {_SHOP}/people/{{person}}": "owner",
}
"""What needs more than reading or changing usually does: money, keys, and what can't be taken back."""

_LESS_THAN_USUAL: dict[str, Role] = {
    f"POST {_SHOP}/segments/preview": "reader",
    f"POST {_SHOP}/segments/{{segment}}/impact": "reader",
}
"""What is posted and changes nothing."""


class Caller(Value):
    """Who a request comes from. shops: those the key opens; EVERY_SHOP alone for the deployment's owner."""

    key_id: str
    role: Role
    shops: tuple[str, ...]

    @property
    def owns_deployment(self) -> bool:
        """Whether this is the key made at deployment, which creates shops."""
        return self.shops == (EVERY_SHOP,)

    def opens(self, shop: str) -> bool:
        """Whether the key is one of this shop's."""
        return self.owns_deployment or shop in self.shops


def needed_role(method: str, route: str) -> Role:
    """The least role that the route asks for. route: as template.yaml declares it."""
    usual: Role = "reader" if method in _READING else "marketer"
    place = f"{method} {route}"
    return _MORE_THAN_USUAL.get(place) or _LESS_THAN_USUAL.get(place, usual)


def may(caller: Caller, method: str, route: str, shop: str | None) -> bool:
    """Whether the caller may do this in this shop. A route without a shop is the deployment owner's."""
    if not (caller.opens(shop) if shop else caller.owns_deployment):
        return False
    return _RANK[caller.role] >= _RANK[needed_role(method, route)]


def at_least(role: Role | None, needed: Role) -> bool:
    """Whether the role reaches what is needed."""
    return role is not None and _RANK[role] >= _RANK[needed]


class Person(Value):
    """Somebody who signs in. roles: by shop; under EVERY_SHOP the one in all shops of the deployment."""

    id: str
    roles: Mapping[str, Role]

    def role_in(self, shop: str) -> Role | None:
        """The greatest of the person's roles that hold in this shop; None where there is none."""
        held = [self.roles[one] for one in (shop, EVERY_SHOP) if one in self.roles]
        return max(held, key=_RANK.__getitem__, default=None)

    def as_caller(self, shop: str | None) -> Caller | None:
        """The person as the API sees them at this shop (None: at a route without one).

        shops: those in which the role is at least the same, so that no right of one shop reaches another.
        """
        role = self.role_in(shop or EVERY_SHOP)
        if role is None:
            return None
        if at_least(self.roles.get(EVERY_SHOP), role):
            return Caller(key_id=self.id, role=role, shops=(EVERY_SHOP,))
        shops = tuple(sorted(one for one, held in self.roles.items() if at_least(held, role)))
        return Caller(key_id=self.id, role=role, shops=shops)


def group_of(shop: str, role: Role) -> str:
    """The name of the group whose members have this role in this shop ("*": in all)."""
    return f"{shop}.{role}"


def read_groups(groups: Iterable[str]) -> dict[str, Role]:
    """Roles by shop, from the names of somebody's groups; of several in one shop the greatest counts.

    Groups that are not ours say nothing.
    """
    roles: dict[str, Role] = {}
    for group in groups:
        shop, _, told = group.rpartition(".")
        known: Role | None = next((one for one in _RANK if one == told), None)
        if shop and known and _RANK[known] >= _RANK[roles.get(shop, "reader")]:
            roles[shop] = known
    return roles
