"""One history in which everything that can move does."""

from kairos.domain.activity import Activity, ActivityBatch
from kairos.domain.cart import CartSnapshot
from kairos.domain.customer import CustomerSnapshot
from kairos.domain.order import Refund, RefundSnapshot
from tests.unit.recording.world import BELL, START, at, order, who

ADA, BOB = "ada@example.com", "bob@example.com"
PHONE = "+41790000001"


def browsing(minutes=0, cart=None, **more):
    seen = Activity(id=f"a{minutes}", kind="page", at=at(minutes))
    return ActivityBatch(visitor="v1", updated_at=at(minutes), activities=(seen,), cart=cart, **more)


def cart(minutes=0, **more):
    return CartSnapshot(id="k1", updated_at=at(minutes), **{"lines": (BELL,), "total": 1000, **more})


def checkout(minutes=0, **more):
    told = {"id": "t1", "cart_token": "k1", "lines": (BELL,), "total": 1000, **more}
    return CartSnapshot(kind="checkout", updated_at=at(minutes), **told)


def refund(minutes=0, amount=1000):
    given_back = Refund(id="r1", amount=amount, refunded_at=START)
    return RefundSnapshot(order_id="1", updated_at=at(minutes), refund=given_back)


moved_cart = [
    (browsing(0, cart(0)),),
    (checkout(1, identities=who(email=ADA, phone=PHONE, visitor="v1")),),
    (order("2", 1, identities=who(platform_id="c1", email=BOB)),),
    (checkout(2, identities=who(email=BOB, phone=PHONE, visitor="v1")),),
    (CustomerSnapshot(id="c1", updated_at=at(3), identities=who(platform_id="c1", email=BOB)),),
    (order("1", 4, identities=who(email=ADA), cart_token="k1"), refund(4)),
    (order("1", 5, identities=who(platform_id="c2", phone=PHONE), checkout_token="t1"),),
]
