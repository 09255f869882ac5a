"""A review as one page that stands alone: no scripts, nothing from outside, light and dark, readable on a phone."""

from __future__ import annotations

from html import escape

from actions.coach.labels import SEVERITIES, Labels
from actions.coach.review import Review
from actions.coach.showing import APOLOGY, READ, Note, Piece, Words, missing, notes, pieces, shown, strengths

STYLE = """
:root { color-scheme: light dark; --paper: #fbf8f3; --card: #fff; --ink: #2b2733; --quiet: #6b6475; --line: #e6dfd6;
  --hard: #b3372c; --hard-back: #fbe0da; --medium: #8a5a00; --medium-back: #fcecc4; --soft: #2f5fa8;
  --soft-back: #dfe9fa; --strong: #2c7048; }
@media (prefers-color-scheme: dark) { :root { --paper: #17161d; --card: #211f2a; --ink: #efeaf2; --quiet: #aaa3b5;
  --line: #393543; --hard: #ff9c8f; --hard-back: #55262a; --medium: #f3c465; --medium-back: #483916; --soft: #9dc0ff;
  --soft-back: #243755; --strong: #86d3a3; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 1.5rem 1rem 3rem; background: var(--paper); color: var(--ink);
  font: 1.0625rem/1.6 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; overflow-wrap: anywhere; }
main { max-width: 42rem; margin: 0 auto; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .5rem; }
h2 { font-size: .95rem; font-weight: 600; color: var(--quiet); margin: 2.25rem 0 .6rem; }
p { margin: .35rem 0; }
.draft { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: 1rem 1.1rem;
  font-size: 1.125rem; line-height: 2.2; white-space: pre-wrap; margin: 0; }
mark { color: inherit; background: var(--back); padding: .2em 0; -webkit-box-decoration-break: clone;
  box-decoration-break: clone; box-shadow: 0 2px 0 var(--first), 0 4px 0 var(--card), 0 6px 0 var(--second); }
mark.opens { border-radius: .35em 0 0 .35em; padding-left: .25em; }
mark.closes { border-radius: 0 .35em .35em 0; padding-right: .25em; }
mark.opens.closes { border-radius: .35em; }
mark a { font-size: .7em; font-weight: 700; line-height: 1; text-decoration: none; color: var(--card);
  background: var(--tag); border-radius: .3em; padding: .15em .4em; margin-left: .35em; vertical-align: .12em; }
.hard { --tag: var(--hard); --wash: var(--hard-back); }
.medium { --tag: var(--medium); --wash: var(--medium-back); }
.soft { --tag: var(--soft); --wash: var(--soft-back); }
.legend { display: flex; flex-wrap: wrap; gap: .4rem 1.1rem; list-style: none; margin: .7rem 0 0; padding: 0;
  font-size: .875rem; color: var(--quiet); }
.legend i { display: inline-block; width: .9em; height: .9em; border-radius: .25em; background: var(--wash);
  border-bottom: 3px solid var(--tag); margin-right: .45em; vertical-align: -.1em; }
.note { background: var(--card); border: 1px solid var(--line); border-left: 4px solid var(--tag);
  border-radius: .6rem; padding: .8rem 1rem; margin: 0 0 .8rem; }
.note:target { outline: 2px solid var(--tag); }
.note b { color: var(--tag); }
.note q { background: var(--wash); padding: .1em .25em; border-radius: .3em; }
.ask { font-style: italic; }
.kind { list-style: none; margin: 0; padding: 0; }
.kind li { margin: 0 0 .6rem; padding-left: 1rem; border-left: 3px solid var(--line); }
.kind.strong li { border-color: var(--strong); }
footer { margin-top: 2.5rem; font-size: .875rem; color: var(--quiet); }
@media print { mark, .note q { -webkit-print-color-adjust: exact; print-color-adjust: exact; } }
"""

HEAD = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
"""


def page(review: Review, labels: Labels, words: Words) -> str:
    """The review as a page of HTML: the marked draft, a legend, the notes, what is strong, what could be added."""
    found = notes(review, labels)
    body = [f"<h1>{escape(words.title)}</h1>", f'<p class="verdict">{escape(words.verdict(review))}</p>']
    if review.kind in READ:
        body.append(_section(words.headings["draft"], _draft(pieces(review.text, found)) + _legend(found, words)))
    if found:
        body.append(_section(words.headings["flags"], "\n".join(_note(note) for note in found)))
    if review.kind == APOLOGY:
        if there := [f"<b>{escape(one.name)}</b><br>{escape(one.strength)}" for one in strengths(review, labels)]:
            body.append(_section(words.headings["strong"], _list("strong", there)))
        if absent := [escape(one.missing or "") for one in missing(review, labels)]:
            body.append(_section(words.headings["missing"], _list("missing", absent)))
    body.append(f"<footer>{escape(words.footer)}</footer>")
    head = f"{HEAD}<title>{escape(words.title)}</title>\n<style>{STYLE}</style>\n</head>\n"
    return f"{head}<body>\n<main>\n" + "\n".join(body) + "\n</main>\n</body>\n</html>\n"


def _section(heading: str, inside: str) -> str:
    return f"<section>\n<h2>{escape(heading)}</h2>\n{inside}\n</section>"


def _draft(cut: list[Piece]) -> str:
    """The draft; what is flagged is marked, and at its end numbered like its notes."""
    marked = []
    for place, piece in enumerate(cut):
        if not piece.notes:
            marked.append(escape(piece.text))
            continue
        before = cut[place - 1].notes if place else ()
        after = cut[place + 1].notes if place + 1 < len(cut) else ()
        marked.append(_mark(piece, opens=not set(before) & set(piece.notes), closes=not set(after) & set(piece.notes)))
    return f'<p class="draft" dir="auto">{"".join(marked)}</p>'


def _mark(piece: Piece, *, opens: bool, closes: bool) -> str:
    first, second = piece.notes[0].meant.severity, piece.notes[1].meant.severity if piece.notes[1:] else ""
    colours = f"--back: var(--{first}-back); --first: var(--{first}); --second: {_colour(second)}"
    ends = " ".join(name for name, is_so in (("opens", opens), ("closes", closes)) if is_so)
    names = escape("; ".join(note.meant.name for note in piece.notes))
    tags = "".join(_tag(note) for note in piece.closes)
    return f'<mark class="{ends}" style="{colours}" title="{names}">{escape(piece.text)}{tags}</mark>'


def _tag(note: Note) -> str:
    return f'<a class="{note.meant.severity}" href="#note-{note.number}">{note.number}</a>'


def _colour(severity: str) -> str:
    return f"var(--{severity})" if severity else "transparent"


def _legend(found: tuple[Note, ...], words: Words) -> str:
    """What the colours mean, as far as they occur."""
    seen = {note.meant.severity for note in found}
    lines = [f'<li class="{one}"><i></i>{escape(words.severities[one])}</li>' for one in SEVERITIES if one in seen]
    return f'\n<ul class="legend">{"".join(lines)}</ul>' if lines else ""


def _note(note: Note) -> str:
    quotes = " ".join(f"<q>{escape(shown(quote))}</q>" for quote in note.quotes)
    return (
        f'<article class="note {note.meant.severity}" id="note-{note.number}">\n'
        f"<p><b>{note.number}</b> {quotes}</p>\n<p><b>{escape(note.meant.name)}</b></p>\n"
        f'<p>{escape(note.flags[0].reason)}</p>\n<p class="ask">{escape(note.flags[0].question)}</p>\n</article>'
    )


def _list(kind: str, lines: list[str]) -> str:
    return f'<ul class="kind {kind}">\n' + "\n".join(f"<li>{line}</li>" for line in lines) + "\n</ul>"
