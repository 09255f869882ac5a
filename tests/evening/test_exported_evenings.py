"""What /export gives of the evenings: questions, answers, numbers, promises, settings, and the weekly picture."""

from __future__ import annotations

import base64
import io

from answering import answers
from evenings import MONDAY, SCALES, answered, asked, comes, settled
from exports import everywhere, nowhere, page, record
from PIL import Image
from talking import Person
from telling import OWN_SIDE, PROGRAM, goes

from actions.program import BROKE_TRUST

WORDS = "We walked round the harbour after work, and the marigold light was on the water."
PROMISE = PROGRAM.exercise("consistency")
KEPT = PROGRAM.reflections.outcomes["kept"]


def numbered(person: Person, label: str, number: int) -> Person:
    """Give a number in two taps."""
    person.presses(label)
    person.presses(str(number))
    return person


def test_an_evening_is_told_with_its_question_its_words_and_its_numbers(person: Person) -> None:
    question = asked(comes(settled(person)))
    numbered(person, SCALES[0], 7).says(WORDS)
    assert everywhere(person, WORDS)
    files = person.exported()
    for form in (page(files).text, files["diary.md"].decode()):
        assert question.ask in form and f"{SCALES[0]} 7" in form
    [evening] = record(files)["evenings"]
    assert (evening["asked"], evening["marks"], evening["state"]) == (question.ask, {"trust": 7}, "asked")
    assert evening["walk"]["answers"][0]["messages"][0]["text"] == WORDS
    assert all(walk["exercise"] != "reflection" for walk in record(files)["walks"]), "it is told once"


def test_an_evening_that_was_answered_with_a_number_alone_is_told_too(person: Person) -> None:
    question = asked(comes(settled(person)))
    numbered(person, SCALES[1], 4)
    files = person.exported()
    for form in (page(files).text, files["diary.md"].decode()):
        assert question.ask in form and f"{SCALES[1]} 4" in form


def test_the_weekly_picture_is_there_as_soon_as_it_has_something_to_show(person: Person) -> None:
    comes(settled(person))
    person.says(WORDS)
    assert "pictures/weeks.png" not in person.exported(), "words alone draw no line"
    comes(person)
    numbered(person, SCALES[0], 7)
    files = person.exported()
    image = Image.open(io.BytesIO(files["pictures/weeks.png"]))
    image.load()
    assert (image.format, image.width) == ("PNG", 1080)
    assert base64.b64encode(files["pictures/weeks.png"]).decode() in files["diary.html"].decode()


def test_it_is_the_picture_that_the_look_back_shows(person: Person) -> None:
    comes(settled(person))
    numbered(person, SCALES[0], 7)
    goes(person, ["/journal", "[My last weeks]"])
    shown = next(one.reply["picture"] for one in reversed(person.heard) if "picture" in one.reply)
    assert base64.b64decode(shown) == person.exported()["pictures/weeks.png"]


def test_how_a_promise_went_is_told_and_drawn(person: Person) -> None:
    promised = [*OWN_SIDE, "4", *answers(PROMISE.sides[BROKE_TRUST]).values()]
    comes(settled(person, promised, weekday=MONDAY))
    person.presses(KEPT.label)
    files = person.exported()
    assert record(files)["evenings"][0]["marks"] == {"promise": "kept"}
    assert record(files)["evenings"][0]["kind"] == "promise"
    assert KEPT.label in page(files).quotes and "pictures/weeks.png" in files


def test_what_is_settled_is_in_the_record(person: Person) -> None:
    person = settled(person)
    person.says(WORDS)
    told = record(person.exported())["settled"]
    assert (told["zone"], told["minute"], told["running"]) == ("Africa/Lagos", 21 * 60, True)
    assert told["next"]["date"] and told["next"]["due_at"].endswith("+00:00")


def test_an_entry_that_is_erased_is_in_no_form(person: Person) -> None:
    first, second = answered(settled(person), WORDS, "The house was cold.")
    goes(person, ["/journal", f"[{first:%-d %B}]", "[Erase this one]", "[Erase it]"])
    assert nowhere(person.exported(), "marigold") and everywhere(person, "The house was cold.")
    evenings = record(person.exported())["evenings"]
    assert [one["date"] for one in evenings] == [first.isoformat(), second.isoformat()]
    assert (evenings[0]["walk"], evenings[0]["marks"]) == (None, {})
