"""Every rule and guard of the three books holds to its own examples: what it must find, and what it must leave."""

from __future__ import annotations

from collections import Counter

import pytest
from books import BOOKS, Book, examples

from actions.rules.book import Guard, Hit, Rule

books = pytest.mark.parametrize("book", BOOKS.values(), ids=BOOKS)


def each(kind: str, ones: str) -> list:
    return [pytest.param(book, one, text, id=name) for book, one, text, name in examples(kind, ones)]


@pytest.mark.parametrize(("book", "rule", "text"), each("fires", "rules"))
def test_a_rule_fires_where_it_says(book: Book, rule: Rule, text: str) -> None:
    doc = book.rules.nlp(text)
    assert rule.id in {hit.rule for hit in book.rules.candidates(doc)}
    assert rule.label in {hit.label for hit in book.rules.find(doc)}


@pytest.mark.parametrize(("book", "rule", "text"), each("passes", "rules"))
def test_a_rule_leaves_its_look_alikes(book: Book, rule: Rule, text: str) -> None:
    assert rule.label not in book.found(text)


def cancelled(guard: Guard, hits: list[Hit]) -> list[str]:
    return [hit.rule for hit in hits if {hit.label, hit.rule} & guard.cancels]


@pytest.mark.parametrize(("book", "guard", "text"), each("fires", "guards"))
def test_a_guard_cancels_where_it_says(book: Book, guard: Guard, text: str) -> None:
    doc = book.rules.nlp(text)
    assert cancelled(guard, book.rules.candidates(doc))
    assert not cancelled(guard, book.rules.find(doc))


@pytest.mark.parametrize(("book", "guard", "text"), each("passes", "guards"))
def test_a_guard_leaves_the_plain_phrase(book: Book, guard: Guard, text: str) -> None:
    assert cancelled(guard, book.rules.find(book.rules.nlp(text)))


@books
def test_ids_are_unique_and_name_their_label(book: Book) -> None:
    names = Counter(one.id for one in book.rules.rules + book.rules.guards)
    assert [name for name, count in names.items() if count > 1] == []
    assert all(rule.id.startswith(f"{rule.label}.") for rule in book.rules.rules)


@books
def test_every_label_has_rules(book: Book) -> None:
    assert {rule.label for rule in book.rules.rules} == set(book.labels)


@books
def test_every_rule_and_guard_has_examples_and_a_reason(book: Book) -> None:
    assert all(len(rule.fires) >= 3 and len(rule.passes) >= 2 for rule in book.rules.rules)
    assert all(guard.fires and guard.passes for guard in book.rules.guards)
    assert all(one.reason for one in book.rules.rules + book.rules.guards)
    assert all(rule.source for rule in book.rules.rules)


@books
def test_only_a_vague_apology_is_for_the_whole_draft_to_mend(book: Book) -> None:
    assert all(rule.draft == (rule.label == "vague") for rule in book.rules.rules)
