"""Points where they are asked for: by segments, in messages, in the snapshot."""

from kairos import keys
from kairos.domain.criteria.rule import parse_rule
from kairos.domain.moment import Moment
from kairos.domain.order import Amounts, OrderSnapshot
from kairos.domain.points import PointRules
from kairos.domain.shop import Shop
from kairos.engine.encode import Dictionaries, encode
from kairos.engine.manifest import Division, ShopManifest
from kairos.engine.tables import TABLES
from kairos.ports import Item, Put
from kairos.services.customers import read_customer
from kairos.services.points import balance
from kairos.services.segments.standing import with_standing
from kairos.services.snapshot.building import must_build
from tests.unit.api.shop_floor import KEY, SHOP, THEN, Floor, customer, person_of

POINTS = SHOP.model_copy(update={"points": PointRules(enabled=True)})
ADA = KEY.node("demo", "platform_id", "1")


def floor() -> Floor:
    """Ada, who bought for 25.00."""
    made = Floor()
    made.record(
        customer("Ada", 1),
        OrderSnapshot(
            id="o1",
            updated_at=THEN,
            placed_at=THEN,
            status="paid",
            amounts=Amounts(currency="EUR", total=2500),
            identities=person_of("Ada", 1),
        ),
    )
    return made


def matches(shop: Shop, rule: dict[str, object]) -> bool:
    made = floor()
    known = read_customer(made.items, "demo", ADA)
    assert known.profile is not None
    profile, catalogue = with_standing(made.items, shop, known, known.profile)
    moment = Moment(now=made.clock.now(), shop=shop, catalogue=catalogue)
    return parse_rule(rule).matches(profile, moment)


def test_a_rule_about_points_goes_by_the_balance() -> None:
    assert matches(POINTS, {"kind": "points", "at_least": 25})
    assert not matches(POINTS, {"kind": "points", "at_least": 26})
    assert not matches(SHOP, {"kind": "points", "at_least": 1})


def test_the_snapshot_holds_the_balance() -> None:
    made = floor()
    known = read_customer(made.items, "demo", ADA)
    assert known.profile is not None
    profile, _ = with_standing(made.items, POINTS, known, known.profile)
    [row] = encode(profile, POINTS, 1, Dictionaries())["customers"]
    assert row[list(TABLES["customers"]).index("points")] == 25


def test_messages_are_told_the_balance_read_afresh() -> None:
    made = floor()
    assert balance(made.items, POINTS, ADA) == 25
    assert balance(made.items, SHOP, ADA) == 0


def test_other_rules_for_points_have_the_snapshot_built_anew() -> None:
    current = Division(first=0, count=1)
    manifest = ShopManifest(current=current, currency="EUR", points=POINTS.points.mark)
    assert must_build(manifest, POINTS, ()) == ""
    richer = POINTS.model_copy(update={"points": PointRules(enabled=True, per_unit="2")})
    assert "points" in must_build(manifest, richer, ())
    assert "points" in must_build(manifest, SHOP, ())
    assert must_build(ShopManifest(current=current, currency="EUR"), SHOP, ()) == ""


def test_a_redemption_lowers_what_rules_see() -> None:
    made = floor()
    redeemed = {"id": "x", "points": 20, "what": "a mug", "at": THEN.isoformat()}
    made.items.write(Put(Item(keys.points_redeemed("demo", ADA, "x"), "1", redeemed)))
    assert balance(made.items, POINTS, ADA) == 5
