"""A mistake in a file of rules is refused with the file and the key; what the language of patterns allows works."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from books import APOLOGY, BOOKS, Book

from actions.content import ContentError
from actions.rules.book import Rules

Content = dict
Change = Callable[[list, Content], object]


def changed(tmp_path: Path, book: Book, change: Change) -> Rules:
    """The book, read from a copy in which its rules (and the whole of it) have been changed."""
    content = yaml.load(book.path.read_text("utf-8"), yaml.CSafeLoader)
    change(content[book.key], content)
    path = tmp_path / "rules.yml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    return Rules(path, book.key, book.labels)


MISTAKES = {
    "unknown key": (lambda rules, _: rules[0].update(colour="red"), r"dodges\[1\]: unknown key 'colour'"),
    "unknown part": (lambda _, all_: all_.update(more=[]), r"the file: unknown key 'more'"),
    "no where": (lambda _, all_: all_["guards"][0].pop("where"), r"guards\[1\]: the key 'where' is missing"),
    "no guards": (lambda _, all_: all_.pop("guards"), r"the key 'guards' is missing"),
    "another label's id": (lambda rules, _: rules[0].update(id="x.y"), r"dodges\[1\]\.id: must begin with"),
    "unknown label": (lambda rules, _: rules[0].update(label="rude"), r"dodges\[1\]\.label: no such label"),
    "unknown place": (lambda rules, _: rules[0].update(at="end"), r"dodges\[1\]\.at: must be one of"),
    "draft is no yes or no": (lambda rules, _: rules[0].update(draft="maybe"), r"dodges\[1\]\.draft: must be true"),
    "one id twice": (lambda rules, _: rules.append(dict(rules[0])), r"the id '.*' is there twice"),
    "no examples": (lambda rules, _: rules[0].update(fires=[]), r"dodges\[1\]\.fires: must be a list"),
    "no patterns": (lambda rules, _: rules[0].update(patterns=[]), r"dodges\[1\]\.patterns: must be a list"),
    "no such set": (
        lambda rules, _: rules[0].update(patterns=["<none> here"]),
        r"patterns\[1\]: no set is named 'none'",
    ),
    "nothing that must be there": (
        lambda rules, _: rules[0].update(patterns=["oh? well?"]),
        r"patterns\[1\]: a pattern needs a first",
    ),
    "ends in a gap": (
        lambda rules, _: rules[0].update(patterns=["oh ...3"]),
        r"patterns\[1\]: a pattern needs a first",
    ),
    "cancels nothing": (
        lambda _, all_: all_["guards"][0].update(cancels=["nope"]),
        r"guards\[1\]\.cancels: no such label or rule",
    ),
    "stands nowhere": (lambda _, all_: all_["guards"][0].update(where="far"), r"guards\[1\]\.where: must be one of"),
}


@pytest.mark.parametrize(("change", "complaint"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_refused_with_file_and_key(tmp_path: Path, change: Change, complaint: str) -> None:
    with pytest.raises(ContentError, match=r"rules\.yml: .*" + complaint):
        changed(tmp_path, APOLOGY, change)


@pytest.mark.parametrize("book", BOOKS.values(), ids=BOOKS)
def test_no_book_takes_a_label_that_is_not_its_own(tmp_path: Path, book: Book) -> None:
    with pytest.raises(ContentError, match=rf"rules\.yml: {book.key}\[1\]\.label: no such label; known are "):
        changed(tmp_path, book, lambda rules, _: rules[0].update(label="rude"))


@pytest.fixture
def reads(tmp_path: Path) -> Callable[..., Callable[[str], bool]]:
    """Says whether a text is found by a book of one rule, with this pattern, and of one set."""

    def read(pattern: object, **about: object) -> Callable[[str], bool]:
        shown = {"reason": "It is.", "fires": ["x"], "passes": ["y"], "patterns": [pattern]}
        guard = {"id": "none", "cancels": ["odd"], "where": "overlap", **shown, "patterns": ["nowhere_to_be_found"]}
        rule = {"id": "odd.one", "label": "odd", "source": "nobody", **shown, **about}
        content = {"sets": {"fruit": "apple blood_orange"}, "odds": [rule], "guards": [guard]}
        (tmp_path / "small.yml").write_text(yaml.safe_dump(content), "utf-8")
        rules = Rules(tmp_path / "small.yml", "odds", ["odd"])
        return lambda text: bool(rules.find(rules.nlp(text)))

    return read


@pytest.mark.parametrize(
    ("pattern", "found", "left"),
    [
        ("red|green light", ["a RED light", "green light"], ["red", "light red"]),
        ("very? odd", ["very odd", "odd"], ["very"]),
        ("my <fruit>", ["my apple", "my blood orange"], ["my pear", "my blood"]),
        ("stop ...2 now", ["stop now", "stop it right now"], ["stop it and go now", "stop. now"]),
        ("that is it $", ["that's it", "Thats it, love", "that is it."], ["that is it then"]),
        ([{"LOWER": "zounds"}, {"IS_PUNCT": True}], ["Zounds!", "ZOUNDS, he said"], ["zounds", "zounds he"]),
    ],
    ids=["either", "may be missing", "set", "gap", "pause", "tokens"],
)
def test_a_pattern_finds_what_it_says(reads: Callable, pattern: object, found: list[str], left: list[str]) -> None:
    finds = reads(pattern)
    assert {text: finds(text) for text in found + left} == {**dict.fromkeys(found, True), **dict.fromkeys(left, False)}


@pytest.mark.parametrize(
    ("at", "found", "left"),
    [
        ("anywhere", ["well, fine", "fine then"], []),
        ("start", ["Fine then", "- fine by me", "No.\nFine"], ["well, fine"]),
        ("whole", ["Fine.", "“fine”", "No. Fine! Go."], ["fine then", "well, fine"]),
    ],
)
def test_a_rule_may_want_its_phrase_at_a_place(reads: Callable, at: str, found: list[str], left: list[str]) -> None:
    finds = reads("fine", at=at)
    assert {text: finds(text) for text in found + left} == {**dict.fromkeys(found, True), **dict.fromkeys(left, False)}


@pytest.mark.parametrize("book", BOOKS.values(), ids=BOOKS)
def test_token_patterns_work_beside_phrases(tmp_path: Path, book: Book) -> None:
    tokens = [[{"LOWER": "zounds"}, {"IS_PUNCT": True}]]
    rules = changed(tmp_path, book, lambda ones, _: ones[0].update(patterns=tokens, at="anywhere"))
    assert [hit.rule for hit in rules.find(rules.nlp("Zounds!"))] == [rules.rules[0].id]
