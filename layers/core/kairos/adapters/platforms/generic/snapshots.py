"""From our requests to the domain's snapshots."""

from kairos.adapters.platforms.generic import parts
from kairos.adapters.platforms.generic.requests import (
    CartRequest,
    CategoryRequest,
    ConsentRequest,
    CustomerRequest,
    DeletionRequest,
    OrderRequest,
    ProductRequest,
    RefundRequest,
)
from kairos.adapters.platforms.requests import minor
from kairos.domain.cart import CartSnapshot
from kairos.domain.customer import ConsentSnapshot, CustomerSnapshot
from kairos.domain.errors import Unreadable
from kairos.domain.identity import Identities, folded_email
from kairos.domain.order import Amounts, OrderSnapshot, RefundSnapshot
from kairos.domain.product import CategorySnapshot, ProductSnapshot
from kairos.domain.shop import Shop
from kairos.domain.snapshot import Snapshot


def order(told: OrderRequest, _shop: Shop) -> Snapshot:
    """See OrderRequest."""
    currency = told.amounts.currency
    who = parts.identities(told.customer)
    return OrderSnapshot(
        id=told.id,
        updated_at=told.updated_at,
        number=told.number,
        placed_at=told.placed_at,
        status=told.status,
        test=told.test,
        amounts=parts.amounts(told.amounts, "amounts"),
        presentment=parts.amounts(told.shown, "shown") if told.shown else None,
        refunds=tuple(parts.refund(one, currency, "refunds") for one in told.refunds),
        lines=parts.lines(told.lines, currency),
        codes=told.codes,
        identities=who,
        person=parts.person(told.customer),
        consents=parts.consents(told.consents, who),
        cart_token=told.cart_id,
        source_name=told.source,
        delivered_at=told.delivered_at,
    )


def refund(told: RefundRequest, _shop: Shop) -> Snapshot:
    """See RefundRequest."""
    part = parts.refund(told, told.currency, "amount")
    return RefundSnapshot(order_id=told.order_id, updated_at=told.at, refund=part)


def cart(told: CartRequest, _shop: Shop) -> Snapshot:
    """See CartRequest."""
    lines = parts.lines(told.lines, told.currency)
    total = minor(told.total, told.currency, "total")
    who = parts.identities(told.customer)
    return CartSnapshot(
        id=told.id,
        updated_at=told.updated_at,
        created_at=told.created_at,
        currency=told.currency,
        total=sum(line.total for line in lines) if total is None else total,
        lines=lines,
        identities=who,
        person=parts.person(told.customer),
        consents=parts.consents(told.consents, who),
        restore_url=told.restore_url,
        step=told.step,
        completed_at=told.ordered_at,
    )


def customer(told: CustomerRequest, _shop: Shop) -> Snapshot:
    """See CustomerRequest. Without an id of the shop's own, the e-mail is the record's."""
    who = parts.identities(told.customer)
    record = who.platform_id or who.email
    if record is None:
        raise Unreadable("customer.id", "is missing.", "Send customer.id, or a customer.email.")
    return CustomerSnapshot(
        id=record,
        updated_at=told.updated_at,
        registered_at=told.registered_at,
        identities=who,
        person=parts.person(told.customer),
        consents=parts.consents(told.consents, who),
        tags=told.tags,
        group=told.group,
        acquisition=told.acquisition,
    )


def consent(told: ConsentRequest, _shop: Shop) -> Snapshot:
    """See ConsentRequest."""
    who = parts.identities(told.customer)
    said = parts.consents(told.consents, who)
    return ConsentSnapshot(updated_at=told.updated_at, identities=who, consents=said)


def product(told: ProductRequest, shop: Shop) -> Snapshot:
    """See ProductRequest."""
    currency = told.currency or shop.currency
    return ProductSnapshot(
        id=told.id,
        updated_at=told.updated_at,
        title=told.title,
        url=told.url,
        image=told.image,
        price=minor(told.price, currency, "price"),
        currency=currency,
        category_ids=tuple(one.id for one in told.categories),
        categories=tuple(one.title for one in told.categories),
        brand=told.brand,
        available=told.available,
        stock=told.stock,
        published_at=told.published_at,
        days_per_unit=told.days_per_unit,
        countries=told.countries,
    )


def category(told: CategoryRequest, _shop: Shop) -> Snapshot:
    """See CategoryRequest."""
    return CategorySnapshot(id=told.id, updated_at=told.updated_at, title=told.title, url=told.url)


def deletion(told: DeletionRequest, shop: Shop) -> Snapshot:
    """A tombstone of the thing."""
    at = told.updated_at
    match told.of:
        case "order":
            nothing = Amounts(currency=shop.currency, total=0)
            return OrderSnapshot(id=told.id, updated_at=at, placed_at=at, deleted=True, amounts=nothing)
        case "cart":
            return CartSnapshot(id=told.id, updated_at=at, deleted=True)
        case "customer":
            who = _record(told.id)
            return CustomerSnapshot(id=who[0], updated_at=at, deleted=True, identities=who[1])
        case "product":
            return ProductSnapshot(id=told.id, updated_at=at, deleted=True)
        case "category":
            return CategorySnapshot(id=told.id, updated_at=at, deleted=True)


def _record(told: str) -> tuple[str, Identities]:
    """A record without an id of the shop's own goes by its e-mail."""
    email = folded_email(told)
    return (email, Identities(email=email)) if email else (told, Identities(platform_id=told))
