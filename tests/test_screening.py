"""The private questions before the programme: whom they keep safe, what stays closed, and that no answer is kept."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from talking import CHANNEL, Clock, Person
from telling import AT_DRAFT, BETWEEN, DAY, HELP, LABELS, LONG, PROGRAM, SCREENED, TOLD, goes, hears, in_hand

from actions.program import BROKE_TRUST, HURT
from actions.store.models import Answer, Button, Outgoing

SCREENING = PROGRAM.care.screening
AGE, *SAFETY = SCREENING.side.steps
UNSAID = "I'd rather not say"
SIDE = PROGRAM.intake.side.steps[0]
OPEN = PROGRAM.exercise("time_and_space")
CLOSED = [exercise for exercise in PROGRAM.exercises if exercise.id != OPEN.id]
#: A way through the questions after which openness may be dangerous.
RISKY = ["hi", "[Yes]", "[Yes]", "[No]", "[No]", "[Yes]"]
FOUR_WEEKS = 28 * DAY


def answers(afraid: str = "No", hurt: str = "No", controlled: str = "No", free: str = "Yes") -> list[str]:
    return [f"[{answer}]" for answer in (afraid, hurt, controlled, free)]


# -- one at a time ---------------------------------------------------------------------------------------------------


def test_they_come_one_at_a_time_after_the_welcome_and_lead_to_the_programme(person: Person) -> None:
    heard = person.says("hi")
    assert hears(person, heard[0].text, "utter_welcome") and person.asked(SCREENING.side.opening)
    for step, answer in zip((AGE, *SAFETY), ("Yes", "No", "No", UNSAID, "Yes")):
        assert person.asked(step.ask) and list(person.last.buttons) == [*step.choices, "Pause"]
        person.presses(answer)
    assert person.asked(SIDE.ask)


def test_they_may_be_answered_in_words(person: Person) -> None:
    for step, said in zip((AGE, *SAFETY), ("Yes I am", "nope", "never", "not at all.", "yeah")):
        goes(person, [] if person.heard else ["hi"])
        assert person.asked(step.ask)
        person.says(said)
    assert person.asked(SIDE.ask)


def test_they_may_be_answered_in_words_of_their_own(person: Person) -> None:
    said = ("yh im 41", "nah hes soft as butter", "never laid a finger", "no she is easy", "yeah my own idea")
    for step, words in zip((AGE, *SAFETY), said):
        goes(person, [] if person.heard else ["hi"])
        assert person.asked(step.ask)
        person.says(words)
    assert person.asked(SIDE.ask)


def test_a_no_to_what_is_offered_is_no_answer_to_the_question(person: Person) -> None:
    goes(person, ["hi", "are you a robot"])
    assert "That's my answer" in person.last.buttons
    person.says("no")
    assert person.asked(AGE.ask), "nobody has said how old they are"


def test_an_answer_after_words_in_doubt_stands_alone(person: Person) -> None:
    goes(person, ["hi", "[Yes]", "y do u ask"])
    assert "That's my answer" in person.last.buttons
    person.says("no hes lovely")
    assert person.asked(SAFETY[1].ask)


def test_words_that_are_no_answer_are_kept_and_it_is_asked_again(person: Person) -> None:
    said = "My sister said that I should come here."
    goes(person, ["hi", "[Yes]"]).says(said)
    assert hears(person, person.last.text, "utter_screen_unclear") and person.asked(SAFETY[0].ask)
    assert f"> {said}\n" in person.diary()


def test_all_but_the_age_can_be_left_out_and_gone_back_to(person: Person) -> None:
    goes(person, ["hi", "skip"])
    assert person.asked(AGE.ask), "the age is needed"
    goes(person, ["[Yes]", "skip"])
    assert person.asked(SAFETY[1].ask)
    person.says("back")
    assert person.asked(SAFETY[0].ask)
    assert SAFETY[0].why in "\n".join(one.text for one in person.says("why"))


@pytest.mark.parametrize("returning", ["hi", "/start", "/next", "I'm back"])
def test_left_in_the_middle_they_go_on_where_they_were(person: Person, clock: Clock, returning: str) -> None:
    goes(person, ["hi", "[Yes]", "[No]", "pause"])
    clock.wait(DAY)
    person.says(returning)
    assert person.asked(SAFETY[1].ask)


def test_who_asks_for_something_else_meanwhile_is_told_that_it_was_read(person: Person) -> None:
    goes(person, ["hi", "[Yes]", "pause"])
    first, *_ = person.says("how do i say sorry to her")
    assert hears(person, first.text, "utter_first_this") and person.asked(SAFETY[0].ask)


def test_who_says_goodbye_meanwhile_is_let_go(person: Person) -> None:
    goes(person, ["hi", "[Yes]", "pause"])
    said = person.says("goodnight then, bye")
    assert not any(SAFETY[0].ask in one.text for one in said)


# -- under age -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "way",
    ["3", "forgiveness", "next", "practise apology", LONG, "hi", "let me in please", "yes", "/next", "/start", "/menu"]
    + ["/apology", "/role", "/drafts", "/skip", "/back"],
)
def test_under_eighteen_it_stops_kindly_and_nothing_else_can_be_begun(person: Person, way: str) -> None:
    heard = goes(person, ["hi"]).presses("No")
    assert len(heard) == 1 and hears(person, heard[0].text, "utter_under_age") and "findahelpline" in heard[0].text
    assert list(heard[0].buttons) == ["That was the wrong button"]
    person.says(way)
    assert list(person.last.buttons) == ["That was the wrong button"] and "findahelpline" in person.last.text
    assert in_hand(person) is None and not any(SIDE.ask in one.text for one in person.heard)


def test_an_old_button_begins_nothing_for_someone_under_eighteen(person: Person) -> None:
    goes(person, ["hi", "/menu", "/start", "[No]", f"[3. {PROGRAM.exercises[2].short}]"])
    assert in_hand(person) is None and list(person.last.buttons) == ["That was the wrong button"]


def test_the_wrong_button_is_mended(person: Person) -> None:
    goes(person, ["hi", "[No]", "[That was the wrong button]"])
    assert person.asked(AGE.ask)
    goes(person, ["[Yes]", *answers()])
    assert person.asked(SIDE.ask)


# -- where openness may be dangerous ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answered", [{"afraid": "Yes"}, {"hurt": "Yes"}, {"controlled": "Yes"}, {"free": "No"}], ids=str
)
def test_any_answer_that_means_risk_leads_to_what_is_for_the_person_alone(person: Person, answered: dict) -> None:
    goes(person, ["hi", "[Yes]", *answers(**answered)])
    assert hears(person, person.last.text, "utter_alone") and in_hand(person) is None
    assert {HELP, "A calm minute", OPEN.short, "I'll write on"} <= set(person.last.buttons)
    assert not {one.short for one in CLOSED} & set(person.last.buttons)
    goes(person, [f"[{OPEN.short}]", f"[{LABELS[HURT]}]"])
    assert person.asked(OPEN.sides[HURT].steps[0].ask)


CLOSED_WAYS = [
    *([str(exercise.number)] for exercise in CLOSED),
    *([exercise.title] for exercise in CLOSED),
    *(["/menu", f"[{exercise.number}. {exercise.short}]"] for exercise in CLOSED),
    *(["/apology"], ["practise apology"], ["/drafts", "[A new one]"]),
]


@pytest.fixture
def later(person: Person, clock: Clock) -> Person:
    """Someone who has been through it before, and whose answers are others after four weeks."""
    goes(person, BETWEEN)
    clock.wait(FOUR_WEEKS + DAY)
    return goes(person, ["forgiveness", *answers(afraid="Yes")])


@pytest.mark.parametrize("way", CLOSED_WAYS, ids=" ".join)
def test_everything_else_stays_closed_whichever_way_they_take(later: Person, way: list[str]) -> None:
    goes(later, way)
    assert hears(later, later.last.text, "utter_closed") and in_hand(later) is None
    assert OPEN.short in later.last.buttons


@pytest.mark.parametrize("way", CLOSED_WAYS, ids=" ".join)
def test_someone_new_is_told_so_without_being_asked_for_their_side(person: Person, way: list[str]) -> None:
    goes(person, [*RISKY, *way])
    closed = ("utter_closed", "utter_alone_here")
    assert any(hears(person, person.last.text, one) for one in closed) and in_hand(person) is None


@pytest.mark.parametrize("way", [OPEN.title, str(OPEN.number), f"[{OPEN.short}]"])
def test_what_is_open_is_open_by_name_number_and_button(person: Person, way: str) -> None:
    goes(person, [*RISKY, way])
    if LABELS[HURT] in person.last.buttons:
        person.presses(LABELS[HURT])
    assert person.asked(OPEN.sides[HURT].steps[0].ask)


def test_what_is_suggested_is_what_is_open(later: Person) -> None:
    later.says("/repeat")
    assert f"Begin: {OPEN.short}" in later.last.buttons and HELP in later.last.buttons
    later.says("/next")
    assert later.asked(OPEN.sides[HURT].steps[0].ask)


def test_drafts_of_before_stay_kept_and_closed_and_so_do_old_buttons(person: Person) -> None:
    draft = "I took our savings, and it was my choice."
    goes(person, [*AT_DRAFT, draft, "[Done]", "[Keep it for later]", "/menu"]).says(TOLD["abuse"])
    old = [f"[1. {PROGRAM.exercises[0].short}]"]
    for way in (old, ["/drafts", "[Open 1]"], ["/drafts", "[A new one]"], ["/apology"], ["1"]):
        goes(person, way)
        assert hears(person, person.last.text, "utter_closed"), way
        assert in_hand(person) is None
    assert f"> {draft}\n" in person.diary()


def test_an_exercise_left_in_the_middle_is_closed_too(person: Person, clock: Clock) -> None:
    goes(person, [*BETWEEN, "forgiveness"])
    clock.wait(FOUR_WEEKS + DAY)
    goes(person, ["pause", "communication", *answers(hurt="Yes")])
    for way in ("forgiveness", "/next", "hi"):
        person.says(way)
        assert hears(person, person.last.text, "utter_closed"), way
        assert in_hand(person) is None


def test_they_can_be_answered_anew_and_open_it_again(later: Person) -> None:
    goes(later, ["forgiveness", "[Ask me those again]"])
    assert later.asked(SAFETY[0].ask), "the age is not asked again"
    goes(later, [*answers(), "forgiveness"])
    assert later.asked(PROGRAM.exercise("forgiveness").sides[HURT].steps[0].ask)


# -- four weeks later ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["3", "/apology", "forgiveness", "/next"])
def test_after_four_weeks_they_come_again_before_something_new_begins(person: Person, clock: Clock, way: str) -> None:
    goes(person, [*SCREENED, f"[{LABELS[BROKE_TRUST]}]", "[Skip]"])
    clock.wait(FOUR_WEEKS + DAY)
    person.says(way)
    assert person.asked(SCREENING.opening_again) and person.asked(SAFETY[0].ask)
    goes(person, answers())
    assert in_hand(person) is None
    person.says(way)
    assert in_hand(person) not in (None, "screening")


def test_within_four_weeks_they_do_not_come_again(person: Person, clock: Clock) -> None:
    goes(person, BETWEEN)
    clock.wait(FOUR_WEEKS - DAY)
    person.says("forgiveness")
    assert in_hand(person) == "forgiveness"


# -- what is kept ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [SCREENED, RISKY, ["hi", "[No]"], RISKY[:3], RISKY[:5]], ids=len)
def test_answers_are_in_no_export(person: Person, path: list[str]) -> None:
    assert goes(person, path).diary() == "", "nothing else was written"


@pytest.mark.parametrize("path", [SCREENED, RISKY], ids=["all well", "risk"])
def test_answers_are_kept_nowhere(person: Person, path: list[str]) -> None:
    goes(person, path)
    with person.house.tools.store.begin() as kept:
        known = kept.people.find(CHANNEL, person.chat)
        rows = kept.session.execute(sa.select(Outgoing).filter_by(chat_id=known.id)).scalars()
        told = [row.reply for row in rows if "You chose" in row.reply and any(s.ask in row.reply for s in SAFETY)]
        pressed = sa.select(Button).where(Button.chat_id == known.id, Button.pressed_at.is_not(None))
        chosen = [button.choice for button in kept.session.execute(pressed).scalars()]
        runs = [run.id for run in kept.runs.all(known) if run.exercise == "screening"]
        assert (runs, kept.session.execute(sa.select(Answer).filter_by(person_id=known.id)).all()) == ([], [])
    assert told == [], "no message that is kept shows what was chosen"
    assert [choice for choice in chosen if choice.startswith("answer:")] == [], "and no button that it was pressed"
