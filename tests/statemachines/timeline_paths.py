"""The paths of the timelines: what happens in the shop, and what must come of it, when, with which code."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from kairos.domain.consent import ConsentStatement
from kairos.domain.customer import CustomerSnapshot
from kairos.domain.identity import Identities
from kairos.domain.person import Person
from kairos.domain.points import PointRules
from tests.statemachines.lively_world import ALL_PAGES, LivelyWorld
from tests.statemachines.world import WHO

Arrange = Callable[[LivelyWorld], None]
FINISHED = "finished"


class TimelinePath(NamedTuple):
    """told: each message and action as LivelyWorld.told tells it. reasons: why each run ended.

    settings: of the scenario, besides its defaults.
    """

    scenario: str
    name: str
    arrange: Arrange
    told: list[str]
    reasons: list[str]
    settings: Mapping[str, Any] = {}


# ---------------------------------------------------------------- win_back

POOLS = {
    f"{name}_pool": name.replace("_", "-")
    for name in ("welcome", "second", "second_loyal", "ultimatum", "ultimatum_loyal")
}


def _silent_for_a_year(euros: int, orders: int = 1, **attributes: str) -> Arrange:
    def arrange(world: LivelyWorld) -> None:
        for pool in POOLS.values():
            world.put_pool(pool)
        world.buy_often(orders, euros)
        last = world.clock.at
        for length in ("P3M", "P6M", "P12M"):
            if attributes and length == "P6M":
                world.attribute(**attributes)
            world.until(length, last)
            world.follow()

    return arrange


def _left_for_the_service(world: LivelyWorld) -> None:
    world.attribute(left_because="service")
    _silent_for_a_year(200)(world)


def _ordered_before_the_message(world: LivelyWorld) -> None:
    world.buy()
    world.until("P3M", world.clock.at)
    world.later(world.buy, days=1)


def _dearest_without_tax(world: LivelyWorld) -> None:
    """178.50 with 28.50 of tax is exactly 150, and not more."""
    world.put_pool("welcome")
    world.buy(178, amounts={"currency": "EUR", "total": 17_850, "tax": 2_850})
    world.until("P3M", world.clock.at)


WIN_BACK = [
    TimelinePath(
        "win_back",
        "a big last order: 5 %, 5 %, 10 %",
        _silent_for_a_year(200),
        ["0 welcome_back 5 %", "0 second_offer 5 %", "0 ultimatum 10 %"],
        [FINISHED] * 3,
        POOLS,
    ),
    TimelinePath(
        "win_back",
        "a small last order: news, 5 %, 10 %",
        _silent_for_a_year(100),
        ["0 whats_new", "0 second_offer 5 %", "0 ultimatum 10 %"],
        [FINISHED] * 3,
        POOLS,
    ),
    TimelinePath(
        "win_back",
        "loyal: 5 %, 10 %, 15 %",
        _silent_for_a_year(200, orders=4),
        ["0 welcome_back 5 %", "0 second_offer 10 %", "0 ultimatum 15 %"],
        [FINISHED] * 3,
        POOLS,
    ),
    TimelinePath(
        "win_back",
        "left for the quality: no code any more",
        _silent_for_a_year(200, left_because="quality"),
        ["0 welcome_back 5 %", "0 whats_new", "0 whats_new"],
        [FINISHED] * 3,
        POOLS,
    ),
    TimelinePath(
        "win_back",
        "left for the price: as ever",
        _silent_for_a_year(200, left_because="price"),
        ["0 welcome_back 5 %", "0 second_offer 5 %", "0 ultimatum 10 %"],
        [FINISHED] * 3,
        POOLS,
    ),
    TimelinePath(
        "win_back",
        "left for the service, known from the start: news alone",
        _left_for_the_service,
        ["0 whats_new", "0 whats_new", "0 whats_new"],
        [FINISHED] * 3,
        POOLS,
    ),
    TimelinePath(
        "win_back", "exactly 150 EUR is not above it", _dearest_without_tax, ["0 whats_new"], [FINISHED]
    ),
    TimelinePath(
        "win_back", "an order ends it", _ordered_before_the_message, [], ["ordered"], {"send_after": "P2D"}
    ),
]

# ---------------------------------------------------------------- prospects

CODES = {"code_pool": "ten"}


def _joins(born: int | None, area: str | None, pages: bool = True, phone: bool = False) -> Arrange:
    def arrange(world: LivelyWorld) -> None:
        world.put_pool("ten")
        if pages:
            world.change_shop(pages=ALL_PAGES)
        if phone:
            world.has_phone()
        world.person(born, area)

    return arrange


def _age_comes_at_t_plus_2(world: LivelyWorld) -> None:
    _joins(None, None)(world)
    world.later(lambda: world.person(1990 + 5, "urban"), days=2, hours=1)


def _first_cart(world: LivelyWorld) -> None:
    _joins(2000, "urban")(world)
    world.later(world.change_cart, days=2, hours=12)


def _first_order(world: LivelyWorld) -> None:
    _joins(1980, "residential")(world)
    world.later(world.buy, days=5)


def _signs_up_for_news(world: LivelyWorld) -> None:
    """No account, but a consent."""
    world.record(_consent_of(world, "news@example.org"))


def _consent_of(world: LivelyWorld, email: str) -> Any:
    now = world.clock.now()
    said = ConsentStatement(channel="email", address=email, state="granted", stated_at=now, source="form")
    who = Identities(email=email)
    return CustomerSnapshot(id=email, updated_at=now, identities=who, consents=(said,))


EVERYONE = ["2 any_questions", "6 guided_tour", "12 questionnaire"]

PROSPECTS = [
    TimelinePath(
        "prospects",
        "young and urban, by e-mail",
        _joins(2000, "urban"),
        [
            "1 need_a_hand",
            "2 any_questions",
            "3 trending",
            "6 guided_tour",
            "7 first_order_code 10 %",
            "12 questionnaire",
        ],
        [FINISHED],
        CODES,
    ),
    TimelinePath(
        "prospects",
        "young and urban, the code by sms",
        _joins(2000, "urban", phone=True),
        [
            "1 need_a_hand",
            "2 any_questions",
            "3 trending",
            "6 guided_tour",
            "7 first_order_code 10 % by sms",
            "12 questionnaire",
        ],
        [FINISHED],
        CODES,
    ),
    TimelinePath(
        "prospects",
        "a family",
        _joins(1986, "residential"),
        [
            "1 welcome_family",
            "2 any_questions",
            "4 video",
            "6 guided_tour",
            "10 first_order_code 10 %",
            "12 questionnaire",
        ],
        [FINISHED],
        CODES,
    ),
    TimelinePath(
        "prospects",
        "a senior in the city",
        _joins(1960, "urban"),
        [
            "1 welcome_guide",
            "2 any_questions",
            "5 webinar",
            "6 guided_tour",
            "12 questionnaire",
            "14 first_order_code 10 %",
        ],
        [FINISHED],
        CODES,
    ),
    TimelinePath("prospects", "no track", _joins(None, None), EVERYONE, [FINISHED], CODES),
    TimelinePath("prospects", "urban at 40: no track", _joins(1985, "urban"), EVERYONE, [FINISHED], CODES),
    TimelinePath(
        "prospects", "residential at 25: no track", _joins(2000, "residential"), EVERYONE, [FINISHED]
    ),
    TimelinePath(
        "prospects",
        "35 in the city",
        _joins(1991, "urban"),
        [
            "1 need_a_hand",
            "2 any_questions",
            "3 trending",
            "6 guided_tour",
            "7 first_order_code 10 %",
            "12 questionnaire",
        ],
        [FINISHED],
        CODES,
    ),
    TimelinePath(
        "prospects",
        "35 in a residential area",
        _joins(1991, "residential"),
        [
            "1 welcome_family",
            "2 any_questions",
            "4 video",
            "6 guided_tour",
            "10 first_order_code 10 %",
            "12 questionnaire",
        ],
        [FINISHED],
        CODES,
    ),
    TimelinePath(
        "prospects",
        "a shop without video, guide, webinar, chat",
        _joins(1986, "residential", pages=False),
        ["1 welcome_family", "2 any_questions", "10 first_order_code 10 %", "12 questionnaire"],
        [FINISHED],
        CODES,
    ),
    TimelinePath(
        "prospects",
        "the age comes after T+2: the track changes",
        _age_comes_at_t_plus_2,
        ["2 any_questions", "3 trending", "6 guided_tour", "7 first_order_code 10 %", "12 questionnaire"],
        [FINISHED],
        CODES,
    ),
    TimelinePath(
        "prospects",
        "the first cart ends it",
        _first_cart,
        ["1 need_a_hand", "2 any_questions"],
        ["filled a cart"],
        CODES,
    ),
    TimelinePath(
        "prospects",
        "an order ends it",
        _first_order,
        ["1 welcome_family", "2 any_questions", "4 video"],
        ["ordered"],
        CODES,
    ),
    TimelinePath(
        "prospects",
        "joined by newsletter",
        _signs_up_for_news,
        ["2 any_questions", "12 questionnaire"],
        [FINISHED],
    ),
]

# ---------------------------------------------------------------- around an order


def _ordered(world: LivelyWorld) -> None:
    world.buy()
    world.pass_time(days=1, hours=11)  # from Monday noon in UTC to Wednesday midnight in Berlin


def _ordered_again(world: LivelyWorld) -> None:
    _ordered(world)
    world.later(world.buy, hours=1)


def _delivered(world: LivelyWorld) -> None:
    world.buy(delivered_at=world.clock.at + timedelta(days=2))
    world.pass_time(days=9)


def _delivery_not_told(world: LivelyWorld) -> None:
    world.buy()
    world.pass_time(days=12)


def _delivered_then_ordered_again(world: LivelyWorld) -> None:
    """The newer order is on its way when the older one is asked about."""
    world.buy(delivered_at=world.clock.at)
    world.pass_time(days=6)
    world.buy()
    world.pass_time(days=1)


def _orders_every_11_days(world: LivelyWorld) -> None:
    """Taken for delivered on days 5 and 16; day 12 is the seventh after the first."""
    world.buy()
    world.pass_time(days=11)
    world.buy()
    world.pass_time(days=1)


def _given_back(world: LivelyWorld) -> None:
    order = {"id": "order-1", "placed_at": world.clock.at, "delivered_at": world.clock.at}
    world.buy(**order)
    world.pass_time(days=7)
    world.buy(**order, status="refunded")


def _asked_lately(world: LivelyWorld) -> None:
    world.buy()
    world.pass_time(days=12)
    world.was_sent(world.clock.at, "satisfaction", "survey")


def _unhappy(world: LivelyWorld) -> None:
    world.buy()
    world.answers(2)


ORDERS = [
    TimelinePath("order_follow_up", "two days ago", _ordered, ["0.417 two_days_ago"], [FINISHED]),
    TimelinePath(
        "order_follow_up", "ordered again", _ordered_again, [], ["the day is over, or ordered again"]
    ),
    TimelinePath("satisfaction", "delivered", _delivered, ["0 survey"], [FINISHED]),
    TimelinePath("satisfaction", "delivery not told", _delivery_not_told, ["0 survey"], [FINISHED]),
    TimelinePath(
        "satisfaction", "ordered again meanwhile", _delivered_then_ordered_again, ["0 survey"], [FINISHED]
    ),
    TimelinePath("satisfaction", "orders every 11 days", _orders_every_11_days, ["0 survey"], [FINISHED]),
    TimelinePath("satisfaction", "given back meanwhile", _given_back, [], [FINISHED]),
    TimelinePath("satisfaction", "asked lately", _asked_lately, [], [FINISHED]),
    TimelinePath("satisfaction", "unhappy", _unhappy, ["0 tell_support"], [FINISHED]),
]

# ---------------------------------------------------------------- satisfied, loyal


def _satisfied(world: LivelyWorld) -> None:
    world.buy_often(4)
    world.answers(9)


def _then(arrange: Arrange, later: Callable[[LivelyWorld], None], **after: float) -> Arrange:
    def both(world: LivelyWorld) -> None:
        arrange(world)
        world.later(lambda: later(world), **after)

    return both


def _complains(world: LivelyWorld) -> None:
    world.attribute(open_complaint="true")


def _disappointed(world: LivelyWorld) -> None:
    for _ in range(3):
        world.answers(0)
        world.clock.at += timedelta(seconds=1)


def _collects(euros: int, orders: int = 1) -> Arrange:
    def arrange(world: LivelyWorld) -> None:
        world.change_shop(points=PointRules(enabled=True))
        world.put_pool("ten")
        world.buy_often(orders, euros)

    return arrange


def _collects_more(world: LivelyWorld) -> None:
    """300 points; a fortnight later 600, and more than three orders."""
    _collects(300)(world)
    world.follow()
    world.pass_time(days=12)
    world.buy_often(3, 100)


def _sends_the_last_back(world: LivelyWorld) -> None:
    _collects(130, orders=4)(world)
    placed = world.clock.now()
    told = {"id": f"order-{placed.isoformat()}", "placed_at": placed, "status": "refunded"}
    world.later(lambda: world.buy(130, **told), hours=1)


def _points_after_loyalty(world: LivelyWorld) -> None:
    """The offer of those who became loyal was delivered a fortnight before."""
    world.change_shop(points=PointRules(enabled=True))
    world.buy_often(4, 10)
    world.follow()
    world.pass_time(days=5)
    world.was_sent(world.clock.at, "loyalty_reward", "secret_offer")
    world.buy(500)


VIP = {"segment": "vip", "code_pool": "ship"}


def _spends(world: LivelyWorld) -> None:
    world.put_pool("ship")
    world.put_segment("vip", {"kind": "tag", "any_of": ["vip"]})
    world.buy()
    world.tag("vip")


def _spends_less(world: LivelyWorld) -> None:
    world.tag()


STEP_UP = {"bought_products": ["p1"], "other_products": ["p2"]}


LOYAL = [
    TimelinePath("review_request", "satisfied and loyal", _satisfied, ["2 ask_review"], [FINISHED]),
    TimelinePath(
        "review_request",
        "a complaint comes between",
        _then(_satisfied, _complains, days=1),
        [],
        ["complaint not settled"],
    ),
    TimelinePath(
        "review_request",
        "satisfied no more",
        _then(_satisfied, _disappointed, days=1),
        [],
        ["not very satisfied any more"],
    ),
    TimelinePath("referral", "satisfied and loyal", _satisfied, ["14 invite_friends"], [FINISHED]),
    TimelinePath(
        "referral",
        "a complaint comes between",
        _then(_satisfied, _complains, days=1),
        [],
        ["complaint not settled"],
    ),
    TimelinePath(
        "referral",
        "satisfied no more",
        _then(_satisfied, _disappointed, days=1),
        [],
        ["not very satisfied any more"],
    ),
    TimelinePath(
        "loyalty_reward",
        "loyal, with enough points",
        _collects(130, orders=4),
        ["1 points_reached", "8 secret_offer 10 %"],
        [FINISHED] * 3,
        {**CODES, "teaser_points": 519, "reward_points": 520},
    ),
    TimelinePath(
        "loyalty_reward",
        "loyal, too few points",
        _collects(10, orders=4),
        ["8 secret_offer 10 %"],
        [FINISHED],
        CODES,
    ),
    TimelinePath("loyalty_reward", "loyal, no code", _collects(10, orders=4), ["8 secret_offer"], [FINISHED]),
    TimelinePath(
        "loyalty_reward",
        "teased once, then loyal and enough points within the month",
        _collects_more,
        ["1 teaser", "1 points_reached", "8 secret_offer 10 %"],
        [FINISHED] * 3,
        CODES,
    ),
    TimelinePath(
        "loyalty_reward",
        "offered as they became loyal, not again for points soon after",
        _points_after_loyalty,
        ["8 secret_offer", "1 points_reached"],
        [FINISHED] * 3,
    ),
    TimelinePath(
        "loyalty_reward",
        "sent back before the word",
        _sends_the_last_back,
        [],
        [FINISHED] * 3,
        {**CODES, "teaser_points": 519, "reward_points": 520},
    ),
    TimelinePath("loyalty_reward", "not loyal yet", _collects(300), ["1 teaser"], [FINISHED], CODES),
    TimelinePath(
        "loyalty_reward",
        "a complaint",
        _then(_collects(300), _complains, hours=1),
        [],
        ["complaint not settled"],
    ),
    TimelinePath(
        "big_spender_perks",
        "all perks",
        _spends,
        [
            "0 flag_priority_support",
            "0 tag_gift",
            "1 early_access",
            "14 free_shipping free_shipping",
            "30 easy_reorder",
        ],
        [FINISHED],
        VIP,
    ),
    TimelinePath(
        "big_spender_perks",
        "spends less",
        _then(_spends, _spends_less, days=2),
        ["0 flag_priority_support", "0 tag_gift", "1 early_access"],
        ["no big spender any more"],
        VIP,
    ),
]

# ---------------------------------------------------------------- offers


def _bought_with_codes(world: LivelyWorld) -> None:
    world.put_pool("ten")
    world.buy(codes=("SPRING",))
    world.pass_time(days=30)


def _full_price_next(world: LivelyWorld) -> None:
    _bought_with_codes(world)
    world.later(lambda: world.buy(status="pending"), hours=1)


def _two_without(world: LivelyWorld) -> None:
    """Orders of before the code become known: of three, one was with a code."""
    _bought_with_codes(world)
    for number in (1, 2):
        old = world.clock.at - timedelta(days=40 + number)
        told = {"id": f"old-{number}", "placed_at": old, "updated_at": old}
        world.later(lambda told=told: world.buy(**told), hours=number)


def _coffee(world: LivelyWorld) -> None:
    world.put_product("coffee", days_per_unit=30)
    world.buy(product="coffee")
    world.pass_time(days=23)


def _coffee_again(world: LivelyWorld) -> None:
    _coffee(world)
    world.later(lambda: world.buy(product="coffee"), hours=1)


def _coffee_and_tea(world: LivelyWorld) -> None:
    """The tea runs out ten days later than the coffee, which is not ordered again."""
    world.put_product("coffee", days_per_unit=30)
    world.put_product("tea", days_per_unit=40)
    world.buy(product="coffee")
    world.clock.at += timedelta(seconds=1)
    world.buy(product="tea")
    world.pass_time(days=23)
    world.follow()
    world.pass_time(days=2)
    world.pass_time(days=8)


def _satisfied_with(product: str) -> Arrange:
    def arrange(world: LivelyWorld) -> None:
        world.buy(product=product)
        world.answers(9)

    return arrange


HALF_A_DAY = {"send_after": "PT12H"}

OFFERS = [
    TimelinePath(
        "coupon_customers", "buys with codes", _bought_with_codes, ["0 stock_offer 15 %"], [FINISHED], CODES
    ),
    TimelinePath("coupon_customers", "ordered", _full_price_next, [], ["ordered"], {**CODES, **HALF_A_DAY}),
    TimelinePath(
        "coupon_customers",
        "buys without codes",
        _two_without,
        [],
        ["buys without codes"],
        {**CODES, **HALF_A_DAY},
    ),
    TimelinePath("replenishment", "running out", _coffee, ["0 running_out"], [FINISHED]),
    TimelinePath(
        "replenishment",
        "ordered again",
        _coffee_again,
        [],
        ["ordered again, or run out long ago"],
        HALF_A_DAY,
    ),
    TimelinePath(
        "replenishment",
        "another product, while the first has run out",
        _coffee_and_tea,
        ["0 running_out", "0 running_out"],
        [FINISHED] * 2,
    ),
    TimelinePath(
        "cross_sell", "X, not Y", lambda world: world.buy(), ["7 goes_with_it"], [FINISHED], STEP_UP
    ),
    TimelinePath(
        "cross_sell",
        "Y was bought too",
        _then(lambda world: world.buy(), lambda world: world.buy(product="p2"), days=3),
        [],
        ["has the other too"],
        STEP_UP,
    ),
    TimelinePath(
        "cross_sell",
        "a complaint",
        _then(lambda world: world.buy(), _complains, days=3),
        [],
        ["complaint not settled"],
        STEP_UP,
    ),
    TimelinePath(
        "upsell", "satisfied with the smaller", _satisfied_with("p1"), ["30 step_up"], [FINISHED], STEP_UP
    ),
    TimelinePath(
        "upsell",
        "the better one was bought",
        _then(_satisfied_with("p1"), lambda world: world.buy(product="p2"), days=3),
        [],
        ["has the better one"],
        STEP_UP,
    ),
    TimelinePath(
        "upsell",
        "not satisfied any more",
        _then(_satisfied_with("p1"), _disappointed, days=3),
        [],
        ["not satisfied enough"],
        STEP_UP,
    ),
    TimelinePath(
        "upsell",
        "a complaint",
        _then(_satisfied_with("p1"), _complains, days=3),
        [],
        ["complaint not settled"],
        STEP_UP,
    ),
]

# ---------------------------------------------------------------- visits


def _looks_twice(world: LivelyWorld) -> None:
    world.person(registered=False)
    world.does("product", "p1")
    world.does("product", "p2")
    world.pass_time(hours=24)


def _looks_again(world: LivelyWorld) -> None:
    _looks_twice(world)
    world.was_sent(world.clock.at - timedelta(days=30), "browse_reminder", "still_looking")


def _fills_carts(world: LivelyWorld) -> None:
    world.person(registered=False)
    for product in ("p1", "p2", "p3"):
        world.does("cart", product)


def _chats(world: LivelyWorld) -> None:
    world.person(registered=False)
    for topic in ("size", "colour"):
        world.does("chat", topic)


VISITS = [
    TimelinePath("browse_reminder", "looked twice", _looks_twice, ["0 still_looking"], [FINISHED]),
    TimelinePath("browse_reminder", "looked again", _looks_again, ["0 looked_again"], [FINISHED]),
    TimelinePath(
        "browse_reminder",
        "ordered",
        _then(_looks_twice, lambda world: world.buy(), hours=1),
        [],
        ["ordered"],
        HALF_A_DAY,
    ),
    TimelinePath(
        "browse_reminder",
        "filled a cart",
        _then(_looks_twice, lambda world: world.change_cart(), hours=1),
        [],
        ["filled a cart"],
        HALF_A_DAY,
    ),
    TimelinePath(
        "undecided_help",
        "three additions to carts",
        _fills_carts,
        ["0.167 closer_look", "3 variants", "6 returns_policy"],
        [FINISHED],
    ),
    TimelinePath(
        "undecided_help",
        "two chats, then an order",
        _then(_chats, lambda world: world.buy(), days=4),
        ["0.167 closer_look", "3 variants"],
        ["ordered"],
    ),
]

# ---------------------------------------------------------------- days, sleep


def _birthday_on_wednesday(world: LivelyWorld) -> None:
    born = Person(birthday=date(1990, 3, 4))
    world.record(CustomerSnapshot(id="17", updated_at=world.clock.at, identities=WHO, person=born))
    world.pass_time(days=1, hours=11)


def _birthday_with_codes(world: LivelyWorld) -> None:
    world.put_pool("ten")
    _birthday_on_wednesday(world)


def _asleep(world: LivelyWorld) -> str:
    world.person(registered=False)
    sent = world.was_sent(world.clock.at - timedelta(days=180) + timedelta(hours=1))
    world.tick()
    world.pass_time(hours=1)
    return sent


def _falls_asleep(world: LivelyWorld) -> None:
    _asleep(world)


def _opens(world: LivelyWorld) -> None:
    sent = _asleep(world)
    world.started.clear()
    world.pass_time(days=3)
    world.became("open", sent)
    world.put_pool("ten")
    world.tick()


def _clicks(world: LivelyWorld) -> None:
    sent = _asleep(world)
    world.pass_time(days=3)
    world.became("click", sent)
    world.tick()


def _opens_in_between(world: LivelyWorld) -> None:
    sent = _asleep(world)
    world.later(lambda: world.became("open", sent), days=3)


def _silent_for_nine_months(world: LivelyWorld) -> None:
    world.buy()
    world.until("P9M", world.clock.at)


QUIET = [
    TimelinePath(
        "occasion",
        "a birthday, with a code",
        _birthday_with_codes,
        ["0.417 best_wishes 10 %"],
        [FINISHED],
        {**CODES, "send_after": "PT10H"},
    ),
    TimelinePath("occasion", "no code to be had", _birthday_on_wednesday, ["0.375 best_wishes"], [FINISHED]),
    TimelinePath(
        "occasion", "the day is over", _birthday_on_wednesday, [], ["the day is over"], {"send_after": "P1D"}
    ),
    TimelinePath("wake_up", "opens again", _opens, ["0.021 surprise 10 %"], [FINISHED], CODES),
    TimelinePath("wake_up", "clicks again, pictures blocked", _clicks, ["0.021 surprise"], [FINISHED]),
    TimelinePath(
        "wake_up", "long since", _opens, [], ["opened and clicked nothing"], {"surprise_after": "P4D"}
    ),
    TimelinePath("feedback_request", "nine months", _silent_for_nine_months, ["0 why_no_more"], [FINISHED]),
    TimelinePath(
        "feedback_request",
        "ordered",
        _then(_silent_for_nine_months, lambda world: world.buy(), hours=1),
        [],
        ["ordered"],
        HALF_A_DAY,
    ),
    TimelinePath(
        "feedback_request",
        "the reason is known",
        _then(_silent_for_nine_months, lambda world: world.attribute(left_because="price"), hours=1),
        [],
        ["told the reason"],
        HALF_A_DAY,
    ),
    TimelinePath("sunset", "opens nothing", _falls_asleep, ["0 last_call", "14 stop_mailing"], [FINISHED]),
    TimelinePath(
        "sunset", "opens after the last call", _opens_in_between, ["0 last_call"], ["opened or clicked"]
    ),
]

TIMELINE_PATHS = [*WIN_BACK, *PROSPECTS, *ORDERS, *LOYAL, *OFFERS, *VISITS, *QUIET]
