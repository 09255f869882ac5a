"""How typed words are read: an answer, a wish, or something to ask about. At a question, nearly all are its answer."""

from __future__ import annotations

import pytest
import yaml
from talking import Person

from actions.program import Program, load
from actions.reading import (
    ANSWER,
    ANSWERS_FROM_WORDS,
    DOUBT,
    DOUBT_FROM,
    LONG_DOUBT_FROM,
    MAY_INTERRUPT_WORDS,
    OFFERED,
    Phrases,
    Reading,
    read_answer,
    read_open,
)
from actions.sentences import Sentences
from actions.steps import Step, plain
from actions.understanding import WANTS, Wish
from actions.walks import DRAFT, REVIEW
from bot.settings import ROOT

PHRASES = Phrases(ROOT / "data" / "phrases.yml")
INTENTS = set(yaml.safe_load((ROOT / "domain.yml").read_text("utf-8"))["intents"])
STEP = Step("feeling", "How was it?", "Slowly.", "cold", "It helps.", choices=("Pause", "All of it"))
OPEN_STEP = Step("feeling", "How was it?", "Slowly.", "cold", "It helps.")
SURE, UNSURE = DOUBT_FROM, DOUBT_FROM - 0.01
NO_WISH = Wish("pause", 0.0)


@pytest.fixture(scope="module")
def program() -> Program:
    return load(ROOT / "data")


def at_question(said: str, wish: Wish | None = NO_WISH, step: Step = OPEN_STEP, *, in_doubt: bool = False) -> Reading:
    return read_answer(said, PHRASES, step, wish, in_doubt=in_doubt)


@pytest.mark.parametrize(
    "said, meant",
    [
        ("pause", "pause"),
        ("Stop.", "pause"),
        ("  STOP!!!  ", "pause"),
        ("let’s stop", "pause"),
        ("skip this one", "skip"),
        ("go back", "back"),
        ("Hint?", "hint"),
        ("I’m stuck…", "hint"),
        ("what was the question?", "repeat"),
        ("Continue", "repeat"),
        ("why?", "explain_why"),
        ("help", "help"),
        ("Menu", "show_menu"),
        ("how far am I?", "show_progress"),
        ("who reads this?", "ask_privacy"),
        ("hi", "greet"),
    ],
)
def test_an_exact_phrase_asks_for_something_even_at_a_question(said: str, meant: str) -> None:
    assert at_question(said) == Reading(meant)


@pytest.mark.parametrize(
    "said",
    [
        "I want him to stop lying",
        "stop lying to me",
        "please stop seeing her",
        "help me understand why she left",
        "I need help from you",
        "why did he do it",
        "why me",
        "I would go back to before it happened",
        "he said pause and walked out",
        "we skip dinner",
        "delete her number",
        "start over with me",
        "a list of things he did",
        "stop\nlying",
        "yes",
        "No.",
        "ok",
        "thank you",
        "bye",
        "next",
        "3",
        "apology",
        "🙂",
        "да",
        "...",
    ],
)
def test_a_sentence_that_holds_a_command_is_an_answer(said: str) -> None:
    assert at_question(said) == Reading(ANSWER)


@pytest.mark.parametrize("wants", WANTS)
@pytest.mark.parametrize(
    "words, likely, asked",
    [
        (1, SURE, True),
        (MAY_INTERRUPT_WORDS, SURE, True),
        (MAY_INTERRUPT_WORDS, UNSURE, False),
        (MAY_INTERRUPT_WORDS + 1, LONG_DOUBT_FROM, True),
        (MAY_INTERRUPT_WORDS + 1, DOUBT_FROM, False),
        (ANSWERS_FROM_WORDS, 1.0, False),
    ],
)
def test_short_words_that_sound_like_a_wish_are_asked_about_and_nothing_more(
    wants: str, words: int, likely: float, asked: bool
) -> None:
    reading = at_question("xyzzy " * words, Wish(wants, likely))
    assert reading == (Reading(DOUBT, OFFERED.get(wants, wants)) if asked else Reading(ANSWER))


def test_where_nobody_listens_for_wishes_a_sentence_is_an_answer() -> None:
    assert at_question("I want to stop lying", None) == Reading(ANSWER)


@pytest.mark.parametrize("said", ["stop", "/settings"])
def test_a_phrase_and_a_command_are_known_whatever_is_heard_in_them(said: str) -> None:
    assert at_question(said, Wish("goodbye", 1.0)) == at_question(said, None) != Reading(DOUBT, "goodbye")


@pytest.mark.parametrize("said", ["Pause", "pause", "all of it", "All of it."])
def test_a_choice_that_is_typed_is_that_choice_whatever_else_it_could_mean(said: str) -> None:
    assert at_question(said, Wish("pause", 1.0), STEP) == Reading(ANSWER)


@pytest.mark.parametrize("said", ["/settings", "/restart", "/foo@mend_bot ", "/Undo"])
def test_an_unknown_command_is_asked_about_at_a_question(said: str) -> None:
    assert at_question(said) == Reading(DOUBT, "show_menu")


@pytest.mark.parametrize("said", ["/ I don't know", "/cheated on me", "his/hers", "24/7", "/"])
def test_a_slash_alone_makes_no_command(said: str) -> None:
    assert at_question(said) == Reading(ANSWER)


@pytest.mark.parametrize(
    "said, meant",
    [("no", "keep_answer"), ("continue", "keep_answer"), ("skip", "skip"), ("more words", ANSWER)],
)
def test_a_doubt_can_be_settled_in_words(said: str, meant: str) -> None:
    assert at_question(said, in_doubt=True) == Reading(meant)


def test_yes_to_an_offer_is_what_was_offered(person: Person) -> None:
    person.welcomed()
    person.says("1")
    person.says("/settings")
    assert person.asked(person.house.tools.sentences.offers["show_menu"].question)
    heard = person.says("yes")
    assert person.house.tools.program.exercises[9].title in heard[0].text


@pytest.mark.parametrize("said, number", [("1", 1), ("10", 10), ("2.", 2), ("Apology", 2), ("THERAPY", 7)])
def test_outside_of_questions_a_number_or_a_name_chooses(program: Program, said: str, number: int) -> None:
    exercise = program.exercises[number - 1]
    assert read_open(said, PHRASES, program) == Reading("choose_strategy", exercise.id)


@pytest.mark.parametrize(
    "said, meant",
    [
        ("next", "next"),
        ("Let’s go!", "start"),
        ("yes please", "affirm"),
        ("nope", "deny"),
        ("good night", "goodbye"),
        ("thx", "thank"),
        ("stop", "pause"),
        ("menu", "show_menu"),
        ("/settings", "out_of_scope"),
        ("", "out_of_scope"),
        (" … ", "out_of_scope"),
    ],
)
def test_outside_of_questions_short_words_are_wishes(program: Program, said: str, meant: str) -> None:
    assert read_open(said, PHRASES, program) == Reading(meant)


@pytest.mark.parametrize("said", ["I don't know where to begin", "he lied", "yes he did it", "next to her", "11"])
def test_everything_else_is_left_to_the_classifier(program: Program, said: str) -> None:
    assert read_open(said, PHRASES, program) is None


@pytest.mark.parametrize(
    "said, alone", [("Stop", True), ("next", True), ("yes", True), ("stop it", False), ("I was hurt", False)]
)
def test_an_unmistakable_wish_is_no_piece_of_a_longer_thought(said: str, alone: bool) -> None:
    assert PHRASES.unmistakable(said) is alone


@pytest.mark.parametrize(
    "step, said, meant",
    [
        (DRAFT, "Done.", "draft_done"),
        (DRAFT, "not a draft", "not_draft"),
        (DRAFT, "I took our savings.", ANSWER),
        (DRAFT, "yes", ANSWER),
        (DRAFT, "bye", ANSWER),
        (REVIEW, "done", "finish_draft"),
        (REVIEW, "Rewrite it!", "rewrite"),
        (REVIEW, "yes", "repeat"),
        (REVIEW, "next", "repeat"),
        (REVIEW, "bye", "goodbye"),
        (REVIEW, "thank you", "thank"),
        (REVIEW, "I took our savings.", ANSWER),
        ("feeling", "done", ANSWER),
        ("feeling", "rewrite it", ANSWER),
    ],
)
def test_while_an_apology_is_practised_short_words_mean_what_is_done_with_it(step: str, said: str, meant: str) -> None:
    assert at_question(said, step=Step(step, "And now?", "", "", "")) == Reading(meant)


def test_every_phrase_asks_for_something_that_the_dialogue_knows() -> None:
    practising = {wish for wishes in PHRASES.practising.values() for wish in wishes.values()}
    wished = {*PHRASES.outside.values(), *PHRASES.in_doubt.values(), *practising}
    assert wished - {"keep_answer", "take_offer"} <= INTENTS
    assert set(PHRASES.asked_safe.values()) == {"safe_yes", "safe_no", "safe_unsure", "misunderstood"}


@pytest.mark.parametrize(
    "said, meant",
    [
        ("yes", "safe_yes"),
        ("yh hes at work", "safe_yes"),
        ("im ok hes gone to his mums", "safe_yes"),
        ("yes thanks, its fine", "safe_yes"),
        ("yes for now", "safe_unsure"),
        ("yeah i think so", "safe_unsure"),
        ("yes but he'll be back at ten", "safe_unsure"),
        ("for now", "safe_unsure"),
        ("nope not with him in the house", "safe_no"),
        ("no i'm in the bathroom", "safe_no"),
        ("not really no", "safe_no"),
        ("no you misunderstood", "misunderstood"),
        ("no, it was a joke", "misunderstood"),
        ("no one else is here", None),
        ("no its from a film", None),
        ("y do u ask", None),
        ("n then he left", None),
        ("yeah why", None),
        ("she moved the car", None),
        ("yes he has been like this since his dad died and the doctor said", None),
    ],
)
def test_whether_they_are_safe_is_heard_in_more_words_too(said: str, meant: str | None) -> None:
    assert PHRASES.safe(said) == meant


def test_everything_that_may_be_doubted_can_be_offered_and_is_known_to_the_dialogue() -> None:
    offers = Sentences(ROOT / "domain.yml", ROOT / "data" / "labels.yml").offers
    offered = {OFFERED.get(wants, wants) for wants in WANTS} | {"show_menu"}
    assert offered == set(offers)
    assert offered <= INTENTS


def test_no_phrase_takes_a_name_away_from_a_strategy_or_a_side(program: Program) -> None:
    names = {plain(name) for one in program.exercises for name in (one.id, one.title, one.short, *one.names)}
    assert not names & set(PHRASES.outside)
    assert not set(program.intake.names) & set(PHRASES.everywhere)
