"""From what the dialogue said in a turn to the messages that a person gets."""

from __future__ import annotations

from itertools import groupby

from actions.sentences import visible_length
from bot.dialogue import Said
from bot.turn import Choice, Reply

#: Messages in a row that a person gets at most from one turn.
MOST = 3
#: Letters on one row of buttons, so that no label is cut on a phone.
ROW_LETTERS = 34
ROW_BUTTONS = 3


def replies_from(said: list[Said]) -> list[tuple[Reply, str | None]]:
    """The messages of a turn, each with the question that it asks, if it asks one."""
    joined: list[Said] = []
    for one in said:
        if joined and joined[-1].more and not one.picture:
            joined[-1] = _join(joined[-1], one)
        else:
            joined.append(one)
    while len(joined) > MOST:
        pair = _shortest_pair(joined)
        joined[pair : pair + 2] = [_join(joined[pair], joined[pair + 1])]
    return [(_reply(one), one.place) for one in joined if one.text or one.picture]


def rows(buttons: list[dict[str, str]]) -> list[list[Choice]]:
    """Buttons laid out in rows that fit a phone: answers first, and the ways to go on a row of their own."""
    laid: list[list[Choice]] = []
    for _, group in groupby(buttons, key=lambda button: button.get("group")):
        laid.append([])
        for button in group:
            choice, row = Choice(button["title"], button["payload"]), laid[-1]
            letters = sum(len(other.label) for other in row) + len(choice.label)
            if not row or (len(row) < ROW_BUTTONS and letters <= ROW_LETTERS):
                row.append(choice)
            else:
                laid.append([choice])
    return laid


def _reply(one: Said) -> Reply:
    return Reply(
        text=one.text,
        buttons=rows(one.buttons),
        picture=one.picture,
        private=one.private,
        deletes=one.deletes,
        text_if_not=one.text_if_not,
        once=one.once,
    )


def _join(first: Said, second: Said) -> Said:
    otherwise = [one.text_if_not or one.text for one in (first, second)]
    return Said(
        text="\n\n".join(text for text in (first.text, second.text) if text),
        buttons=first.buttons + second.buttons,
        more=second.more,
        private=first.private or second.private,
        place=second.place or first.place,
        picture=first.picture or second.picture,
        once=first.once or second.once,
        deletes=first.deletes or second.deletes,
        text_if_not="\n\n".join(filter(None, otherwise)) if first.text_if_not or second.text_if_not else None,
    )


def _shortest_pair(said: list[Said]) -> int:
    lengths = [visible_length(first.text) + visible_length(second.text) for first, second in zip(said, said[1:])]
    return lengths.index(min(lengths))
