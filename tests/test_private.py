"""Whatever quotes a person is marked as private: it can't be forwarded or saved, and it is what /vanish lets go."""

from __future__ import annotations

import ast
import html
import json
import re
import string

import pytest
import sqlalchemy as sa
from practising import ASKED, DODGING, LABELS
from talking import CHANNEL, Person
from telling import AT_QUESTION, BETWEEN, OWN_SIDE, PROGRAM, TOLD, goes
from test_sentences import BY_VARIABLE, RESPONSES, TREES, spelt_out

from actions.program import BROKE_TRUST
from actions.store.models import Outgoing

#: Places of sentences that hold words of the person's, and those that hold words of Mend's, settings and numbers.
THEIRS = {"words", "quote", "quotes"}
#: Sentences whose list is made of what they wrote.
LISTS = {"utter_drafts", "utter_journal", "utter_search_found"}
MENDS = {
    "act", "ago", "answered", "ask", "asked", "back", "before", "begun", "count", "date", "dates", "day", "days",
    "done", "emergency", "evenings", "evidence", "example", "hint", "hour", "hours", "how", "kept", "letters", "line",
    "list", "marks", "minutes", "name", "names", "next", "now", "number", "of", "offer", "open", "opening", "operator",
    "people", "place", "question", "reason", "says", "scale", "sentences", "side", "silent", "slips", "steps",
    "strength", "title", "town", "url", "versions", "way", "when", "where", "why",
}  # fmt: skip
#: Sentences that are never said by themselves, but put into one of the lists.
LINES = {"utter_draft_line", "utter_journal_line"}


def places(response: str) -> set[str]:
    texts = [variant["text"] for variant in RESPONSES[response]]
    return {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name is not None}


QUOTING = {name for name in RESPONSES if places(name) & THEIRS} | LISTS


def said() -> dict[str, list[ast.Call]]:
    """The calls that say a sentence as a message, by its name; under "" those that say one by way of a variable."""
    found: dict[str, list[ast.Call]] = {}
    for tree in TREES.values():
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            if ast.unparse(call.func) in ("m.say", "m.dispatcher.utter_message"):
                named = [*call.args[:1], *(one.value for one in call.keywords if one.arg == "response")]
                for name in [name for node in named for name in spelt_out(node)] or [""]:
                    found.setdefault(name, []).append(call)
    return found


def is_private(call: ast.Call) -> bool:
    return any(one.arg == "private" and getattr(one.value, "value", None) is True for one in call.keywords)


def test_of_every_place_in_a_sentence_it_is_known_whose_words_stand_there() -> None:
    assert {place for name in RESPONSES for place in places(name)} <= THEIRS | MENDS
    assert not THEIRS & MENDS


@pytest.mark.parametrize("response", sorted(QUOTING - LINES))
def test_what_quotes_them_is_said_as_private(response: str) -> None:
    calls = said().get(response, said()[""] if response in BY_VARIABLE else [])
    if response in BY_VARIABLE:
        calls = [call for call in calls if {one.arg for one in call.keywords} >= BY_VARIABLE[response]]
    assert calls and all(is_private(call) for call in calls)


# -- in conversation -------------------------------------------------------------------------------------------------

MARK = "kingfisher"
STORY = f"I told her about the {MARK} on Sunday, and then we did not speak for a week."
#: Ways through everything that may quote: texts, buttons in brackets.
WAYS = {
    "an exercise, left, taken up again, and read again": [
        *AT_QUESTION,
        STORY,
        "/back",
        "/pause",
        "hello",
        *[STORY] * len(PROGRAM.exercise("communication").sides["hurt"].steps),
        "[Read it again]",
        "/export",
    ],
    "a story outside of everything": [*BETWEEN, f"I just feel so empty about the {MARK} tonight, I can't stop crying."],
    "a plan for safety": [
        TOLD["self_harm"],
        "[Yes]",
        "[A plan for safety]",
        *[f"my sister and her {MARK}"] * len(PROGRAM.care.plan.sides["self_harm"].steps),
        "/helpnow",
        "[A plan for safety]",
    ],
    "practising an apology": [
        *OWN_SIDE,
        "/apology",
        *[f"Being someone you can leave the {MARK} with"] * len(ASKED),
        f"I'm sorry if the {MARK} hurt you. I was stressed, but you never listened to the {MARK} either.",
        "[Done]",
        "[Why is this a problem]",
        "[That's not what I meant]",
        "[1. {}]",
        "[Show everything]",
        "[Keep it for later]",
        "/drafts",
        "[Open 1]",
    ],
    "an apology that they got": [
        *BETWEEN,
        "/apology",
        f"I'm sorry if the {MARK} hurt you, but you never listened to the {MARK}.",
        "[Done]",
        "[I don't read it that way]",
        "[Show everything]",
        "/drafts",
    ],
}


def walks(person: Person, path: list[str]) -> None:
    """Go this way; a button with a blank in it is the first that begins so."""
    for step in path:
        beginning = step[1:].partition("{}")[0]
        found = [label for label in person.last.buttons if label.startswith(beginning)] if "{}" in step else []
        if "{}" not in step or found:
            goes(person, [f"[{found[0]}]" if found else step])


def kept_replies(person: Person) -> list[dict]:
    """Every reply that they got, edits of pressed messages among them, as it is kept."""
    with person.house.tools.store.begin() as kept:
        known = kept.people.find(CHANNEL, person.chat)
        rows = kept.session.execute(sa.select(Outgoing).where(Outgoing.chat_id == known.id)).scalars()
        return [json.loads(row.reply) for row in rows]


def seen(reply: dict) -> str:
    """What stands in a reply and on its buttons."""
    labels = [button["label"] for row in reply.get("rows", []) for button in row]
    return " ".join([html.unescape(re.sub(r"</?[a-z]+>", "", reply.get("text", ""))), *labels])


@pytest.mark.parametrize("path", WAYS.values(), ids=WAYS)
def test_no_word_of_theirs_stands_in_a_reply_that_is_not_private(person: Person, path: list[str]) -> None:
    walks(person, path)
    quotes = [reply for reply in kept_replies(person) if MARK in seen(reply)]
    assert quotes, "they were quoted"
    assert [seen(reply) for reply in quotes if not reply.get("private")] == []


def test_a_phrase_of_theirs_on_a_button_is_private_before_and_after_it_is_pressed(person: Person) -> None:
    goes(person, [*OWN_SIDE, "/apology", *["skip"] * len(ASKED), DODGING, "[Done]", "[That's not what I meant]"])
    assert person.last.reply["private"] and any("felt hurt" in label for label in person.last.buttons)
    person.presses(next(label for label in person.last.buttons if "felt hurt" in label))
    edits = [reply for reply in kept_replies(person) if "edits" in reply and "felt hurt" in seen(reply)]
    assert edits and all(reply["private"] for reply in edits)
    assert LABELS[BROKE_TRUST] not in [seen(reply) for reply in edits]
