"""`mend coach`: flags hardest first, a line for a line of JSON, and one clear line for every mistake."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from drafts import DRAFT, MEANT, WORDS, foretold
from rich.console import Console

from actions.coach import loading, pipeline
from actions.coach.review import Review
from actions.coach.showing import notes
from actions.encoder.labels import DEFLECTIONS, ELEMENTS
from actions.encoder.model import CARD, COACH, WEIGHTS, Look, Span
from bot.coached import marked, show
from bot.coaching import DATA, as_answer, coach
from bot.jsonl import answers


@pytest.fixture
def mend(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs `mend coach` with the foretold coach."""
    monkeypatch.setattr(loading, "whole", lambda folder: foretold())
    return lambda *words, typed="": CliRunner().invoke(coach, [str(word) for word in words], input=typed)


def refusal(result: Result) -> str:
    assert result.exit_code == 1 and not result.stdout
    [line] = result.stderr.splitlines()
    assert line.startswith("mend: ")
    return line


class Sure:
    """A model that is sure of one thing: how likely every dodge is."""

    def __init__(self, likely: float) -> None:
        self.likely = likely

    def looks(self, text: str, spans: list[Span]) -> list[Look]:
        looks = [loading.nothing() for _ in spans]
        for look in looks:
            look.likely["deflections"][:] = self.likely
        return looks


@pytest.mark.parametrize("likely, labels", [(0.0001, []), (0.2, ["minimizing"])])
def test_a_phrase_does_not_count_where_the_model_is_sure_of_the_contrary(likely: float, labels: list[str]) -> None:
    reviewed = pipeline.Coach(DATA, Sure(likely), dict.fromkeys((*DEFLECTIONS, *ELEMENTS), 0.5)).review(
        "It was just a joke."
    )
    assert [flag.label for flag in reviewed.flags] == labels


# -- the terminal --------------------------------------------------------------------------------------------------


def test_flags_come_hardest_first_with_quote_name_reason_and_question(mend: Callable[..., Result], tmp_path: Path):
    (tmp_path / "draft.txt").write_text(DRAFT)
    result = mend(tmp_path / "draft.txt")
    assert result.exit_code == 0, result.output
    order = ["feelings_not_actions", "blame_shift", "minimizing", "conditional", "agentless"]
    told = [
        text for one in (MEANT.deflections[label] for label in order) for text in (one.name, one.reason, one.question)
    ]
    places = [result.stdout.index(text) for text in told]
    assert places == sorted(places)
    assert "[3] “It was just a joke”" in result.stdout
    assert result.stdout.rstrip().endswith(WORDS.verdicts["weak"])


def test_what_is_strong_is_said_and_no_longer_asked_for(mend: Callable[..., Result]) -> None:
    result = mend("-", typed="I lied to you about the money for five months.\n")
    act = MEANT.elements["names_the_act"]
    assert act.strength in result.stdout and act.missing not in result.stdout
    assert all(one.missing in result.stdout for one in MEANT.elements.values() if one.missing and one is not act)


def test_phrases_are_underlined_in_the_colour_of_the_hardest_flag() -> None:
    review = foretold().review(DRAFT)
    draft = marked(review.text, notes(review, MEANT))
    styles = {draft.plain[span.start : span.end]: str(span.style) for span in draft.spans}
    assert styles["sorry "] == styles["if you felt"] == "underline red"
    assert styles[" hurt"] == styles["Mistakes were made"] == "underline yellow"
    assert styles["[1]"] == "bold red"
    narrow = Console(width=30, force_terminal=True, record=True, highlight=False)
    show(narrow, review, MEANT, WORDS)
    assert max(map(len, narrow.export_text().splitlines())) <= 30


def test_a_draft_cannot_steer_the_terminal_or_speak_markup(mend: Callable[..., Result]) -> None:
    text = "I lied\x1b[2J to you for months, about money. [red]It was just a joke[/red], I told myself, and no more."
    result = mend("-", typed=text)
    assert "\x1b" not in result.stdout and "[red]It was just a joke" in result.stdout


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("😔💔", "empty"),
        ("Sorry", "too_short"),
        ("Lo siento mucho, mi amor, fue culpa mía y lo sé", "not_english"),
        ("I lied. " * 3000, "too_long"),
    ],
)
def test_where_there_is_nothing_to_review_it_says_why(mend: Callable[..., Result], text: str, kind: str) -> None:
    result = mend("-", typed=text)
    assert result.exit_code == 0
    assert result.stdout.split("\n") == ["", WORDS.headings["verdict"], f"  {WORDS.verdicts[kind]}", ""]


def test_with_rules_only_nothing_is_said_about_the_whole() -> None:
    result = CliRunner().invoke(coach, ["-", "--rules-only"], input=DRAFT)
    assert MEANT.deflections["minimizing"].reason in result.stdout
    assert WORDS.verdicts["rules_only"] in result.stdout and WORDS.verdicts["weak"] not in result.stdout
    assert not any(one.missing and one.missing in result.stdout for one in MEANT.elements.values())


def test_the_page_is_written_for_its_owner_only(mend: Callable[..., Result], tmp_path: Path) -> None:
    result = mend("-", "--html", tmp_path / "page.html", typed=DRAFT)
    assert result.exit_code == 0 and str(tmp_path / "page.html") in result.stderr
    assert (tmp_path / "page.html").read_text("utf-8").startswith("<!DOCTYPE html>")
    assert (tmp_path / "page.html").stat().st_mode & 0o077 == 0


# -- lines of JSON -------------------------------------------------------------------------------------------------


def test_lines_are_answered_in_order(mend: Callable[..., Result]) -> None:
    texts = {
        "a": DRAFT,
        "b": "Cafe\u0301 😔 I lied to you. It was just a joke \ud83d",
        "c": "",
        "7": "I lied to you on Friday.",
    }
    result = mend(
        "--jsonl", typed="".join(json.dumps({"id": name, "text": text}) + "\n" for name, text in texts.items())
    )
    assert result.exit_code == 0 and not result.stderr
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert [answer["id"] for answer in answers] == list(texts)
    for answer in answers:
        assert list(answer) == ["id", "flags", "elements", "verdict"]
        for flag in answer["flags"]:
            assert list(flag) == ["start", "end", "phrase", "label", "severity"]
            assert texts[answer["id"]][flag["start"] : flag["end"]] == flag["phrase"]
    assert [len(answer["flags"]) for answer in answers] == [5, 1, 0, 0]
    assert [answer["elements"] for answer in answers] == [[], ["names_the_act"], [], ["names_the_act"]]
    assert answers[0]["verdict"] == answers[2]["verdict"] == "weak"


def test_bad_lines_are_named_and_the_rest_is_answered(mend: Callable[..., Result]) -> None:
    lines = [
        b'{"id": 1, "text": "It was just a joke."}',
        b"secret words",
        b'{"id": 2}',
        b"",
        b'["text"]',
        b'{"id": 3, "text": 7}',
        b'{"id": 4, "text": "caf\xe9"}',
        b"[" * 100_000,
        b'{"text": "I lied to you on Friday."}',
    ]
    result = mend("--jsonl", typed=b"\n".join(lines))
    assert result.exit_code == 1
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == [1, None]
    told = result.stderr.splitlines()
    assert [line.split(":")[1].strip() for line in told] == [f"line {number}" for number in (2, 3, 5, 6, 7, 8)]
    assert "secret" not in result.stderr


def test_a_text_that_breaks_the_coach_costs_nobody_else_an_answer() -> None:
    def review(text: str) -> Review:
        if text == "bad":
            raise ZeroDivisionError
        return Review(text, "apology", (), (), "mixed", 0.3)

    told: list[tuple[int, str]] = []
    lines = (json.dumps({"id": text, "text": text}).encode() for text in ("good", "bad", "fine"))
    found = answers(lines, lambda entry: as_answer(review(entry["text"])), lambda *what: told.append(what))
    assert [answer["id"] for answer in found] == ["good", "fine"]
    assert [number for number, _ in told] == [2]


# -- mistakes of whoever runs it -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["gone.txt"], "gone.txt: can't be read"),
        (["."], "can't be read"),
        (["-"], "standard input: is empty"),
        (["empty.txt"], "empty.txt: is empty"),
        (["latin.txt"], "is not UTF-8"),
        ([], "give one of"),
        (["fine.txt", "--jsonl"], "give one of"),
        (["--jsonl", "--html", "page.html"], "--html goes with a draft"),
        (["--evaluate", "gone.jsonl"], "can't be read"),
        (["--evaluate", "empty.txt"], "is empty"),
        (["--evaluate", "-"], "can't be read"),
        (["--evaluate", "fine.txt"], "fine.txt, line 1"),
    ],
)
def test_mistakes_are_told_in_one_line(
    mend: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("empty.txt").write_text(" \n\n")
    Path("latin.txt").write_bytes(b"Caf\xe9, I lied.")
    Path("fine.txt").write_text("I lied to you.")
    assert says in refusal(mend(*words))


def test_a_page_that_cannot_be_written_is_told(mend: Callable[..., Result], tmp_path: Path) -> None:
    result = mend("-", "--html", tmp_path / "no" / "page.html", typed="I lied to you.")
    assert result.exit_code == 1 and "can't be written" in result.stderr


def broken_card(folder: Path) -> None:
    (folder / CARD).write_text("{}")


def other_weights(folder: Path) -> None:
    (folder / WEIGHTS).unlink()
    (folder / WEIGHTS).write_bytes(b"cut short")


def no_weights(folder: Path) -> None:
    (folder / WEIGHTS).unlink()


@pytest.mark.parametrize("harm", [no_weights, other_weights, broken_card])
def test_weights_that_are_no_use_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, harm: Callable[[Path], None]
) -> None:
    (tmp_path / WEIGHTS).symlink_to(COACH / WEIGHTS)
    (tmp_path / CARD).write_bytes((COACH / CARD).read_bytes())
    harm(tmp_path)
    monkeypatch.setattr(pipeline, "COACH", tmp_path)
    assert str(tmp_path) in refusal(CliRunner().invoke(coach, ["-"], input=DRAFT))
    assert CliRunner().invoke(coach, ["-", "--rules-only"], input=DRAFT).exit_code == 0, "the rules need no weights"
