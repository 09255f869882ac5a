"""Setting a passphrase, changing it and taking it away; and everything that may happen in between."""

from __future__ import annotations

import logging

import pytest
from answering import PLAIN
from locks import (
    CHANGE,
    NEVER_MIND,
    NOW,
    PHRASE,
    REMOVE,
    TEN_MINUTES,
    WRONG,
    answers,
    held_off,
    is_open,
    kept_with,
    line,
    lines,
    locked,
    secured,
)
from talking import CHANNEL, Clock, Person
from telling import AT_DRAFT, AT_QUESTION, LONG, OWN_SIDE, PROGRAM, STATES, TOLD, WRITING, goes, hears, in_hand

from actions.program import HURT
from actions.reading import Reading
from bot.dialogue import Dialogue, Said
from bot.locking import Locking
from bot.turn import Kind, Turn

FIRST, SECOND = PROGRAM.exercise("communication").sides[HURT].steps[:2]
ANSWERED = [*AT_QUESTION, PLAIN[0]]
#: States in which whatever is written becomes someone's words.
OPEN_QUESTIONS = {
    "a question": AT_QUESTION,
    "the other side's": [*OWN_SIDE, "2"],
    "a draft": AT_DRAFT,
    "free writing": WRITING,
    "a private question": ["hi", "[Yes]"],
}


# -- setting ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", OPEN_QUESTIONS.values(), ids=OPEN_QUESTIONS)
def test_it_is_taken_goes_from_the_chat_and_the_open_question_is_put_again(person: Person, path: list[str]) -> None:
    open_before, before = in_hand(goes(person, path)), answers(person)
    question = person.says("/repeat")[-1].text
    [asked] = person.says("/lock")
    assert asked.text == line(person, "utter_lock_ask") and list(asked.buttons) == [NEVER_MIND]
    heard = person.says(PHRASE, ref="900")
    assert lines(heard) == [line(person, "utter_lock_set"), question]
    assert heard[0].reply["deletes"] == "900" and line(person, "utter_lock_stands") in heard[0].reply["text_if_not"]
    assert (in_hand(person), answers(person)) == (open_before, before), "it is no answer"


@pytest.mark.parametrize("path", STATES.values(), ids=STATES)
def test_in_every_state_it_is_kept_nowhere_in_clear(person: Person, path: list[str]) -> None:
    phrase = "the albatross and I"
    goes(person, [*path, "/lock", phrase]).clock.wait(TEN_MINUTES)
    person.says(phrase)
    assert is_open(person)
    assert kept_with(person, "albatross") == [] and "albatross" not in person.diary()
    assert not any("albatross" in one.text for one in person.heard)


def test_the_dialogue_never_hears_of_it(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    heard, turn = [], Dialogue.turn

    async def overheard(self: Dialogue, number: int, text: str, reading: Reading) -> list[Said]:
        heard.append(f"{text} {reading}")
        return await turn(self, number, text, reading)

    monkeypatch.setattr(Dialogue, "turn", overheard)
    locked(person, ANSWERED)
    for text in (WRONG, PHRASE, PLAIN[1]):
        person.says(text)
    assert not any(text in one for text in (WRONG, PHRASE) for one in heard)
    assert any(PLAIN[1] in one for one in heard)


@pytest.mark.parametrize("phrase", ["1234", "/restart", "<b>[x]</b>", "🌧🌧🌧🌧", "он лгал", "x" * 200, "yes it is me"])
def test_anything_of_4_to_200_characters_will_do(person: Person, clock: Clock, phrase: str) -> None:
    goes(person, [*AT_QUESTION, "/lock", phrase]).clock.wait(TEN_MINUTES)
    assert held_off(person, person.says("/menu"))
    person.says(phrase)
    assert person.asked(FIRST.ask)


@pytest.mark.parametrize("text", ["abc", "", "x" * 201, f"{LONG} " * 3, "[voice]"])
def test_what_can_be_none_is_asked_for_again_and_stays_in_the_chat(person: Person, text: str) -> None:
    goes(person, [*AT_QUESTION, "/lock"])
    [heard] = person.sends("voice") if text == "[voice]" else person.says(text)
    assert heard.text == line(person, "utter_lock_length") and list(heard.buttons) == [NEVER_MIND]
    assert "deletes" not in heard.reply
    assert person.says(PHRASE)[0].text == line(person, "utter_lock_set")


@pytest.mark.parametrize("how", [f"[{NEVER_MIND}]", "never mind", "Never mind."])
def test_never_mind_leaves_everything_as_it_was(person: Person, clock: Clock, how: str) -> None:
    goes(person, [*AT_QUESTION, "/lock", how])
    assert person.heard[-2].text == line(person, "utter_lock_left") and person.asked(FIRST.ask)
    clock.wait(TEN_MINUTES)
    person.says(PLAIN[0])
    assert person.asked(SECOND.ask), "the next words are an answer again"


@pytest.mark.parametrize("act", ["[A hint]", "/hint", "hint", "/privacy", "/export", "/lock"])
def test_whoever_does_something_else_is_told_that_no_passphrase_is_waited_for(person: Person, act: str) -> None:
    goes(person, [*AT_QUESTION, "/lock", act])
    if act == "/lock":
        assert person.last.text == line(person, "utter_lock_ask")
        return
    assert person.last.text == line(person, "utter_lock_left") and len(person.heard[-2].text) > 40
    person.says(PLAIN[0])
    assert any(PLAIN[0] in one for one in answers(person))


def test_after_ten_minutes_words_are_words_again(person: Person, clock: Clock) -> None:
    goes(person, [*AT_QUESTION, "/lock"]).clock.wait(TEN_MINUTES)
    person.says(PLAIN[0])
    assert person.asked(SECOND.ask)
    clock.wait(TEN_MINUTES)
    assert is_open(person)


def test_a_message_that_is_changed_meanwhile_is_changed_and_the_passphrase_is_still_waited_for(person: Person) -> None:
    goes(person, AT_QUESTION).says(PLAIN[0], ref="900")
    person.says("/lock")
    person.edits("900", PLAIN[1])
    assert PLAIN[1] in answers(person)[-1]
    assert person.says(PHRASE)[0].text == line(person, "utter_lock_set")


@pytest.mark.parametrize("kind", TOLD)
def test_what_tells_of_danger_is_no_passphrase(person: Person, clock: Clock, kind: str) -> None:
    heard = goes(person, [*AT_QUESTION, "/lock"]).says(TOLD[kind])
    assert len(heard) == 1 and hears(person, heard[0].text, f"utter_danger_{kind}")
    assert f"> {TOLD[kind]}\n" in person.diary()
    clock.wait(TEN_MINUTES)
    assert is_open(person)


def test_helpnow_in_between_brings_people_and_nothing_else(person: Person, clock: Clock) -> None:
    [heard] = goes(person, [*AT_QUESTION, "/lock"]).says("/helpnow")
    assert hears(person, heard.text, "utter_help_now") and heard.buttons
    person.says(PLAIN[0])
    clock.wait(TEN_MINUTES)
    assert is_open(person), "what came next was no passphrase"


def test_what_is_written_right_behind_it_is_no_part_of_it(person: Person) -> None:
    goes(person, [*AT_QUESTION, "/lock"])
    person.does(*(Turn(CHANNEL, person.chat, Kind.TEXT, text, f"80{n}") for n, text in enumerate((PHRASE, PLAIN[0]))))
    person.clock.wait(TEN_MINUTES)
    assert person.says(PHRASE)[0].text == line(person, "utter_unlocked")
    assert any(PLAIN[0] in one for one in answers(person)) and kept_with(person, PHRASE) == []


@pytest.mark.parametrize("way", ["setting", "trying"])
def test_if_mend_breaks_on_it_it_is_kept_and_logged_nowhere_all_the_same(
    person: Person, way: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    goes(person, [*AT_QUESTION, "/lock"]) if way == "setting" else locked(person, AT_QUESTION)

    def broken(*_: object) -> None:
        raise ValueError(f"can't work with {PHRASE}")

    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(Locking, "_without", broken)
    assert lines(person.says(PHRASE)) == [line(person, "utter_trouble")]
    assert kept_with(person, PHRASE) == [] and "horse" not in caplog.text.casefold()
    assert "ValueError" in caplog.text


# -- once it is set --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["/lock", f"[{NOW}]"])
def test_it_is_locked_at_once_by_lock_twice_or_by_the_button(person: Person, how: str) -> None:
    [asked] = secured(person, AT_QUESTION).says("/lock")
    assert asked.text == line(person, "utter_lock_open") and list(asked.buttons) == [NOW, CHANGE, REMOVE]
    goes(person, [how])
    assert person.last.text == line(person, "utter_locked") and not is_open(person)
    person.says(PHRASE)
    assert person.asked(FIRST.ask)


def test_lock_and_something_else_and_lock_does_not_lock(person: Person) -> None:
    secured(person, AT_QUESTION)
    for words in ("/lock", PLAIN[0], "/lock"):
        person.says(words)
    assert person.asked(line(person, "utter_lock_open")) and is_open(person)
    assert any(PLAIN[0] in one for one in answers(person)), "no passphrase was asked for"


def test_changing_it_asks_for_another_and_the_old_one_opens_nothing_any_more(person: Person, clock: Clock) -> None:
    secured(person, AT_QUESTION).says("/lock")
    assert person.presses(CHANGE)[-1].text == line(person, "utter_lock_ask")
    assert person.says("Red  donkey")[0].text == line(person, "utter_lock_set")
    clock.wait(TEN_MINUTES)
    assert lines(person.says(PHRASE)) == [line(person, "utter_lock_wrong")]
    person.says("red donkey")
    assert person.asked(FIRST.ask)


@pytest.mark.parametrize("how", [f"[{NEVER_MIND}]", "/menu", "wait"])
def test_the_old_one_counts_until_there_is_another(person: Person, clock: Clock, how: str) -> None:
    goes(secured(person, AT_QUESTION), ["/lock", f"[{CHANGE}]", *([how] if how != "wait" else [])])
    clock.wait(TEN_MINUTES)
    assert lines(person.says("Red donkey")) == [line(person, "utter_lock_wrong")], "locked comes before asked"
    assert line(person, "utter_unlocked_after") in lines(person.says(PHRASE))


def test_taking_it_away_leaves_nothing_of_it(person: Person, clock: Clock) -> None:
    secured(person, AT_QUESTION).says("/lock")
    person.presses(REMOVE)
    assert person.heard[-2].text == line(person, "utter_lock_removed") and person.asked(FIRST.ask)
    with person.house.tools.store.begin() as kept:
        assert kept.people.find(CHANNEL, person.chat).lock is None
    clock.wait(TEN_MINUTES)
    assert is_open(person)


@pytest.mark.parametrize("old", [NOW, CHANGE])
def test_its_old_buttons_ask_for_one_where_there_is_none(person: Person, old: str) -> None:
    goes(secured(person), ["/lock", "/lock", PHRASE, "/lock", f"[{REMOVE}]"])
    [first] = [one for one in person.heard if old in one.buttons][:1]
    heard = person.does(Turn(CHANNEL, person.chat, Kind.CHOICE, first.buttons[old]))
    assert lines(heard) == [line(person, "utter_lock_ask")]
    assert person.does(Turn(CHANNEL, person.chat, Kind.CHOICE, first.buttons[old])) == [], "pressed twice"


def test_while_it_is_open_a_wrong_passphrase_is_just_words(person: Person) -> None:
    secured(person, AT_QUESTION).says(WRONG)
    assert person.asked(SECOND.ask) and any(WRONG in one for one in answers(person))
