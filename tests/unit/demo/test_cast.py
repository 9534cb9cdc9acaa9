"""The cast: other people each time, and a past at the time that the stack's clock needs."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kairos.adapters.clock import ScaledClock
from local.demo_shop.cast import PARTS, Actor, fits_part, make_cast, real_time_of
from local.shop_generator import CUSTOMERS, catalogue_of, make_shop

ANCHOR = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


def _cast(performance: int) -> tuple[Actor, ...]:
    return make_cast(1, performance, catalogue_of(1), lambda days: ANCHOR - timedelta(days=days))


def test_another_performance_has_other_people_and_carts() -> None:
    first, second = _cast(0), _cast(1)

    assert not {one.person.email for one in first} & {one.person.email for one in second}
    assert not {one.cart_token for one in first} & {one.cart_token for one in second}


def test_the_cast_is_nobody_of_the_history() -> None:
    shop = make_shop(1, ANCHOR, "https://pictures.example.com")
    history = b"".join(one.raw for one in shop.history)

    assert not [one for one in _cast(0) if one.person.email.encode() in history]
    assert _cast(0)[0].person.number > CUSTOMERS


def test_nobody_in_the_cast_wants_what_is_sold_out() -> None:
    cast = _cast(0)

    assert len(cast) == len(PARTS)
    assert all(item.product.stock for actor in cast for item in actor.items)


@given(
    lead=st.timedeltas(timedelta(), timedelta(days=400)),
    wanted=st.timedeltas(timedelta(days=-400), timedelta(days=400)),
)
def test_the_shop_tells_the_latest_time_that_the_clock_does_not_show_later_than_wanted(
    lead: timedelta, wanted: timedelta
) -> None:
    clock = ScaledClock(0.0002, ANCHOR, ANCHOR + lead)
    real = real_time_of(ANCHOR + wanted, ANCHOR, clock.shown)

    tolerance = timedelta(seconds=1)  # the clock counts microseconds of real time, 5,000 to one of shown
    assert clock.shown(real) <= ANCHOR + wanted + tolerance
    assert clock.shown(real + tolerance) > ANCHOR + wanted - tolerance or real == ANCHOR


def test_a_part_is_left_out_when_the_clock_can_not_tell_its_past() -> None:
    clock = ScaledClock(0.0002, ANCHOR, ANCHOR + timedelta(days=300))
    now = clock.shown(ANCHOR + timedelta(seconds=30))
    cast = make_cast(
        1, 0, catalogue_of(1), lambda days: real_time_of(now - timedelta(days=days), ANCHOR, clock.shown)
    )
    playing = {one.part.role for one in cast if fits_part(one, clock.shown, now)}

    assert playing == {"newcomer", "no consent", "unsubscribes", "late"}


def test_every_part_is_played_while_the_clock_can_tell_every_past() -> None:
    clock = ScaledClock(0.0002, ANCHOR, ANCHOR)
    now = clock.shown(ANCHOR + timedelta(seconds=300))
    cast = make_cast(
        1, 0, catalogue_of(1), lambda days: real_time_of(now - timedelta(days=days), ANCHOR, clock.shown)
    )

    assert all(fits_part(one, clock.shown, now) for one in cast)
