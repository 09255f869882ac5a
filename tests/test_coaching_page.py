"""The right places, whatever the letters; a page that stands alone; no text too odd, and none flagged for nothing."""

from __future__ import annotations

from html import escape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from drafts import DRAFT, MEANT, WORDS, foretold, real
from hypothesis import given
from hypothesis import strategies as some

from actions.coach.html import page
from actions.coach.pipeline import MOST_CHARACTERS
from actions.coach.review import Flag, Review
from actions.coach.showing import Words, missing, notes, pieces, shown
from actions.content import ContentError
from bot.coaching import DATA


@pytest.mark.parametrize(
    "text",
    [
        DRAFT,
        "😔😔 I'm sorry you feel that way 👨‍👩‍👧 and it was just a joke 👍🏽!",
        "Cafe\u0301, nai\u0308ve: I’m sorry if you felt hurt… mistakes were made.",
        "I\u0301\u0302\u0303 know. It was just a joke\u0301. You made me do it.",
        "Family 👩‍❤️‍👩. You made me do it.\n\n\tIt was just a joke.\r\nCan we move on now?",
        "Half a letter \ud83d here. It was just a joke.",
    ],
)
def test_every_flag_is_where_its_phrase_is(text: str) -> None:
    review = real().review(text)
    assert review.flags
    for flag in review.flags:
        assert review.text[flag.start : flag.end] == flag.quote != ""
    assert len(review.text) == len(text)
    assert "".join(piece.text for piece in pieces(review.text, notes(review, MEANT))) == shown(review.text)


@given(
    some.text(some.sampled_from("ab e\u0301\u0308👩\u200d❤️👍🏽\n\x1b"), min_size=1, max_size=20),
    some.lists(some.tuples(some.integers(0, 19), some.integers(1, 8), some.sampled_from(sorted(MEANT.deflections)))),
)
def test_a_draft_is_cut_at_phrases_and_loses_nothing(text: str, spans: list[tuple[int, int, str]]) -> None:
    flags = [
        Flag(start, min(start + length, len(text)), "", label, MEANT.deflections[label].severity, "", "", "")
        for start, length, label in spans
        if start < len(text)
    ]
    found = notes(Review(text, "apology", tuple(flags), (), "weak", 0.0), MEANT)
    cut = pieces(text, found)
    assert "".join(piece.text for piece in cut) == shown(text)
    assert "\x1b" not in shown(text)
    assert not any(piece.text.startswith(("\u0301", "\u0308", "\u200d", "🏽")) for piece in cut[1:])
    assert {note.number for piece in cut for note in piece.closes} == {note.number for note in found}


# -- the page ------------------------------------------------------------------------------------------------------


class Reader(HTMLParser):
    """Reads a page as a browser would: its tags, and the draft without the numbers that were put in."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.draft = ""
        self._inside = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._inside |= tag == "p" and ("class", "draft") in attrs
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        self._inside &= tag != "p"

    def handle_data(self, data: str) -> None:
        if self._inside and self.open[-1] != "a":
            self.draft += data


@pytest.mark.parametrize(
    "text",
    [
        DRAFT,
        "It was just a \"joke\" & <b>nothing</b>.\n\n<script>alert('x')</script> You made me do it & </p></main>.",
        "Cafe\u0301 😔 sorry you feel that way 👨‍👩‍👧 </style> It was just a joke &lt;b&gt;.",
    ],
)
def test_the_page_holds_the_draft_and_nothing_of_it_is_markup(text: str) -> None:
    review = real().review(text)
    made = page(review, MEANT, WORDS)
    read = Reader(made)
    assert read.draft == text and read.open == []
    assert not {tag for tag, _ in read.tags} & {"script", "img", "link", "iframe", "form"}
    targets = {f"#{attributes['id']}" for _, attributes in read.tags if "id" in attributes}
    links = {attributes["href"] for tag, attributes in read.tags if tag == "a"}
    assert links == targets == {f"#note-{note.number}" for note in notes(review, MEANT)}


def test_the_page_stands_alone_in_light_and_dark_on_a_phone() -> None:
    made = page(foretold().review(DRAFT), MEANT, WORDS)
    assert "//" not in made and "url(" not in made and "@import" not in made and " src=" not in made
    assert "prefers-color-scheme: dark" in made and "width=device-width" in made
    for said in (WORDS.title, escape(WORDS.verdicts["weak"]), WORDS.severities["hard"], WORDS.severities["medium"]):
        assert said in made
    assert WORDS.severities["soft"] not in made


# -- whatever is written -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t ",
        "Sorry",
        "a",
        "😔",
        "😔💔👨‍👩‍👧 🙏🏽",
        "\u0301\u0308",
        "\x00\x01\x1b[31m",
        "\ud83d",
        "?!... --- ///",
        "12 34 56 78 90",
        "Es tut mir leid, dass du dich so fühlst, es war nur ein Spaß",
        "Прости меня, это была просто шутка",
        "申し訳ありません。冗談でした。",
        "def f(x):\n    return {'a': x[0] for x in range(3)}  # TODO\nprint(f(1))",
        "SELECT name FROM people WHERE id = 1; -- '",
        "I took forty pounds from your purse on Friday and spent it on scratch cards",
        "I TOOK FORTY POUNDS FROM YOUR PURSE ON FRIDAY AND IT WAS MY CHOICE",
        ("I took forty pounds from your purse on Friday. " * 500)[:MOST_CHARACTERS],
        "word " * (MOST_CHARACTERS // 5),
        "x" * MOST_CHARACTERS,
        "It was just a joke. " * (MOST_CHARACTERS // 20 + 1),
    ],
    ids=lambda text: ascii(text[:20]),
)
def test_no_text_is_too_odd_and_none_is_flagged_without_a_phrase(text: str) -> None:
    review = real().review(text)
    assert review.flags == ()
    assert len(review.text) == len(text)
    assert Reader(page(review, MEANT, WORDS)).open == []


def test_capitals_and_missing_marks_hide_no_phrase() -> None:
    for text in ("I LIED AND IT WAS JUST A JOKE", "i lied to you and it was just a joke and can we move on now"):
        assert "minimizing" in {flag.label for flag in real().review(text).flags}


def test_what_is_missing_goes_from_what_counts_most() -> None:
    absent = missing(foretold().review("It was just a joke."), MEANT)
    assert [one.id for one in absent][:2] == ["responsibility", "repair"] and len(absent) == 6
    assert [one.weight for one in absent] == sorted((one.weight for one in absent), reverse=True)


# -- words ---------------------------------------------------------------------------------------------------------


def test_words_are_read_strictly(tmp_path: Path) -> None:
    text = (DATA / "words.yml").read_text("utf-8")
    for wrong in (text.replace("too_long:", "endless:"), text.replace("{path}", ""), text + "more: of it\n"):
        (tmp_path / "words.yml").write_text(wrong, "utf-8")
        with pytest.raises(ContentError):
            Words.read(tmp_path / "words.yml")


def test_the_words_are_short_and_calm() -> None:
    for said in (*WORDS.verdicts.values(), *WORDS.headings.values(), *WORDS.severities.values(), WORDS.footer):
        assert len(said.split()) <= 60 and "!" not in said and "<" not in said
