"""What must hold where something comes in, whatever it is. Each raises `AssertionError` when it does not."""

from __future__ import annotations

import asyncio
import io
import itertools
import json
import re
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from actions.evening.schedule import zone_of
from actions.evening.settling import _day_of_year
from actions.evening.when import read_pause, read_when
from bot.commands import DIRECT, WISHES, cleaned, typed
from bot.fleet.receiver import received
from bot.house import House
from bot.telegram.updates import CHANNEL, NOT_TEXT, TOO_LARGE, read
from bot.terminal import Terminal
from bot.turn import LONGEST, Kind, Turn

#: Digits of the longest number.
DIGITS = 20
_numbers = itertools.count(1)


def is_read_or_refused(raw: Any) -> Turn | None:
    """Read an update as the bot does. Whatever it is, it is refused, or what comes of it is sound; its turn."""
    try:
        came = read(raw, None)
    except Exception:  # then it is left out
        return None
    assert type(came.number) is int and 0 <= came.number < TOO_LARGE
    assert came.group is None or (type(came.group) is int and came.turn is None)
    if came.turn is not None:
        is_sound(came.turn)
    return came.turn


def is_sound(turn: Turn) -> None:
    """Everything in a turn is what it should be, and can be kept."""
    kept = json.loads(json.dumps(turn.as_dict(), ensure_ascii=False).encode())
    assert Turn.from_dict(turn.channel, turn.chat, kept) == turn
    assert turn.channel == CHANNEL and str(int(turn.chat)) == turn.chat and abs(int(turn.chat)) < TOO_LARGE
    assert turn.ref == "" or (str(int(turn.ref)) == turn.ref and len(turn.ref) <= DIGITS)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]", turn.text)
    assert re.fullmatch("[A-Za-z0-9-]{0,32}", turn.language)
    assert turn.kind is not Kind.EVENING, "only Mend itself says that an evening has come"
    assert turn.kind is not Kind.CHOICE or len(turn.text) <= 64
    assert turn.kind is not Kind.OTHER or turn.text in (*NOT_TEXT, "forward", "other")
    assert turn.kind is not Kind.PLACE or zone_of(turn.text) is not None


def is_received_alike(raw: Any) -> None:
    """Who receives updates for a fleet finds the chat in them that who reads them finds."""
    with suppress(RecursionError):  # what is too deep for JSON cannot come
        text = json.dumps(raw)
        turn, found = is_read_or_refused(json.loads(text)), received(text)
        assert turn is None or (found.chat, found.raw) == (turn.chat, text)


def is_typed(text: str) -> None:
    """What is typed is words, or a command that Mend knows."""
    turn = typed(CHANNEL, "7", text, "5")
    is_sound(turn)
    assert turn.kind is Kind.TEXT or turn.text in (*WISHES, *DIRECT)


def is_understood_or_not(text: str) -> None:
    """Words are read for an hour, a place and a day; what is found are such."""
    text = cleaned(text)
    when = read_when(text)
    assert when.zone is None or zone_of(when.zone) is not None
    assert when.hour is None or (0 <= int(when.hour[:2]) < 24 and 0 <= int(when.hour[3:]) < 60)
    read_pause(text)
    zone_of(text)
    day = _day_of_year(text)
    assert day is None or re.fullmatch(r"\d\d-\d\d", day)


def is_kept(house: House, text: str, kind: Kind) -> None:
    """What comes in is kept whole and once; or what fits of it, with a word on that."""
    channel, chat, words = "fuzz", f"kept-{next(_numbers)}", cleaned(text)
    turn = Turn(channel, chat, kind, words, "5")
    with house.tools.store.begin() as kept:
        number = kept.inbox.next_number(channel)
    assert house.turns.take(turn, number) and not house.turns.take(turn, number)
    cut = house.tools.sentences.say("utter_cut", letters=f"{LONGEST:,}")
    with house.tools.store.begin() as kept:
        [row] = kept.inbox.waiting(channel, chat)
        assert Turn.from_dict(channel, chat, kept.inbox.read(row)) == Turn(channel, chat, kind, words[:LONGEST], "5")
        said = kept.outbox.waiting(channel, chat)
        assert (json.loads(said.reply)["text"] if said else None) == (cut if len(words) > LONGEST else None)
        kept.outbox.drop_all(channel, chat)
        kept.inbox.erase([row])


def is_answered_in_the_terminal(house: House, text: str) -> None:
    """Whatever is typed in the terminal is answered, and no turn fails."""
    with tempfile.TemporaryDirectory() as files:
        terminal = Terminal(house, out := io.StringIO(), Path(files), plain=len(text) % 2 == 0)
        asyncio.run(terminal.say(text))
    shown = " ".join(out.getvalue().split())
    assert shown and house.tools.sentences.say("utter_trouble") not in shown
