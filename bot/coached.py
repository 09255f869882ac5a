"""What `mend coach` shows on a terminal: a review, and how well the coach does on labelled texts."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import mean

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.table import Column, Table
from rich.text import Text

from actions.coach.corpus import DEFLECTIONS, ELEMENTS
from actions.coach.evaluate import Count, Result
from actions.coach.labels import Labels
from actions.coach.review import MIXED, STRONG, WEAK, Review
from actions.coach.showing import APOLOGY, READ, Note, Words, missing, notes, pieces, strengths

WIDTH = 88
COLOURS = {"hard": "red", "medium": "yellow", "soft": "cyan"}

#: A text and how far it stands in.
Block = tuple[int, Text]


def show(console: Console, review: Review, labels: Labels, words: Words) -> None:
    """Print a review: on a terminal in colour and at a comfortable width, into a pipe a line a paragraph."""
    for indent, text in _blocks(review, labels, words):
        if console.is_terminal:
            width = min(WIDTH, console.width)
            console.print(Padding(text, (0, 0, 0, indent), expand=False) if text else "", width=width)
        else:
            for line in text.split("\n", allow_blank=True):
                console.print(Text(" " * indent if line else "") + line, soft_wrap=True)


def marked(text: str, found: tuple[Note, ...]) -> Text:
    """The draft with its flagged phrases underlined in the colour of the hardest flag, each with its numbers."""
    draft = Text()
    for piece in pieces(text, found):
        colour = COLOURS[piece.notes[0].meant.severity] if piece.notes else ""
        draft.append(piece.text, style=f"underline {colour}" if colour else "")
        for note in piece.closes:
            draft.append(f"[{note.number}]", style=f"bold {COLOURS[note.meant.severity]}")
    return draft


def _blocks(review: Review, labels: Labels, words: Words) -> Iterator[Block]:
    found = notes(review, labels)
    if review.kind in READ:
        yield from _heading(words, "draft")
        yield 2, marked(review.text, found)
    if found:
        yield from _heading(words, "flags")
    for note in found:
        yield from _note(note)
    if review.kind == APOLOGY:
        if there := strengths(review, labels):
            yield from _heading(words, "strong")
            for element in there:
                yield 2, Text(element.name, style="bold green")
                yield 6, Text(element.strength)
        if absent := missing(review, labels):
            yield from _heading(words, "missing")
            for element in absent:
                yield 2, Text(element.missing or "", style="italic")
    yield from _heading(words, "verdict")
    yield 2, Text(words.verdict(review))


def _heading(words: Words, name: str) -> Iterator[Block]:
    yield 0, Text()
    yield 0, Text(words.headings[name], style="bold")


def _note(note: Note) -> Iterator[Block]:
    colour = COLOURS[note.meant.severity]
    quotes = Text(" ").join(Text(f"“{quote}”", style=f"underline {colour}") for quote in note.quotes)
    yield 2, Text.assemble((f"[{note.number}] ", f"bold {colour}"), quotes)
    yield 6, Text(note.meant.name, style="bold")
    yield 6, Text(note.flags[0].reason)
    yield 6, Text(note.flags[0].question, style="italic")


def tell(console: Console, result: Result) -> None:
    """Print how well the coach did."""
    table = Table(
        Column("label", no_wrap=True),
        *map(_right, ("precision", "recall", "F1", "right", "wrong", "missed")),
        box=SIMPLE_HEAD,
    )
    for kind, labels in (("deflections", DEFLECTIONS), ("elements", ELEMENTS)):
        for label in labels:
            table.add_row(label, *_row(result.labels[label]))
        table.add_section()
        table.add_row(f"{kind}, macro", *_macro(result, labels), style="bold")
        table.add_section()
    table.add_row("deflection or not", *_row(result.any_deflection), style="bold")
    console.print(table)
    console.print(f"clean lines flagged: {_share(result.clean_flagged, result.clean)}")
    if result.verdicts:
        console.print(_verdicts(result))
        agreed = sum(count for (meant, given), count in result.verdicts.items() if meant == given)
        console.print(f"verdicts as labelled: {_share(agreed, sum(result.verdicts.values()))}")
    if result.pairs:
        console.print(f"better of a pair found: {_share(result.pairs_right, result.pairs)}")


def _right(name: str) -> Column:
    return Column(name, justify="right", no_wrap=True)


def _row(count: Count) -> list[str]:
    if not count.hits + count.false_alarms + count.misses:
        return ["-"] * 6
    shares = [f"{share:.3f}" for share in (count.precision, count.recall, count.f1)]
    return [*shares, str(count.hits), str(count.false_alarms), str(count.misses)]


def _macro(result: Result, labels: tuple[str, ...]) -> list[str]:
    """The means over the labels that occur, and the sums over all."""
    counts = [result.labels[label] for label in labels]
    seen = [count for count in counts if count.hits + count.misses]
    shares = [mean(getattr(count, name) for count in seen) if seen else 0.0 for name in ("precision", "recall")]
    sums = [sum(getattr(count, name) for count in counts) for name in ("hits", "false_alarms", "misses")]
    return [*(f"{one:.3f}" for one in (*shares, result.macro(labels))), *map(str, sums)]


def _verdicts(result: Result) -> Table:
    order = (STRONG, MIXED, WEAK)
    table = Table("labelled", *(_right(f"said {name}") for name in order), box=SIMPLE_HEAD)
    for meant in order:
        table.add_row(meant, *(str(result.verdicts[meant, given]) for given in order))
    return table


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole}" + (f" ({part / whole:.1%})" if whole else "")
