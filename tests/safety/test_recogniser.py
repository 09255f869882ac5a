"""Danger is seen wherever it stands in a text, the gravest first, whether a rule or the encoder tells of it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from actions.coach.loading import nothing
from actions.content import ContentError
from actions.encoder.labels import RISKS
from actions.encoder.model import Look, Span
from actions.english import is_foreign
from actions.rules.book import Rules
from actions.safety.recognise import DATA, FINDS, WINDOW_WORDS, Danger, Recogniser, windows

CUTS = {
    "self_harm": 0.6,
    "abuse": 0.6,
    "faint": 0.2,
    "severe": 0.5,
    "own": 0.5,
    "others": 0.5,
    "doubted": 0.0,
    "asked": 0.5,
    "grave": 1.0,
    "if_grave": 0.3,
}
#: Words, and what the stand-in for the encoder finds likely where they stand.
SEEN = {
    "the dark water": {"self_harm": 0.9},
    "the black water": {"self_harm": 0.9, "severe": 0.8},
    "her brother's letters": {"self_harm": 0.9, "severe": 0.8, "others": 0.7},
    "his rules": {"abuse": 0.8},
    "his new rules": {"abuse": 0.8, "severe": 0.8},
    "my rules": {"abuse": 0.9, "own": 0.7},
    "both of these": {"abuse": 0.7, "self_harm": 0.8},
    "the cold water": {"self_harm": 0.59, "severe": 0.9},
    "their rules": {"abuse": 0.3},
    "hardly": {"self_harm": 0.19, "abuse": 0.19, "severe": 0.99},
}
#: Said plainly: the rules know it.
RULED = "I want to kill myself."
HARMLESS = "We went to the shops and talked about the roof. "


class Foretold:
    """An encoder of which every answer can be foretold; it remembers what it was asked to look at."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def looks(self, text: str, spans: list[Span]) -> list[Look]:
        self.asked = [text[start:end] for start, end in spans]
        return [_look(part) for part in self.asked]


def _look(part: str) -> Look:
    look = nothing()
    for words, likely in SEEN.items():
        for risk, share in likely.items() if words in part else ():
            look.likely["risks"][RISKS.index(risk)] = share
    return look


@cache
def rules() -> Rules:
    """The rules that people meet."""
    return Rules(DATA / "rules.yml", "dangers", FINDS)


def read(text: str) -> Danger | None:
    return Recogniser(rules(), Foretold(), CUTS).read(text)


def sentences(text: str) -> list[Span]:
    return [(sent.start_char, sent.end_char) for sent in rules().nlp(text).sents]


# -- what is seen ----------------------------------------------------------------------------------------------------


def test_a_rule_is_enough() -> None:
    danger = read(RULED)
    assert (danger.risk, danger.severity) == ("self_harm", "high")
    assert danger.source in {rule.id for rule in rules().rules}


@pytest.mark.parametrize("words, faint", [("", True), ("their rules", True), ("his rules", False)])
def test_what_a_rule_finds_is_a_hint_where_the_encoder_is_sure_of_the_contrary(words: str, faint: bool) -> None:
    danger = Recogniser(rules(), Foretold(), CUTS | {"doubted": 0.4}).read(f"{RULED} I think of {words}.")
    assert danger is not None and danger.faint == faint


class Asking:
    """Sees the first likelihood of abuse in a text alone, and the second after a question."""

    def __init__(self, alone: float, asked: float) -> None:
        self.alone, self.asked = alone, asked

    def looks(self, text: str, spans: list[Span]) -> list[Look]:
        looks = [nothing() for _ in spans]
        for look, (start, _) in zip(looks, spans):
            look.likely["risks"][RISKS.index("abuse")] = self.asked if start else self.alone
        return looks


@pytest.mark.parametrize(
    "alone, asked, seen",
    [(0.9, 0.9, True), (0.9, 0.55, True), (0.55, 0.9, True), (0.9, 0.4, False), (0.4, 0.9, False)],
)
def test_danger_in_an_answer_is_seen_with_its_question_and_without(alone: float, asked: float, seen: bool) -> None:
    recogniser = Recogniser(rules(), Asking(alone, asked), CUTS)
    danger = recogniser.read("At the harbour wall.", "Where were you calm?")
    assert danger is not None and danger.faint != seen
    outside = recogniser.read("At the harbour wall.")
    assert outside is not None and outside.faint == (alone < CUTS["abuse"])


@pytest.mark.parametrize("grave, faint", [(0.91, True), (0.9, False)])
def test_what_may_be_severe_counts_before_it_is_sure(grave: float, faint: bool) -> None:
    danger = Recogniser(rules(), Foretold(), CUTS | {"grave": grave}).read("I keep thinking of the cold water.")
    assert danger == Danger("self_harm", "high", "model", faint=faint)


def test_a_rule_is_enough_at_a_question_whatever_the_question_makes_of_it() -> None:
    danger = Recogniser(rules(), Asking(0.5, 0.0), CUTS | {"doubted": 0.4}).read(RULED, "What do you want?")
    assert danger is not None and not danger.faint


def test_in_another_language_the_encoder_is_sure_of_nothing() -> None:
    said = RULED + " Ich kann nicht mehr und weiß nicht, wie es mit uns beiden noch weitergehen soll." * 3
    assert is_foreign(said)
    danger = Recogniser(rules(), Foretold(), CUTS | {"doubted": 0.4}).read(said)
    assert danger is not None and not danger.faint


@pytest.mark.parametrize(
    "words, danger",
    [
        ("the dark water", Danger("self_harm", "moderate", "model")),
        ("the black water", Danger("self_harm", "high", "model")),
        ("her brother's letters", Danger("self_harm", "high", "model", others=True)),
        ("his rules", Danger("abuse", "moderate", "model")),
        ("his new rules", Danger("abuse", "high", "model")),
        ("my rules", Danger("abuse", "moderate", "model", own=True)),
        ("both of these", Danger("self_harm", "moderate", "model")),
        ("the cold water", Danger("self_harm", "high", "model", faint=True)),
        ("their rules", Danger("abuse", "moderate", "model", faint=True)),
        ("hardly", None),
    ],
)
def test_the_encoder_is_enough_from_its_thresholds_on_and_below_them_a_hint(words: str, danger: Danger | None) -> None:
    assert read(f"I keep thinking of {words} and of the garden.") == danger


def test_where_neither_sees_anything_there_is_none() -> None:
    assert read(HARMLESS) is None and read(HARMLESS * 40) is None


@pytest.mark.parametrize(
    "said, risk, severity, own",
    [
        ("My husband hits me.", "abuse", "high", False),
        ("I hit her last night.", "abuse", "high", True),
        ("I lock her in the bedroom when we fight.", "abuse", "moderate", True),
        ("Everyone would be better off without me.", "self_harm", "moderate", False),
    ],
)
def test_whose_danger_it_is_is_told_apart(said: str, risk: str, severity: str, own: bool) -> None:
    danger = read(said)
    assert (danger.risk, danger.severity, danger.own, danger.others) == (risk, severity, own, False)


@pytest.mark.parametrize("said", ["My wife says she wants to die.", "My son says he wants to kill himself."])
def test_someone_elses_life_is_told_from_the_writers_own(said: str) -> None:
    danger = read(said)
    assert (danger.risk, danger.others) == ("self_harm", True)


@pytest.mark.parametrize(
    "parts, gravest",
    [
        (["His rules are the dark water, the black water."], ("self_harm", "high", "model")),
        (["I think of the dark water.", "My husband hits me."], ("abuse", "high", "abuse_high")),
        (["I think of the dark water.", "There are his rules."], ("self_harm", "moderate", "model")),
        (["My husband hits me.", "I think of the black water."], ("self_harm", "high", "model")),
        (["My husband hits me.", RULED], ("self_harm", "high", "self_harm_high")),
        (["I think of the cold water.", "There are his rules."], ("abuse", "moderate", "model")),
        (["I think of the cold water.", "My husband hits me."], ("abuse", "high", "abuse_high")),
        (["I think of the black water.", RULED], ("self_harm", "high", "self_harm_high")),
    ],
)
def test_the_gravest_counts_wherever_it_stands(parts: list[str], gravest: tuple[str, str, str]) -> None:
    for order in (parts, parts[::-1]):
        danger = read((HARMLESS * 8).join(order))
        assert (danger.risk, danger.severity, danger.source.partition(".")[0]) == gravest and not danger.faint


# -- long texts ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", [0, 7, 20, 39, 40])
def test_half_a_sentence_is_found_anywhere_in_a_long_text(place: int) -> None:
    parts = [HARMLESS] * 40
    parts.insert(place, "And then there was the black water, as on most days. ")
    assert read("".join(parts)) == Danger("self_harm", "high", "model")


def test_a_long_text_without_full_stops_is_read_in_windows_too() -> None:
    encoder = Foretold()
    text = "and he said that " * 60 + "the black water " + "and he said that " * 60
    assert Recogniser(rules(), encoder, CUTS).read(text) == Danger("self_harm", "high", "model")
    assert len(encoder.asked) > 5 and max(len(part.split()) for part in encoder.asked) <= WINDOW_WORDS


def test_up_to_sixty_words_are_read_as_one() -> None:
    text = " ".join(["word."] * WINDOW_WORDS)
    assert windows(text, sentences(text)) == [(0, len(text))]
    assert len(windows(text + " more.", sentences(text + " more."))) == 2


def test_a_window_holds_whole_sentences_where_they_fit() -> None:
    text = (HARMLESS * 20).strip()
    parts = [text[start:end] for start, end in windows(text, sentences(text))]
    assert len(parts) > 2
    assert all(part.startswith("We went") and part.endswith("the roof.") for part in parts)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(st.sampled_from(["yes", "no.", "He said", "x" * 40, "\n", "  ", ".", "😔", "—"]), max_size=300))
@example([" ", *["no."] * 80])
def test_no_word_is_left_out_and_no_window_is_long(parts: list[str]) -> None:
    text = " ".join(parts)
    found = windows(text, sentences(text))
    assert all(first[1] <= second[0] for first, second in zip(found, found[1:]))
    assert "".join("".join(text[slice(*span)] for span in found).split()) == "".join(text.split())
    assert all(len(text[slice(*span)].split()) <= WINDOW_WORDS for span in found)


# -- whatever people send --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["", " \n\t", "...", "😔💔👩‍👩‍👧‍👦", "\ud83d", "a\udc00b", "\x00", "\u2028", "שלום לך", "死にたくない",
     "x" * 20_000, "no " * 6_700, "?! " * 6_700, "😔" * 20_000, "\n" * 20_000, "/" * 300, "e\u0301" * 500],
    ids=lambda text: ascii(text[:8]),
)  # fmt: skip
def test_nothing_that_people_send_breaks_it(text: str) -> None:
    assert read(text) is None


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.text(st.characters(), max_size=400))
def test_no_text_breaks_it(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize("sign", ["\ud83d", "\udc00", "😔", "\x00", "\u200b"])
def test_danger_is_seen_beside_signs_that_no_library_likes(sign: str) -> None:
    assert read(f"{sign} {RULED} {sign}").risk == "self_harm"
    assert read(f"{sign * 3} {HARMLESS * 30} the black water {sign}").severity == "high"


def test_danger_at_the_end_of_twenty_thousand_characters_is_seen() -> None:
    text = (HARMLESS * 500)[:19_970] + ". " + RULED
    assert len(text) > 19_990 and read(text).severity == "high"


# -- its files -------------------------------------------------------------------------------------------------------


def test_the_files_that_ship_can_be_read_and_a_wrong_threshold_is_refused(tmp_path: Path) -> None:
    assert Recogniser.load(Foretold()).read(RULED).risk == "self_harm"
    (tmp_path / "rules.yml").symlink_to(DATA / "rules.yml")
    for wrong, named in (("own: 1.5", "own: must be a number from 0 to 1"), ("love: 0.5", "unknown key 'love'")):
        cuts = {**CUTS, "own": 0.5} if wrong.startswith("love") else {k: v for k, v in CUTS.items() if k != "own"}
        lines = [f"{key}: {value}" for key, value in cuts.items()]
        (tmp_path / "thresholds.yml").write_text("\n".join([*lines, wrong]))
        with pytest.raises(ContentError, match=f"thresholds.yml.*{named}"):
            Recogniser.load(Foretold(), tmp_path)
