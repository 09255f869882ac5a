"""Where a phrase is found, and that no text makes a book of rules fall over."""

from __future__ import annotations

import pytest
from books import APOLOGY, BOOKS, Book
from hypothesis import given, settings
from hypothesis import strategies as some

from actions.rules.book import Hit

books = pytest.mark.parametrize("book", BOOKS.values(), ids=BOOKS)


def hits(text: str, book: Book = APOLOGY) -> list[Hit]:
    return book.rules.find(book.rules.nlp(text))


def places_hold(found: list[Hit], text: str) -> bool:
    return all(0 <= hit.start_char < hit.end_char <= len(text) for hit in found)


def test_a_hit_points_at_its_words() -> None:
    text = "Hey 🙂. It was just a joke."
    hit = hits(text)[0]
    assert text[hit.start_char : hit.end_char] == "It was just a joke"
    assert hit.label == "minimizing"
    assert hit.reason


@pytest.mark.parametrize(
    "text",
    [
        "It was just a few silly little texts, it was just a joke.",
        "I am so sorry if I hurt you, sorry if you felt hurt, and sorry if I did.",
        "You always do this and you never listen, you always, always do.",
    ],
)
@books
def test_of_overlapping_hits_of_one_label_one_is_kept(book: Book, text: str) -> None:
    found = hits(text, book)
    for label in {hit.label for hit in found}:
        places = [(hit.start_char, hit.end_char) for hit in found if hit.label == label]
        assert all(first[1] <= second[0] for first, second in zip(places, places[1:]))


def test_of_overlapping_hits_of_one_label_the_longest_is_kept() -> None:
    text = "I'm sorry if you felt hurt by the texts."
    everything = APOLOGY.rules.candidates(APOLOGY.rules.nlp(text))
    lengths = [hit.end_char - hit.start_char for hit in everything if hit.label == "feelings_not_actions"]
    [kept] = [hit for hit in hits(text) if hit.label == "feelings_not_actions"]
    assert kept.end_char - kept.start_char == max(lengths)


def test_a_new_line_ends_a_sentence() -> None:
    text = "I was under a lot of pressure\nlove you\nthat is no excuse for her but she is your sister"
    assert "excuse" in APOLOGY.found(text)
    assert "excuse" not in APOLOGY.found("I was under a lot of pressure, and that is no excuse.")


@pytest.mark.parametrize(
    "text", ["didn't", "didnt", "did not", "didn’t", "DIDN'T", "Didnt"], ids=lambda text: ascii(text)
)
def test_a_phrase_is_found_however_it_is_spelt(text: str) -> None:
    assert "self_defense" in APOLOGY.found(f"I {text} mean to hurt you.")


ODD = {
    "empty": "",
    "space": " ",
    "new lines": "\n\n",
    "emoji": "🙂",
    "emoji and a word": "🙂🙂 sorry 🙂",
    "dots": "...",
    "marks": "?!?!",
    "quote": '"',
    "curly quote": "“",
    "one word for ever": "sorry " * 3500,
    "one sentence for ever": "if i hurt you im sorry and i never meant to " * 450,
    "danger for ever": "he hit me and you always say i want to die " * 450,
    "a word without end": "x" * 20_000,
    "signs that nobody sees": "\x00\u200b\u202e",
    "other ends of lines": "I’m\tsorry\r\nif\r\nI hurt you",
    "other letters": "مع الاعتذار 对不起",
}


@books
@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_no_text_makes_it_fall_over(book: Book, text: str) -> None:
    assert places_hold(hits(text, book), text)


PIECES = [
    "I'm sorry ",
    "if ",
    "you ",
    "never ",
    "hurt ",
    "kill myself ",
    "he ",
    '"',
    ".",
    "\n",
    "🙂",
    "e\u0301",
    "\u200d",
]


@books
@settings(max_examples=60, deadline=None, derandomize=True)
@given(some.lists(some.sampled_from(PIECES) | some.text(max_size=4), max_size=25).map("".join))
def test_every_hit_lies_in_the_text_whatever_it_is_made_of(book: Book, text: str) -> None:
    found = hits(text, book)
    assert places_hold(found, text)
    assert [hit.start_char for hit in found] == sorted(hit.start_char for hit in found)
