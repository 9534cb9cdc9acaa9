"""Our own JSON for shops on any other system: one object per delivery, told apart by `type`."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from kairos.adapters.platforms.lasting import MOST_DAYS
from kairos.adapters.platforms.requests import (
    Amount,
    Count,
    CountryCode,
    CurrencyCode,
    Id,
    Request,
    Step,
    Text,
    Time,
    VersionTime,
)
from kairos.domain.consent import Channel, ConsentState
from kairos.domain.order import OrderStatus
from kairos.domain.person import Gender

Lines = Annotated[tuple["LineRequest", ...], Field(max_length=1000)]
Degrees = Annotated[float, Field(allow_inf_nan=False)]


class AddressRequest(Request):
    """country: ISO 3166-1 alpha-2; coordinates in degrees."""

    country: CountryCode | None = None
    region: Text | None = None
    province: Text | None = None
    city: Text | None = None
    postcode: Text | None = None
    street: Text | None = None
    latitude: Annotated[Degrees, Field(ge=-90, le=90)] | None = None
    longitude: Annotated[Degrees, Field(ge=-180, le=180)] | None = None


class BuyerRequest(Request):
    """Whose order or cart it is. id: your own. visitor: the script tag's. Each leads to the customer."""

    id: Id | None = None
    email: Text | None = None
    phone: Text | None = None
    visitor: Id | None = None
    first_name: Text | None = None
    last_name: Text | None = None
    language: Text | None = None
    birthday: date | None = None
    gender: Gender | None = None
    address: AddressRequest | None = None
    attributes: Annotated[dict[Id, Text], Field(max_length=100)] = Field(default_factory=dict)


class ConsentStatementRequest(Request):
    """One statement of the person. at: when it was made; wording: the text agreed to."""

    channel: Channel
    state: ConsentState
    at: VersionTime
    source: Text = "shop"
    wording: Text | None = None


class LineRequest(Request):
    """price: of one piece; total: of the line, discounts off, price times quantity where absent."""

    product_id: Id | None = None
    variant_id: Id | None = None
    sku: Text | None = None
    title: Text = ""
    quantity: Count = 1
    price: Amount
    total: Amount | None = None
    image: Text | None = None
    url: Text | None = None


class AmountsRequest(Request):
    """total: to be paid, tax and shipping included, discounts off; tax: the tax within it."""

    currency: CurrencyCode
    total: Amount
    tax: Amount | None = None
    shipping: Amount | None = None
    discount: Amount | None = None


class RefundPartRequest(Request):
    """amount: given back, tax included, positive, in the order's currency."""

    id: Id
    amount: Annotated[Amount, Field(ge=0)]
    tax: Amount | None = None
    at: VersionTime


class OrderRequest(Request):
    """An order. amounts: in the shop's currency; shown: in the customer's, if another. delivered_at: when all
    of it had reached the customer."""

    type: Literal["order"]
    id: Id
    updated_at: VersionTime
    placed_at: Time
    number: Text = ""
    status: OrderStatus
    test: bool = False
    amounts: AmountsRequest
    shown: AmountsRequest | None = None
    lines: Lines = ()
    refunds: tuple[RefundPartRequest, ...] = ()
    codes: tuple[Text, ...] = ()
    customer: BuyerRequest | None = None
    consents: tuple[ConsentStatementRequest, ...] = ()
    cart_id: Id | None = None
    source: Text | None = None
    delivered_at: Time | None = None


class RefundRequest(RefundPartRequest):
    """A refund by itself; its order may come later. currency: the order's."""

    type: Literal["refund"]
    order_id: Id
    currency: CurrencyCode


class CartRequest(Request):
    """A cart as it now stands; without lines it was emptied. restore_url: fills the cart again."""

    type: Literal["cart"]
    id: Id
    updated_at: VersionTime
    created_at: Time | None = None
    currency: CurrencyCode
    total: Amount | None = None
    lines: Lines = ()
    customer: BuyerRequest | None = None
    consents: tuple[ConsentStatementRequest, ...] = ()
    restore_url: Text | None = None
    step: Step = "cart"
    ordered_at: Time | None = None


class CustomerRequest(Request):
    """A customer's record. registered_at: when the account was made, absent for guests."""

    type: Literal["customer"]
    updated_at: VersionTime
    registered_at: Time | None = None
    customer: BuyerRequest
    consents: tuple[ConsentStatementRequest, ...] = ()
    tags: tuple[Text, ...] = ()
    group: Text | None = None
    acquisition: Text | None = None


class ConsentRequest(Request):
    """Consents that came by themselves."""

    type: Literal["consent"]
    updated_at: VersionTime
    customer: BuyerRequest
    consents: Annotated[tuple[ConsentStatementRequest, ...], Field(min_length=1)]


class CategoryPartRequest(Request):
    """A category that a product is in."""

    id: Id
    title: Text = ""


class ProductRequest(Request):
    """A product. price: its lowest, in the currency. days_per_unit: how long one unit lasts its buyer.

    countries: where it is sold; left out, everywhere.
    """

    type: Literal["product"]
    id: Id
    updated_at: VersionTime
    title: Text
    url: Text | None = None
    image: Text | None = None
    price: Amount | None = None
    currency: CurrencyCode | None = None
    categories: tuple[CategoryPartRequest, ...] = ()
    brand: Text | None = None
    available: bool = True
    stock: int | None = None
    published_at: Time | None = None
    days_per_unit: Annotated[int, Field(ge=1, le=MOST_DAYS)] | None = None
    countries: Annotated[tuple[CountryCode, ...], Field(max_length=250)] | None = None


class CategoryRequest(Request):
    """A category."""

    type: Literal["category"]
    id: Id
    updated_at: VersionTime
    title: Text
    url: Text | None = None


class DeletionRequest(Request):
    """Something was deleted in the shop."""

    type: Literal["deletion"]
    of: Literal["order", "cart", "customer", "product", "category"]
    id: Id
    updated_at: VersionTime
