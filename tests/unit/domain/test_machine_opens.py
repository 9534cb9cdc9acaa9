"""People and machines told apart by what they call themselves and how fast they click."""

from datetime import UTC, datetime, timedelta

import pytest

from kairos.domain.machine_opens import Reported, by_people, calls_itself_machine

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)


def opened(seconds: float, machine: bool = False) -> Reported:
    return Reported("open", AT + timedelta(seconds=seconds), None, machine)


def clicked(seconds: float, link: str) -> Reported:
    return Reported("click", AT + timedelta(seconds=seconds), f"https://shop.example.com/{link}")


@pytest.mark.parametrize(
    "agent",
    [
        "Mozilla/5.0",
        " Mozilla/5.0 ",
        "Barracuda Sentinel (EE)",
        "Mozilla/5.0 (compatible; Proofpoint URL Defense)",
        "python-requests/2.32",
        "Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/120.0",
        "Mozilla/5.0 (compatible; bingbot/2.0)",
    ],
)
def test_a_machine_is_known_by_what_it_calls_itself(agent: str) -> None:
    assert calls_itself_machine(agent)


@pytest.mark.parametrize(
    "agent",
    [
        None,
        "",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15",
        "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
        "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html",
        "Mozilla/5.0 (Linux; Android 14; CUBOT KingKong) Chrome/120.0 Mobile",
    ],
)
def test_a_person_behind_a_proxy_of_pictures_counts(agent: str | None) -> None:
    assert not calls_itself_machine(agent)


def test_what_called_itself_a_machine_is_none_of_peoples() -> None:
    assert by_people([opened(60, machine=True), opened(90)], AT) == [opened(90)]


def test_three_links_clicked_at_once_were_clicked_by_a_program() -> None:
    burst = [clicked(300, "a"), clicked(303, "b"), clicked(309, "c")]
    assert by_people([*burst, clicked(400, "a")], AT) == [clicked(400, "a")]


def test_two_links_or_one_clicked_thrice_are_a_persons() -> None:
    acts = [clicked(30, "a"), clicked(31, "b"), clicked(32, "a"), clicked(33, "b")]
    assert by_people(acts, AT) == acts


def test_three_links_over_a_quarter_of_a_minute_are_a_persons() -> None:
    acts = [clicked(30, "a"), clicked(38, "b"), clicked(46, "c")]
    assert by_people(acts, AT) == acts


def test_what_came_with_a_scan_at_delivery_is_the_scanners_too() -> None:
    scan = [opened(1), clicked(2, "a"), clicked(2, "b"), clicked(3, "c"), opened(5)]
    assert by_people([*scan, opened(3600)], AT) == [opened(3600)]


def test_a_quick_reader_is_believed() -> None:
    assert by_people([opened(2), clicked(5, "a")], AT) == [opened(2), clicked(5, "a")]
