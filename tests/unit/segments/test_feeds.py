"""A feed is opened once, found by its token alone, and closed at once."""

from datetime import timedelta

import pytest

from kairos import keys
from kairos.domain.errors import NotFound, Refused
from kairos.domain.feed import FeedWish, read_name, token_hash
from kairos.services.privacy.erase_shop import erase_shop
from kairos.services.segments.feeds import (
    MOST_FEEDS,
    Opened,
    close_feed,
    close_feeds,
    find_feed,
    list_feeds,
    log_read,
    open_feed,
)
from tests.unit.api.shop_floor import Floor

WISH = FeedWish(name="Newsletter tool")


@pytest.fixture
def floor() -> Floor:
    return Floor()


def opened(floor: Floor, segment: str = "buyers", wish: FeedWish = WISH) -> Opened:
    return open_feed(floor.items, floor.clock, "demo", segment, wish)


def test_a_feed_is_found_by_its_token(floor: Floor) -> None:
    made = opened(floor)
    assert find_feed(floor.items, floor.clock, made.token) == made.feed
    assert made.feed.segment == "buyers"


def test_another_token_finds_nothing(floor: Floor) -> None:
    token = opened(floor).token
    for other in (token[:-1], token + "a", "", token.swapcase()):
        assert find_feed(floor.items, floor.clock, other) is None


def test_the_token_is_stored_nowhere(floor: Floor) -> None:
    made = opened(floor)
    log_read(floor.items, floor.clock, made.feed, "csv", 3, first=True)
    assert made.token not in str(floor.items.stored)
    assert made.token not in str(list_feeds(floor.items, floor.clock, "demo", "buyers"))
    assert token_hash(made.token) not in str(list_feeds(floor.items, floor.clock, "demo", "buyers"))


def test_a_feed_closes_by_itself(floor: Floor) -> None:
    made = opened(floor, wish=FeedWish(name="Short", days=2))
    floor.clock.time += timedelta(days=2) - timedelta(seconds=1)
    assert find_feed(floor.items, floor.clock, made.token) is not None
    floor.clock.time += timedelta(seconds=1)
    assert find_feed(floor.items, floor.clock, made.token) is None
    assert list_feeds(floor.items, floor.clock, "demo", "buyers") == []


def test_a_closed_feed_is_gone_and_closing_it_again_is_answered_so(floor: Floor) -> None:
    made, other = opened(floor), opened(floor)
    close_feed(floor.items, "demo", "buyers", made.feed.id)
    assert find_feed(floor.items, floor.clock, made.token) is None
    assert find_feed(floor.items, floor.clock, other.token) is not None
    with pytest.raises(NotFound):
        close_feed(floor.items, "demo", "buyers", made.feed.id)


def test_no_other_shop_and_no_other_segment_closes_a_feed(floor: Floor) -> None:
    made = opened(floor)
    for shop, segment in (("other", "buyers"), ("demo", "others")):
        with pytest.raises(NotFound):
            close_feed(floor.items, shop, segment, made.feed.id)
    assert find_feed(floor.items, floor.clock, made.token) is not None


def test_the_feeds_of_a_segment_close_together(floor: Floor) -> None:
    one, two, other = opened(floor), opened(floor), opened(floor, "others")
    close_feeds(floor.items, "demo", "buyers")
    assert [find_feed(floor.items, floor.clock, made.token) for made in (one, two)] == [None, None]
    assert find_feed(floor.items, floor.clock, other.token) is not None


def test_a_segment_has_only_so_many_feeds(floor: Floor) -> None:
    made = [opened(floor) for _ in range(MOST_FEEDS)]
    with pytest.raises(Refused):
        opened(floor)
    close_feed(floor.items, "demo", "buyers", made[0].feed.id)
    opened(floor)


def test_the_log_tells_when_and_how_much_was_read_and_nothing_else(floor: Floor) -> None:
    feed = opened(floor).feed
    log_read(floor.items, floor.clock, feed, "csv", 3, first=True)
    floor.clock.time += timedelta(minutes=1)
    log_read(floor.items, floor.clock, feed, "json", 0, first=False)
    [told] = list_feeds(floor.items, floor.clock, "demo", "buyers")
    assert told["reads"] == [
        {"at": "2026-11-01T12:01:00Z", "format": "json", "rows": 0, "first": False},
        {"at": "2026-11-01T12:00:00Z", "format": "csv", "rows": 3, "first": True},
    ]


def test_the_log_is_forgotten_in_time(floor: Floor) -> None:
    feed = opened(floor).feed
    log_read(floor.items, floor.clock, feed, "csv", 3, first=True)
    [item] = floor.items.query(keys.feed_read("demo", feed.id, "").pk)
    assert item.expires_at == int((floor.clock.now() + timedelta(days=90)).timestamp())


def test_an_erased_shop_leaves_no_feed(floor: Floor) -> None:
    made = opened(floor)
    log_read(floor.items, floor.clock, made.feed, "csv", 3, first=True)
    erase_shop(floor.shop_erasing(), "demo")
    assert find_feed(floor.items, floor.clock, made.token) is None
    assert floor.items.stored == {}


@pytest.mark.parametrize("wish", [{"name": ""}, {"name": "a", "days": 0}, {"name": "a", "days": 401}, {}])
def test_a_feed_needs_a_name_and_an_end(wish: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"name|days"):
        FeedWish.model_validate(wish)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "a.csv",
        "a" * 43,
        f"{'a' * 43}.xml",
        f"{'a' * 43}.csv.json",
        f"../{'a' * 40}.csv",
        f"{'é' * 43}.csv",
    ],
)
def test_what_is_no_name_of_a_feed_is_told_apart_without_asking_the_store(name: str) -> None:
    assert read_name(name) is None


def test_the_name_of_a_feed_tells_token_and_format(floor: Floor) -> None:
    token = opened(floor).token
    assert read_name(f"{token}.csv") == (token, "csv")
    assert read_name(f"{token}.json") == (token, "json")
