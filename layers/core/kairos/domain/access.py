"""Who may do what: one place that says it for every route of the API."""

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
    f"GET {_SHOP}/imports/{{import}}": "marketer",
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
