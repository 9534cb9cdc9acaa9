"""Random histories: few people, few things, few moments, so that everything collides with everything."""

from hypothesis import strategies as st

from kairos.domain.activity import Activity, ActivityBatch
from kairos.domain.cart import CartSnapshot
from kairos.domain.consent import ConsentStatement
from kairos.domain.customer import ConsentSnapshot, CustomerSnapshot
from kairos.domain.identity import Identities
from kairos.domain.order import OrderSnapshot, Refund, RefundSnapshot
from kairos.domain.person import Person
from kairos.domain.product import CategorySnapshot, ProductSnapshot
from tests.unit.recording.world import BELL, EUR_10, START, at

EMAILS = ("ada@example.com", "bob@example.com")
PHONES = ("+41790000001", "+41790000002")

moments = st.integers(0, 4).map(at)
maybe = st.sampled_from
emails = maybe((None, *EMAILS))
phones = maybe((None, None, *PHONES))
visitors = maybe((None, "v1", "v2"))
people = maybe((Person(), Person(first_name="Ada"), Person(last_name="B", language="de")))
identities = st.builds(
    Identities, platform_id=maybe((None, "c1", "c2")), email=emails, phone=phones, visitor=visitors
)
consents = st.lists(
    st.builds(
        ConsentStatement,
        channel=st.just("email"),
        address=maybe(EMAILS),
        state=maybe(("granted", "withdrawn")),
        stated_at=moments,
        source=maybe(("customer", "order")),
    ),
    max_size=1,
).map(tuple)
lines = maybe(((), (BELL,), (BELL, BELL)))
refunds = st.builds(
    Refund, id=maybe(("r1", "r2")), amount=maybe((100, 1000)), tax=st.just(16), refunded_at=st.just(START)
)

orders = st.builds(
    OrderSnapshot,
    id=maybe(("1", "2")),
    updated_at=moments,
    deleted=maybe((False, False, True)),
    placed_at=st.just(START),
    status=maybe(("paid", "cancelled", "awaiting_transfer")),
    amounts=st.just(EUR_10),
    refunds=st.lists(refunds, max_size=1).map(tuple),
    lines=lines,
    identities=identities,
    person=people,
    consents=consents,
    cart_token=maybe((None, "k1", "k2")),
    checkout_token=maybe((None, "t1", "t2")),
)
separate_refunds = st.builds(RefundSnapshot, order_id=maybe(("1", "2")), updated_at=moments, refund=refunds)
carts = st.builds(
    CartSnapshot,
    kind=st.just("cart"),
    id=maybe(("k1", "k2")),
    updated_at=moments,
    deleted=maybe((False, False, True)),
    lines=lines,
    identities=identities | st.just(Identities()),
    person=people,
)
checkouts = st.builds(
    CartSnapshot,
    kind=st.just("checkout"),
    id=maybe(("t1", "t2")),
    cart_token=maybe((None, "k1", "k2")),
    updated_at=moments,
    deleted=maybe((False, False, True)),
    lines=lines,
    identities=identities,
    consents=consents,
    step=maybe(("contact", "shipping")),
    completed_at=maybe((None, None, START)),
)
customers = st.builds(
    CustomerSnapshot,
    id=maybe(("c1", "c2")),
    updated_at=moments,
    deleted=maybe((False, False, True)),
    identities=identities,
    person=people,
    consents=consents,
    tags=maybe(((), ("vip",))),
).map(lambda told: told.model_copy(update={"identities": _with_id(told)}))
lone_consents = st.builds(ConsentSnapshot, updated_at=moments, identities=identities, consents=consents)
activity = st.builds(
    ActivityBatch,
    visitor=maybe(("v1", "v2")),
    updated_at=moments,
    activities=st.lists(
        st.builds(
            Activity,
            id=maybe(("a1", "a2", "a3")),
            kind=maybe(("page", "search")),
            at=maybe((at(0), at(60 * 24))),
        ),
        max_size=2,
    ).map(tuple),
    cart=st.none() | carts,
    identities=st.builds(Identities, email=emails, phone=phones, verified=st.booleans()),
    identified_at=st.none() | moments,
)
catalogue = st.builds(
    ProductSnapshot,
    id=st.just("7"),
    updated_at=moments,
    deleted=st.booleans(),
    category_ids=maybe(((), ("x",), ("x", "y"))),
) | st.builds(CategorySnapshot, id=maybe(("x", "y")), updated_at=moments, title=maybe(("X", "Y")))

snapshots = st.one_of(
    orders, separate_refunds, carts, checkouts, customers, lone_consents, activity, catalogue
)
tellings = st.lists(snapshots, min_size=1, max_size=2).map(tuple)
histories = st.lists(tellings, min_size=1, max_size=6)


def _with_id(told: CustomerSnapshot) -> Identities:
    return Identities() if told.deleted else told.identities.model_copy(update={"platform_id": told.id})
