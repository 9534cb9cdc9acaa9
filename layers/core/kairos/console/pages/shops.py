"""The shops that a person may see: chosen once, switched by who works for several."""

from kairos import keys
from kairos.console.asked import Answer, Asked
from kairos.console.sections import Route, Section
from kairos.domain.access import EVERY_SHOP
from kairos.domain.shop import Shop


def enter(asked: Asked) -> Answer:
    """To the only shop, or to the choice among several."""
    found = shops_of(asked)
    if len(found) == 1:
        return asked.go(f"{asked.root}/shops/{found[0].id}")
    return asked.go(f"{asked.root}/shops")


def choose(asked: Asked) -> Answer:
    """Every shop of theirs, by name."""
    return asked.page("shops.html", found=shops_of(asked))


def shops_of(asked: Asked) -> list[Shop]:
    """The shops in which the person has a role, by name."""
    if asked.person is None:
        return []
    roles = asked.person.roles
    ids = {one for one in roles if one != EVERY_SHOP}
    if EVERY_SHOP in roles:
        ids |= {item.key.sk for item in asked.parts.items.query(keys.listed_shop("").pk)}
    held = asked.parts.items.get_many(keys.shop(one) for one in ids)
    return sorted(
        (Shop.model_validate(one.body) for one in held.values()), key=lambda one: one.name.casefold()
    )


SECTION = Section(
    "shops",
    (
        Route("GET", "/", "reader", enter),
        Route("GET", "/shops", "reader", choose),
    ),
)
