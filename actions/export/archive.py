"""The archive that /export sends: the page, the document, the record and the pictures of one person, zipped."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from actions import pictures
from actions.evening.schedule import evening_at
from actions.evening.weeks import look
from actions.export.document import document
from actions.export.gathering import gather
from actions.export.page import page
from actions.export.record import record
from actions.export.words import JOURNEY, WEEKS
from actions.journey import State
from actions.moment import Tools
from actions.offering import how_far
from actions.store import Kept
from actions.store.models import Person

logger = logging.getLogger(__name__)

PAGE, DOCUMENT, RECORD, PICTURES = "diary.html", "diary.md", "mend.json", "pictures"
#: A zip knows no time before this year; a computer without a clock may say so.
FIRST_YEAR = 1980
#: Readable by its owner only, as zip writes it, made on a Unix.
OWNER_ONLY, UNIX = 0o600 << 16, 3
#: How many evenings the picture of the weeks is made of.
EVENINGS = 400


def archive(tools: Tools, kept: Kept, person: Person) -> bytes | None:
    """Everything that a person wrote and that is kept of them, as a zip; nothing when they have written nothing.

    What is kept and the clock decide every byte of it.
    """
    program, now = tools.program, tools.now()
    chapters = gather(kept, person, program)
    if not chapters:
        return None
    drawn = _drawn(tools, kept, person, now)
    texts = {
        PAGE: page(chapters, drawn, program.export, now),
        DOCUMENT: document(chapters, program.export),
        RECORD: record(kept, person, program, now),
    }
    files = {name: text.encode() for name, text in texts.items()}
    files |= {f"{PICTURES}/{name}.png": png for name, png in drawn.items()}
    return _zipped(files, now)


def _zipped(files: Mapping[str, bytes], now: float) -> bytes:
    at = max(time.gmtime(now)[:6], (FIRST_YEAR, 1, 1, 0, 0, 0))
    whole = BytesIO()
    with ZipFile(whole, "w") as zipped:
        for name, data in files.items():
            entry = ZipInfo(name, at)
            entry.compress_type, entry.external_attr, entry.create_system = ZIP_DEFLATED, OWNER_ONLY, UNIX
            zipped.writestr(entry, data)
    return whole.getvalue()


def _drawn(tools: Tools, kept: Kept, person: Person, now: float) -> dict[str, bytes]:
    """The pictures that have something to show, by name."""
    made: dict[str, Callable[[], bytes]] = {}
    states = how_far(kept.runs.all(person), tools.program)
    if set(states.values()) != {State.OPEN}:
        left = kept.runs.in_hand(person) or kept.runs.unfinished(person)
        made[JOURNEY] = lambda: pictures.journey(tools, states, left.exercise if left else None)
    habit = kept.evenings.habit(person)
    seen = look(kept.evenings.all(person, EVENINGS), evening_at(now, habit)) if habit else None
    if seen is not None and (any(seen.scales.values()) or seen.dots):
        made[WEEKS] = lambda: pictures.weeks(tools, seen)
    return {name: png for name, draw in made.items() if (png := _tried(draw)) is not None}


def _tried(draw: Callable[[], bytes]) -> bytes | None:
    """A picture; nothing where it can't be drawn, which must keep nobody from their words."""
    try:
        return draw()
    except Exception as error:
        logger.error("a picture of an export could not be drawn (%s)", type(error).__name__)
        return None
