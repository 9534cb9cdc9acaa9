"""The closed registry: a new kind costs one file (or class) and one line here."""

from kairos.domain.criteria import (
    account,
    carts,
    dates,
    discounts,
    fields,
    orders,
    person,
    product_times,
    products,
)
from kairos.domain.criteria.criterion import Criterion

CRITERIA: dict[str, type[Criterion]] = {
    "age": person.Age,
    "gender": person.GenderIs,
    "language": person.LanguageIs,
    "attribute": fields.Attribute,
    "date_field": dates.DateField,
    "registered": account.Registered,
    "accepts_marketing": account.AcceptsMarketing,
    "tag": account.Tag,
    "customer_group": account.CustomerGroup,
    "acquisition_source": account.AcquisitionSource,
    "channel": account.ChannelIs,
    "preferred_time": account.PreferredTime,
    "order_count": orders.OrderCount,
    "revenue": orders.Revenue,
    "average_order_value": orders.AverageOrderValue,
    "items_per_order": orders.ItemsPerOrder,
    "first_order": orders.FirstOrder,
    "last_order": orders.LastOrder,
    "last_order_value": orders.LastOrderValue,
    "order_status": orders.OrderStatusIs,
    "ordered": products.Ordered,
    "ordered_together": products.OrderedTogether,
    "bought_at_launch": product_times.BoughtAtLaunch,
    "replenishment_due": product_times.ReplenishmentDue,
    "used_code": discounts.UsedCode,
    "coupon_share": discounts.CouponShare,
    "points": discounts.Points,
    "abandoned_cart": carts.AbandonedCart,
    "ordered_since_cart": carts.OrderedSinceCart,
    "cart_adds_without_order": carts.CartAddsWithoutOrder,
}
"""Kind -> its model, which holds its meaning."""
