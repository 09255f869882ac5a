"""`mend coach`: reads a draft of an apology, shows what is strong and what may get in the way, and measures itself."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from actions.coach.review import Review
from actions.errors import OperatorError
from bot.jsonl import answer_lines
from bot.refusal import clear
from bot.settings import ROOT

if TYPE_CHECKING:
    from actions.coach.pipeline import Coach

#: The folder with labels.yml, rules.yml, words.yml and the model.
DATA = ROOT / "data" / "apology"


class DraftError(OperatorError):
    """What was given can't be read; the message says why."""


@click.command()
@click.argument("draft", required=False)
@click.option("--html", "page", type=click.Path(path_type=Path), metavar="FILE", help="Write a page, too.")
@click.option("--jsonl", is_flag=True, help="Review lines of JSON, {id, text}, from standard input.")
@click.option(
    "--evaluate", "labelled", type=click.Path(path_type=Path), metavar="FILE", help="Measure on labelled lines of JSON."
)
@click.option("--rules-only", is_flag=True, help="Leave the model out, to compare.")
def coach(draft: str | None, page: Path | None, jsonl: bool, labelled: Path | None, rules_only: bool) -> None:
    """Read the DRAFT of an apology: a file, or - for standard input.

    Marks the phrases that may get in the way, with a reason and a question for each; says what is strong, and what
    could be added. Never writes the apology.
    """

    def work() -> None:
        if (draft is not None) + jsonl + (labelled is not None) != 1:
            raise DraftError("give one of: a draft (a file, or - for standard input), --jsonl, --evaluate FILE")
        if page and draft is None:
            raise DraftError("--html goes with a draft")
        if draft is not None:
            _show(draft, page, rules_only)
        elif labelled is not None:
            _evaluate(labelled, rules_only)
        else:
            _answer(rules_only)

    clear(work)


def _show(draft: str, page: Path | None, rules_only: bool) -> None:
    """Print the review of a draft, and write its page."""
    text = read_draft(draft)
    from actions.coach import html
    from actions.coach.showing import APOLOGY, RULES_ONLY, Words
    from bot.coached import show

    words, reader = Words.read(DATA / "words.yml"), _coach(rules_only)
    review = reader.review(text)
    if rules_only and review.kind == APOLOGY:
        review = replace(review, kind=RULES_ONLY)
    show(Console(highlight=False), review, reader.labels, words)
    if page:
        _write(page, html.page(review, reader.labels, words))
        click.echo(words.written.replace("{path}", str(page)), err=True)


def _answer(rules_only: bool) -> None:
    """Review every line of standard input."""
    reader = _coach(rules_only)
    answer_lines(lambda entry: as_answer(reader.review(entry["text"])))


def as_answer(review: Review) -> dict[str, Any]:
    """A review as `--jsonl` prints it."""
    elements = list(dict.fromkeys(part.label for part in review.elements))
    flags = [flag.as_dict() for flag in review.flags]
    return {"flags": flags, "elements": elements, "verdict": review.verdict}


def _evaluate(path: Path, rules_only: bool) -> None:
    """Print how well the coach does on labelled texts."""
    from actions.coach.evaluate import evaluate, read_labelled
    from bot.coached import tell

    _read(path.absolute())  # what is wrong with the file as a file is said first
    texts = read_labelled(path)
    if not texts:
        raise DraftError(f"{path}: is empty")
    tell(Console(highlight=False), evaluate(_coach(rules_only).review, texts))


def _coach(rules_only: bool) -> Coach:
    from actions.coach import loading

    return loading.rules_alone(DATA) if rules_only else loading.whole(DATA)


def read_draft(name: str) -> str:
    """The draft in a file, or in standard input if it is named `-`; raises `DraftError`."""
    text = _read(name).replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise DraftError(f"{_called(name)}: is empty")
    return text.strip()


def _read(name: str | Path) -> str:
    try:
        with click.open_file(str(name), "rb") as file:
            return file.read().decode("utf-8-sig")
    except OSError as error:
        raise DraftError(f"{name}: can't be read ({error.strerror})") from None
    except ValueError:
        raise DraftError(f"{_called(name)}: is not UTF-8 text; save it as UTF-8") from None


def _called(name: str | Path) -> str:
    return "standard input" if str(name) == "-" else str(name)


def _write(path: Path, page: str) -> None:
    """Write the page, readable by its owner only: it holds intimate words."""
    try:
        path.touch(mode=0o600)
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise DraftError(f"{path}: can't be written ({error.strerror})") from None
