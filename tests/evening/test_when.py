"""From someone's words to the hour and the place of their evening, to a pause, or to what must be asked about."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.content import Node
from actions.evening.schedule import zone_of
from actions.evening.times import find_times
from actions.evening.when import read_pause, read_when
from actions.evening.words import in_digits
from actions.evening.zones import DATA, find_zone, likely, zone_at
from bot.when import TESTS, right, understood

ZONES = Node.read(DATA / "zones.yml")
UNCLEAR = {name: ZONES["unclear"][name] for name in ZONES["unclear"].names()}


@pytest.mark.parametrize(
    "said, hour, zone",
    [
        ("remind me at half nine", "21:30", None),
        ("21:30", "21:30", None),
        ("quarter to ten berlin time", "21:45", "Europe/Berlin"),
        ("10 pm my time in Lagos", "22:00", "Africa/Lagos"),
        ("after dinner around 8", "20:00", None),
        ("8 am", "08:00", None),
        ("07:00", "07:00", None),
        ("0:30", "00:30", None),
        ("23:59", "23:59", None),
        ("midnight", "00:00", None),
        ("Ten past ten, London Ontario", "22:10", "America/Toronto"),
        ("he's in Dubai and I'm in Leeds, 9 at night", "21:00", "Europe/London"),
        ("21h30", "21:30", None),
        ("2145", "21:45", None),
        ("don't ask me at 9, ask me at 10 pm", "22:00", None),
        ("half nine please, I get up at 6", "21:30", None),
        ("UTC+5:30", None, "+05:30"),
        ("9pm gmt-3", "21:00", "-03:00"),
        ("Asia/Kolkata", None, "Asia/Kolkata"),
    ],
)
def test_what_is_clear_is_understood_without_a_question(said: str, hour: str | None, zone: str | None) -> None:
    when = read_when(said)
    assert (when.hour, when.zone, when.ambiguous) == (hour, zone, False)


@pytest.mark.parametrize(
    "said, hours",
    [
        ("8", ("08:00", "20:00")),
        ("at 9 I guess", ("09:00", "21:00")),
        ("12", ("12:00", "00:00")),
        ("9 or 10", ("21:00", "22:00")),
        ("between 8 and 9", ("20:00", "21:00")),
    ],
)
def test_an_hour_that_may_be_two_is_asked_about_with_both(said: str, hours: tuple[str, ...]) -> None:
    when = read_when(said)
    assert when.hours == hours and when.ambiguous and not when.empty


@pytest.mark.parametrize(
    "said, zones",
    [
        ("IST", ["Asia/Kolkata", "Asia/Jerusalem", "Europe/Dublin"]),
        ("8pm IST", ["Asia/Kolkata", "Asia/Jerusalem", "Europe/Dublin"]),
        ("10pm CST", ["America/Chicago", "Asia/Shanghai", "America/Havana"]),
        ("I live in Portland", ["America/Los_Angeles", "America/New_York"]),
    ],
)
def test_a_place_that_may_be_several_is_asked_about_with_all(said: str, zones: list[str]) -> None:
    when = read_when(said)
    assert [zone for _, zone in when.zones] == zones and when.zone is None and when.ambiguous
    assert len({label for label, _ in when.zones}) == len(zones)


@pytest.mark.parametrize(
    "said",
    [
        "25:99",
        "24:00",
        "9:60",
        "99",
        "never",
        "banana",
        "Mars/Phobos",
        "Europe/Atlantis",
        "",
        "   ",
        "🙂",
        "I have 3 kids",
        "in 2019 it was",
    ],
)
def test_what_names_no_hour_and_no_place_gives_nothing_to_settle(said: str) -> None:
    when = read_when(said)
    assert when.empty and (when.hour, when.zone, when.hours, when.zones) == (None, None, (), ())


@pytest.mark.parametrize("said", ["in the evening", "later", "an hour later please"])
def test_a_part_of_the_day_is_no_hour_but_is_asked_about(said: str) -> None:
    when = read_when(said)
    assert when.vague and when.ambiguous and when.hour is None


@pytest.mark.parametrize("said", ["9pm UTC+25", "9pm gmt-99", "9pm UTC+99:30"])
def test_an_offset_that_no_clock_on_earth_has_is_no_place(said: str) -> None:
    zone = read_when(said).zone
    assert zone is None or zone_of(zone) is not None


@pytest.mark.parametrize("said, hour", [("GMT, 9pm", "21:00"), ("GMT 21:30", "21:30"), ("UTC 10 pm", "22:00")])
def test_an_hour_behind_the_name_of_a_zone_is_an_hour_and_no_offset(said: str, hour: str) -> None:
    when = read_when(said)
    assert (when.hour, when.zone) == (hour, "Etc/UTC")


def test_a_true_minus_sign_is_a_minus() -> None:
    assert read_when("UTC −3").zone == read_when("utc minus 3").zone == read_when("UTC-3").zone == "-03:00"


def test_the_examples_of_the_test_files_are_read_rightly_or_rightly_asked_about() -> None:
    lines = [json.loads(line) for path in TESTS.glob("*.jsonl") for line in path.read_text("utf-8").splitlines()]
    wrong = [entry["id"] for entry in lines if not right(entry, understood(entry["text"]))]
    assert len(lines) >= 1000 and len({entry["id"] for entry in lines}) == len(lines)
    assert 1 - len(wrong) / len(lines) >= 0.95, wrong


@pytest.mark.parametrize(
    "time, zone, ambiguous",
    [("21:00", "Europe/London", False), ("22:30", None, False), (None, "Asia/Kolkata", True), ("09:00", None, True)],
)
def test_the_measure_does_not_call_wrong_readings_right(time: str | None, zone: str | None, ambiguous: bool) -> None:
    entry = {"time": "21:00", "timezone": "Europe/Berlin", "ambiguous": False}
    assert right(entry, {"time": "21:00", "timezone": "Europe/Paris", "ambiguous": False})
    assert not right(entry, {"time": time, "timezone": zone, "ambiguous": ambiguous})


PIECES = [
    "half",
    "quarter",
    "9",
    "10",
    "25",
    ":",
    "to",
    "past",
    "pm",
    "am",
    "utc+",
    "gmt-",
    "or",
    "not",
    "IST",
    "Lagos",
]


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60) | st.lists(st.sampled_from(PIECES), max_size=8).map(" ".join))
def test_whatever_is_written_only_real_hours_and_zones_come_of_it(said: str) -> None:
    when = read_when(said)
    hours = [*when.hours, *([when.hour] if when.hour else [])]
    zones = [*(zone for _, zone in when.zones), *([when.zone] if when.zone else [])]
    assert all(re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", hour) for hour in hours) and len(when.hours) != 1
    assert all(zone_of(zone) for zone in zones)


@pytest.mark.parametrize(
    "said, shown",
    [("nine thirty", ["21:30"]), ("half eight or nine", ["20:30", "21:00"]), ("25:99", ["25:99"]), ("no one", [])],
)
def test_hours_are_found_in_the_order_in_which_they_stand(said: str, shown: list[str]) -> None:
    assert [str(time) for time in find_times(in_digits(said))] == shown


@pytest.mark.parametrize(
    "said, nights",
    [
        ("pause for 5 days", 5),
        ("nothing for a week", 7),
        ("a couple of weeks off", 14),
        ("no questions for three nights", 3),
        ("leave me alone for a month", 30),
        ("pause for a few days", 3),
        ("skip a night", 1),
        ("pause", None),
        ("pause till friday", None),
        ("we broke up 5 days ago", None),
        ("remind me in 5 days", None),
        ("banana", None),
        ("", None),
    ],
)
def test_a_pause_is_as_long_as_they_say_and_none_where_they_do_not_say(said: str, nights: int | None) -> None:
    assert read_pause(said) == nights


@pytest.mark.parametrize(
    "latitude, longitude, zone",
    [
        (52.52, 13.40, "Europe/Berlin"),
        (6.52, 3.38, "Africa/Lagos"),
        (64.18, -51.72, "America/Nuuk"),
        (-13.83, -171.77, "Pacific/Apia"),
        (40.71, -74.01, "America/New_York"),
        (28.61, 77.21, "Asia/Kolkata"),
        (91.0, 0.0, None),
        (0.0, 181.0, None),
    ],
)
def test_a_shared_location_says_which_clock_is_theirs(latitude: float, longitude: float, zone: str | None) -> None:
    assert zone_at(latitude, longitude) == zone


def test_a_location_at_sea_has_a_clock_too() -> None:
    assert zone_of(zone_at(0.0, -160.0)) is not None


def test_someone_is_offered_cities_where_their_language_is_spoken() -> None:
    assert likely("de")[0] == "Berlin" and likely("hi")[0] == "Mumbai"
    assert likely("pt-BR") == likely("pt") and likely("PT-br") == likely("pt")
    assert likely("xx") == likely("") == likely("en")


@pytest.mark.parametrize("language", ZONES["likely"].names())
def test_a_city_that_is_offered_settles_the_place_at_one_tap(language: str) -> None:
    assert [city for city in likely(language) if read_when(city).zone is None] == []


@pytest.mark.parametrize("name", UNCLEAR)
def test_every_unclear_name_offers_places_that_there_are(name: str) -> None:
    choices = [UNCLEAR[name][label].text() for label in UNCLEAR[name].names()]
    assert len(choices) > 1 and all(zone_of(zone) for zone in choices)
    assert find_zone(name.upper()).choices
