"""A figure of speech stops nobody's apology, and hides no danger beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from actions.content import ContentError
from actions.safety.idioms import Idiom, plainly, read_idioms
from actions.safety.recognise import DATA
from bot.house import recogniser

IDIOMS = read_idioms(DATA / "idioms.yml")
READER = recogniser()


def each(which: str) -> list:
    return [pytest.param(idiom, text, id=f"{idiom.id}: {text}") for idiom in IDIOMS for text in getattr(idiom, which)]


@pytest.mark.parametrize("idiom, text", each("fires"))
def test_it_is_found_and_stops_nothing(idiom: Idiom, text: str) -> None:
    assert idiom.says.search(text)
    danger = READER.read(text)
    assert danger is None or danger.faint


@pytest.mark.parametrize("idiom, text", each("passes"))
def test_the_same_words_as_they_stand_are_left_alone(idiom: Idiom, text: str) -> None:
    assert plainly(text, IDIOMS) == text


@pytest.mark.parametrize(
    "text",
    [
        "I pushed you away when you cried, then I slapped you across the face",
        "he pushes me away and last night he had his hands round my neck",
        "she locked me out of her life so I hit her",
        "you stabbed me in the back and I'm going to kill myself tonight",
        "I'm sorry I scared you when I didn't come home and when I held the knife to you",
    ],
)
def test_danger_beside_it_is_seen(text: str) -> None:
    danger = READER.read(text)
    assert danger is not None and not danger.faint


def test_what_it_means_holds_no_idiom_again() -> None:
    meant = [plainly(text, IDIOMS) for idiom in IDIOMS for text in idiom.fires]
    assert meant == [plainly(text, IDIOMS) for text in meant]


@pytest.mark.parametrize("says, plain", [(r"\bpush(", "x"), (r"\bpush\b", r"kept \1")])
def test_what_cannot_be_read_is_refused_with_its_key(tmp_path: Path, says: str, plain: str) -> None:
    path = tmp_path / "idioms.yml"
    path.write_text(
        f"idioms:\n  - {{id: idiom.x, reason: r, says: '{says}', plain: '{plain}', fires: [push], passes: [pull]}}\n"
    )
    with pytest.raises(ContentError, match=r"idioms\.yml.*says"):
        read_idioms(path)
