"""Settling the evening question: when it comes, where they are, which evenings, pauses, hard dates, and stopping."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from evenings import (
    FRIDAY,
    SATURDAY,
    asked,
    at,
    comes,
    looks,
    planned,
    said,
    sends,
    settled,
    today,
)
from talking import CHANNEL, Clock, Person
from telling import AT_QUESTION, BETWEEN, OWN_SIDE, PROGRAM, goes

from actions.program import HURT
from bot.commands import typed
from bot.turn import Kind

HOUR, ZONE, DATE = PROGRAM.settling.steps
COMMUNICATION = PROGRAM.exercise("communication")
FIRST = COMMUNICATION.sides[HURT].steps[0]
BACK = f"Go on: {COMMUNICATION.short}"


# -- setting it up ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words, hour, town",
    [
        ("remind me every evening at half nine in Lagos", "21:30", "Lagos"),
        ("ask me a question every evening at 10 pm, I live in Nairobi", "22:00", "Nairobi"),
        ("please send me the evening question at 20:45 London time", "20:45", "London"),
    ],
)
def test_an_hour_and_a_place_in_one_sentence_are_enough(
    person: Person, clock: Clock, words: str, hour: str, town: str
) -> None:
    at(clock, "12:00")
    heard = goes(person, BETWEEN).says(words)
    assert [one.text.startswith(f"Every evening at {hour}, {town} time.") for one in heard] == [True]
    assert f"tonight, {today(clock):%A %-d %B}, at {hour}" in heard[0].text


def test_hour_and_place_in_two_messages_before_mend_asked_for_the_place_are_enough(person: Person) -> None:
    goes(person, [*BETWEEN, "/evening"])
    person.does_unhearing(typed(CHANNEL, person.chat, "9pm", "90"), typed(CHANNEL, person.chat, "Nairobi", "91"))
    assert "at 21:00, Nairobi time." in person.last.text and planned(person) is not None


@pytest.mark.parametrize("place, town", [("[Lagos]", "Lagos"), ("Nairobi", "Nairobi"), ("I'm in Toronto", "Toronto")])
def test_without_a_place_it_is_asked_for_and_may_be_chosen_or_written(person: Person, place: str, town: str) -> None:
    goes(person, BETWEEN).says("Could you ask me a question every evening at 21:45?")
    assert person.asked(ZONE.ask) and planned(person) is None
    goes(person, [place])
    assert f"at 21:45, {town} time." in person.last.text and planned(person) is not None


@pytest.mark.parametrize(
    "words, hour",
    [("21:15", "21:15"), ("9pm", "21:00"), ("half nine", "21:30"), ("quarter to ten, when it's quiet", "21:45")],
)
def test_the_hour_is_read_in_any_form_where_it_is_asked_for(person: Person, words: str, hour: str) -> None:
    goes(person, [*BETWEEN, "/evening"])
    assert person.asked(HOUR.ask) and "Leave it" in person.last.buttons
    person.says(words)
    assert person.asked(ZONE.ask)
    goes(person, ["[Lagos]"])
    assert f"at {hour}, Lagos time." in person.last.text


@pytest.mark.parametrize("path", [["/evening", "8"], ["remind me at 8 in Lagos"]], ids=["where asked", "in a sentence"])
@pytest.mark.parametrize("pressed", ["08:00", "20:00"])
def test_eight_may_be_morning_or_evening_and_is_asked_about(person: Person, path: list[str], pressed: str) -> None:
    goes(person, [*BETWEEN, *path])
    assert said(person, person.last.text, "utter_which_hour")
    assert list(person.last.buttons) == ["08:00", "20:00", "Leave it"]
    person.presses(pressed)
    goes(person, ["[Lagos]"] if person.asked(ZONE.ask) else [])
    assert f"at {pressed}, Lagos time." in person.last.text


def test_a_zone_with_several_meanings_is_asked_about(person: Person) -> None:
    goes(person, [*BETWEEN, "/evening", "[21:00]", "IST"])
    assert said(person, person.last.text, "utter_which_zone") and "Israel" in person.last.buttons
    person.presses("Ireland")
    assert "at 21:00, Dublin time." in person.last.text


@pytest.mark.parametrize(
    "path, words, response",
    [(["/evening"], words, "utter_hour_unclear") for words in ("25:99", "banana", "never")]
    + [(["/evening"], "late in the evening", "utter_hour_vague")]
    + [(["/evening", "[21:00]"], "somewhere in the hills", "utter_zone_unclear")],
)
def test_what_cant_be_read_gets_a_helpful_line_and_the_question_again(
    person: Person, path: list[str], words: str, response: str
) -> None:
    goes(person, [*BETWEEN, *path])
    question = ZONE if len(path) > 1 else HOUR
    assert [said(person, one.text, response) for one in person.says(words)] == [True]
    assert person.asked(question.ask) and "Leave it" in person.last.buttons
    assert planned(person) is None


def test_a_shared_location_is_the_place(person: Person) -> None:
    goes(person, [*BETWEEN, "/evening", "[21:30]"])
    assert "Every evening at 21:30, Tokyo time." in sends(person, Kind.PLACE, "Asia/Tokyo")[0].text


@pytest.mark.parametrize("written", [False, True], ids=["shared", "written"])
def test_who_says_where_they_are_before_they_say_when_hears_that_it_is_noted(person: Person, written: bool) -> None:
    goes(person, [*BETWEEN, "/evening"])
    heard = person.says("I live in Lagos") if written else sends(person, Kind.PLACE, "Africa/Lagos")
    assert said(person, heard[0].text, "utter_zone_noted") and person.asked(HOUR.ask)
    person.presses("21:00")
    assert "Every evening at 21:00, Lagos time." in person.last.text, "the place is not asked for again"


@pytest.mark.parametrize("words", ["forget it", "stop the evening thing", "i dont want this anymore"])
def test_who_wants_none_of_it_after_all_is_not_asked_on(person: Person, words: str) -> None:
    goes(person, [*BETWEEN, "/evening", words])
    assert not person.asked(HOUR.ask)
    with person.house.tools.store.begin() as kept:
        assert kept.runs.in_hand(kept.people.find(CHANNEL, person.chat)) is None


def test_a_wish_for_an_hour_is_heard_among_other_things(person: Person) -> None:
    goes(person, BETWEEN).says(
        "remind me at half nine every evening, my husband works late and the kids are asleep by eight"
    )
    assert person.asked(ZONE.ask)


# -- changing it -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [["move it to 22:15 please"], ["/evening", "[Another hour]", "[22:00]"]])
def test_the_hour_can_be_changed_in_words_and_by_button(person: Person, path: list[str]) -> None:
    goes(settled(person), path)
    assert re.match("Every evening at 22:(00|15), Lagos time. The next one comes tonight", person.last.text)
    at(person.clock, "21:02")
    assert looks(person) == []
    asked(comes(person))


@pytest.mark.parametrize("hour", ["10:00", "22:00"])
def test_a_doubtful_hour_is_asked_about_in_the_middle_of_an_evening_too(person: Person, hour: str) -> None:
    asked(comes(settled(person)))
    goes(person, ["can you move it to 10 instead", "[My evening question]"])
    assert {"10:00", "22:00"} <= set(person.last.buttons)
    person.presses(hour)
    assert re.match(f"Every evening at {hour}, Lagos time.", person.last.text)


@pytest.mark.parametrize(
    ("words", "hour"), [("evening", "22:00"), ("at night obv", "22:00"), ("in the morning pls", "10:00")]
)
def test_the_part_of_the_day_settles_a_doubtful_hour(person: Person, words: str, hour: str) -> None:
    goes(settled(person), ["change it to 10", words])
    assert re.match(f"Every evening at {hour}, Lagos time.", person.last.text)


@pytest.mark.parametrize("path", [["I'm in Nairobi now"], ["/evening", "[I moved]", "Nairobi"]])
def test_who_moved_is_asked_at_the_same_hour_there(person: Person, path: list[str]) -> None:
    lagos = planned(settled(person))[1]
    goes(person, path)
    assert "Every evening at 21:00, Nairobi time." in person.last.text
    assert planned(person)[1] == lagos - 2 * 3600


@pytest.mark.parametrize("has_evenings", [True, False])
def test_a_shared_location_moves_the_evenings_of_whoever_has_some(person: Person, has_evenings: bool) -> None:
    settled(person) if has_evenings else goes(person, BETWEEN)
    heard = sends(person, Kind.PLACE, "Africa/Nairobi")
    assert [one.text.startswith("Every evening at 21:00, Nairobi time.") for one in heard] == [has_evenings]
    assert (planned(person) is not None) is has_evenings


def test_some_evenings_of_the_week_can_be_chosen(person: Person, clock: Clock) -> None:
    goes(settled(person), ["/evening", "[Which evenings]", "[Friday to Sunday]"])
    assert person.last.text.startswith("Friday to Sunday at 21:00")
    assert planned(person)[0].weekday() == FRIDAY
    at(clock, "21:02")
    assert looks(person) == []
    asked(comes(person))
    assert today(clock).weekday() == FRIDAY and planned(person)[0].weekday() == SATURDAY


def test_single_days_are_tapped_off_and_on(person: Person, clock: Clock) -> None:
    goes(settled(person), ["/evening", "[Which evenings]", "[✓ Mon]"])
    assert {"· Mon", "✓ Tue", "✓ Sun"} <= set(person.last.buttons)
    assert planned(person)[0] == today(clock) + timedelta(days=1), "this Monday is left out at once"
    goes(person, ["[· Mon]", "[Done]"])
    assert person.last.text.startswith("Every evening") and planned(person)[0] == today(clock)


@pytest.mark.parametrize(
    "path, nights",
    [
        (["/evening", "[Some quiet nights]", "[3 nights]"], 3),
        (["no evening question for five days please"], 5),
        (["nothing for a week please"], 7),
    ],
    ids=["button", "five days", "a week"],
)
def test_a_pause_leaves_them_in_peace_and_ends_by_itself(
    person: Person, clock: Clock, path: list[str], nights: int
) -> None:
    first = today(settled(person).clock)
    goes(person, path)
    for _ in range(nights):
        at(clock, "21:02")
        assert looks(person) == []
    assert planned(person)[0] == first + timedelta(days=nights)
    asked(comes(person))


@pytest.mark.parametrize("words", ["pause for 3 days pls", "no questions for 3 days", "give me a break for 3 nights"])
def test_a_pause_can_be_asked_for_at_an_evenings_question(person: Person, words: str) -> None:
    asked(comes(settled(person)))
    first = today(person.clock)
    goes(person, [words, "[My evening question]"])
    assert planned(person)[0] == first + timedelta(days=4), "tonight's has come; three more are left out"


def test_they_can_be_stopped_at_an_evenings_question(person: Person) -> None:
    asked(comes(settled(person)))
    goes(person, ["stop these pls", "[My evening question]", "[Stop it]"])
    assert planned(person) is None


def test_nothing_for_three_days_may_be_an_answer(person: Person) -> None:
    asked(comes(settled(person)))
    person.says("he said nothing for 3 days and then he cried")
    assert person.last.buttons == {}


def test_on_a_hard_date_the_question_is_softer(person: Person, clock: Clock) -> None:
    settled(person, weekday=FRIDAY)  # questions made for a Friday come first, and none of those is soft
    goes(person, ["/evening", "[A hard date]", f"{today(clock):%-d %B}", "[A softer question]"])
    assert f"Handled with care: {today(clock):%-d %B}." in person.last.text
    assert asked(comes(person)).gentle


def test_on_a_hard_date_nothing_comes_if_they_wish(person: Person, clock: Clock) -> None:
    settled(person)
    hard = today(clock) + timedelta(days=1)
    goes(person, ["/evening", "[A hard date]", f"the {hard:%-d} of {hard:%B}", "[No question]"])
    asked(comes(person))
    at(clock, "12:00")
    at(clock, "21:02")
    assert today(clock) == hard and looks(person) == []
    assert planned(person)[0] == hard + timedelta(days=1)


@pytest.mark.parametrize("unclear", ["12.3.", "the day he told me"])
def test_a_date_that_may_be_two_days_or_none_is_asked_for_again(person: Person, unclear: str) -> None:
    goes(settled(person), ["/evening", "[A hard date]", unclear])
    assert said(person, person.last.text, "utter_date_unclear") and person.asked(DATE.ask)


# -- stopping, and the exercise beside it ----------------------------------------------------------------------------


@pytest.mark.parametrize("stop", [["/evening", "[Stop it]"], ["stop the evening question"]], ids=["button", "words"])
@pytest.mark.parametrize("again", [["[Ask me again]"], ["/evening"]], ids=["button", "command"])
def test_it_can_be_stopped_and_started_again_as_it_was(person: Person, stop: list[str], again: list[str]) -> None:
    goes(settled(person, hour="22:10"), stop)
    assert said(person, person.last.text, "utter_evening_stopped") and planned(person) is None
    at(person.clock, "22:12")
    assert looks(person) == []
    goes(person, again)
    assert "Every evening at 22:10, Lagos time." in person.last.text
    asked(comes(person))


@pytest.mark.parametrize(
    "path",
    [["/evening", "[21:00]", "[Lagos]"], ["ask me every evening at 9pm in Lagos please", "[My evening question]"]],
    ids=["command", "words"],
)
def test_set_up_in_the_middle_of_an_exercise_the_place_is_kept_and_the_way_back_shown(
    person: Person, path: list[str]
) -> None:
    goes(person, [*AT_QUESTION, *path])
    assert "Every evening at 21:00, Lagos time." in person.last.text and BACK in person.last.buttons
    person.presses(BACK)
    assert person.asked(FIRST.ask)
    person.says("The dinner on Sunday.")
    assert f"**{FIRST.ask}**\n\n> The dinner on Sunday.\n" in person.diary()


@pytest.mark.parametrize("end", ["Nairobi", "[Leave it]"])
def test_what_was_answered_while_settling_it_is_not_in_their_diary(person: Person, end: str) -> None:
    diary = goes(person, [*OWN_SIDE, "/evening", "banana", "[21:30]", end]).diary()
    assert not [words for words in ("banana", "21:30", "Nairobi", HOUR.ask, ZONE.ask) if words in diary]
    goes(person, ["/evening", "[A hard date]", "12 March"] if end == "Nairobi" else [])
    assert "12 March" not in person.diary()


def test_who_is_new_is_welcomed_before_anything_is_settled(person: Person) -> None:
    asked = person.house.tools.program.care.screening.side.steps[0].ask
    assert any(asked in one.text for one in person.says("/evening"))
