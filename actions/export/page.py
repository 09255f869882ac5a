"""The diary as one page that stands alone: nothing from outside, no scripts, light and dark, readable on a phone."""

from __future__ import annotations

import base64
import time
from collections.abc import Mapping, Sequence
from html import escape

from actions.export.gathering import Chapter, Entry
from actions.export.words import ExportWords, moment

STYLE = """
:root { color-scheme: light dark; --paper: #fbf8f3; --card: #fff; --ink: #2b2733; --quiet: #6b6475; --line: #e6dfd6;
  --warm: #c98a2b; }
@media (prefers-color-scheme: dark) { :root { --paper: #17161d; --card: #211f2a; --ink: #efeaf2; --quiet: #aaa3b5;
  --line: #393543; --warm: #ffcf87; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 1.5rem 1rem 3rem; background: var(--paper); color: var(--ink);
  font: 1.0625rem/1.6 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; overflow-wrap: anywhere; }
main { max-width: 42rem; margin: 0 auto; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .5rem; }
h2 { font-size: 1.2rem; line-height: 1.3; margin: 3rem 0 .25rem; padding-top: 1.5rem;
  border-top: 1px solid var(--line); }
h3 { font-size: 1rem; font-weight: 600; margin: 1.5rem 0 .5rem; }
p { margin: .35rem 0; }
.quiet { color: var(--quiet); font-size: .875rem; }
.pictures { display: flex; flex-wrap: wrap; gap: 1rem; align-items: flex-start; margin: 1.5rem 0 0; }
.pictures img { flex: 1 1 16rem; min-width: 0; max-width: 100%; border-radius: .75rem; }
blockquote { background: var(--card); border: 1px solid var(--line); border-inline-start: 4px solid var(--warm);
  border-radius: .6rem; margin: .8rem 0 .25rem; padding: .8rem 1rem; white-space: pre-wrap;
  unicode-bidi: plaintext; }
footer { margin-top: 3rem; }
@media print { blockquote { break-inside: avoid; } }
"""

HEAD = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
"""


def page(chapters: Sequence[Chapter], pictures: Mapping[str, bytes], words: ExportWords, now: float) -> str:
    """The chapters as a page of HTML; `pictures` are PNGs by their names. A person's words are text, never markup."""
    about = words.about.format(day=time.strftime("%d %B %Y", time.gmtime(now)))
    body = [
        f'<header>\n<h1>{escape(words.title)}</h1>\n<p class="quiet">{escape(about)}</p>\n</header>',
        *([_pictures(pictures, words)] if pictures else []),
        *(_chapter(chapter, words) for chapter in chapters),
        f'<footer class="quiet">{escape(words.footer)}</footer>',
    ]
    head = f"{HEAD}<title>{escape(words.title)}</title>\n<style>{STYLE}</style>\n</head>\n"
    return f"{head}<body>\n<main>\n" + "\n".join(body) + "\n</main>\n</body>\n</html>\n"


def _pictures(pictures: Mapping[str, bytes], words: ExportWords) -> str:
    shown = "\n".join(
        f'<img alt="{escape(words.pictures[name])}" src="data:image/png;base64,{base64.b64encode(png).decode()}">'
        for name, png in pictures.items()
    )
    return f'<div class="pictures">\n{shown}\n</div>'


def _chapter(chapter: Chapter, words: ExportWords) -> str:
    lines = [f"<h2>{escape(chapter.title)}</h2>"]
    if chapter.at is not None:
        lines.append(f'<p class="quiet">{_time(chapter.at)}</p>')
    if chapter.asked:
        lines.append(f"<h3>{escape(chapter.asked)}</h3>")
    lines += [_entry(entry, words) for entry in chapter.entries]
    if chapter.marks:
        lines.append(f"<p>{escape(chapter.marks)}</p>")
    return "<section>\n" + "\n".join(lines) + "\n</section>"


def _entry(entry: Entry, words: ExportWords) -> str:
    asked = f"<h3>{escape(entry.asked)}</h3>\n" if entry.asked else ""
    when = _time(entry.at)
    said = escape(words.version).format(when=when, number=entry.version) if entry.version else when
    return f'{asked}<blockquote dir="auto">{escape(entry.words)}</blockquote>\n<p class="quiet">{said}</p>'


def _time(at: float) -> str:
    return f'<time datetime="{time.strftime("%Y-%m-%dT%H:%MZ", time.gmtime(at))}">{moment(at)}</time>'
