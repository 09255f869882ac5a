"""Updates and replies that are no longer needed go, and nothing else does."""

from __future__ import annotations

import itertools

import pytest
import sqlalchemy as sa
from opening import opened

from actions.evening.schedule import Habit
from actions.store import Kept, Store
from actions.store.models import Button, Evening, Outgoing
from actions.store.outbox import NewButton
from actions.store.retention import PORTION, clear_inbox, clear_outbox
from actions.store.runs import FAREWELL, Place
from bot.retention import DAY

NOW = 1_760_000_000.0
_tokens = itertools.count(1)


def came(kept: Kept, *updates: int, at: float = NOW, state: str = "done") -> None:
    """Updates that came, and what became of them."""
    for update in updates:
        kept.inbox.add("telegram", update, "1", {"kind": "text", "text": f"words {update}"}, at)
        row = kept.inbox.waiting("telegram", "1")
        for one in row:
            if one.update == update and state != "waiting":
                (kept.inbox.done if state == "done" else kept.inbox.failed)([one])


def left(store: Store) -> list[int]:
    """The updates that are still there."""
    with store.begin() as kept:
        return sorted(row["update"] for row in opened(kept)["inbox"])


def test_updates_that_were_answered_go_and_all_others_stay(store: Store) -> None:
    with store.begin() as kept:
        came(kept, 1, 2, 3)
        came(kept, 4, state="failed")
        came(kept, 5, state="waiting")
        came(kept, 6, 7, at=NOW + 10)
        kept.inbox.add("terminal", 8, "2", {"kind": "text", "text": "other"}, NOW)
        kept.inbox.done(kept.inbox.waiting("terminal", "2"))
    clear_inbox(store, "telegram", NOW + 5)
    assert left(store) == [4, 5, 6, 7, 8]


def test_the_newest_update_is_known_when_it_is_delivered_again(store: Store) -> None:
    with store.begin() as kept:
        came(kept, 41, 42, 40)
    clear_inbox(store, "telegram", NOW + 5)
    with store.begin() as kept:
        assert not kept.inbox.add("telegram", 42, "1", {"text": "again"}, NOW + 9)
        assert kept.inbox.next_number("telegram") == 43
    assert left(store) == [42]


def test_many_updates_go_in_portions(store: Store) -> None:
    with store.begin() as kept:
        came(kept, *range(2 * PORTION + 3))
    clear_inbox(store, "telegram", NOW + 5)
    assert left(store) == [2 * PORTION + 2]


def said(kept: Kept, chat: str, text: str, at: float = NOW, *, state: str = "sent", **about: object) -> int:
    """A reply with a button, and what became of it; its number."""
    buttons = [[NewButton("Yes", "means:yes")]]
    row = kept.outbox.add(
        "telegram", chat, {"text": text}, at, buttons=buttons, token=lambda: f"token-{next(_tokens)}", **about
    )
    sent_at = at if state == "sent" else None
    kept.session.execute(sa.update(Outgoing).where(Outgoing.id == row.id).values(state=state, sent_at=sent_at))
    return row.id


def replies(store: Store) -> list[int]:
    """The replies that are still there; their buttons are those that are."""
    with store.begin() as kept:
        numbers = list(kept.session.execute(sa.select(Outgoing.id).order_by(Outgoing.id)).scalars())
        assert list(kept.session.execute(sa.select(Button.reply_id).order_by(Button.reply_id)).scalars()) == numbers
        return numbers


def test_old_replies_that_were_sent_go_with_their_buttons_and_all_others_stay(store: Store) -> None:
    with store.begin() as kept:
        kept.people.meet("telegram", "1", NOW)
        old = [said(kept, "1", "old") for _ in range(3)]
        states = [said(kept, "1", one, state=one) for one in ("waiting", "sending", "dropped", "unknown")]
        young = [said(kept, "1", "young", NOW + 10) for _ in range(2)]
    clear_outbox(store, "telegram", NOW + 5)
    assert replies(store) == states + young and old


@pytest.mark.parametrize("finished", [False, True], ids=["the open question", "the end of the last walk"])
def test_what_was_said_at_a_place_that_counts_stays_known_as_seen(store: Store, finished: bool) -> None:
    with store.begin() as kept:
        person = kept.people.meet("telegram", "1", NOW)
        run = kept.runs.begin(person, "apology", "hurt", "named", NOW)
        kept.runs.answer(run, "named", [("1", "he lied")], NOW)
        if finished:
            kept.runs.move(run, None, NOW)
        place = str(Place(run.id, FAREWELL if finished else "named"))
        in_vain, seen = said(kept, "1", "first", state="dropped", place=place), said(kept, "1", "again", place=place)
        other, last = said(kept, "1", "elsewhere", place="0.elsewhere"), said(kept, "1", "last")
    clear_outbox(store, "telegram", NOW + 5)
    assert replies(store) == [in_vain, seen, last] and other
    with store.begin() as kept:
        assert kept.outbox.reached("telegram", "1", place, NOW + 9, NOW + 9)


def test_what_was_sent_late_is_as_young_as_its_sending(store: Store) -> None:
    with store.begin() as kept:
        kept.people.meet("telegram", "1", NOW)
        late, last = said(kept, "1", "late"), said(kept, "1", "last")
        kept.session.execute(sa.update(Outgoing).where(Outgoing.id == late).values(sent_at=NOW + 10))
    clear_outbox(store, "telegram", NOW + 5)
    assert replies(store) == [late, last]


def test_no_number_of_a_reply_is_ever_given_again(store: Store) -> None:
    """An evening names the reply that asked it: a new one with its number would be taken for that."""
    with store.begin() as kept:
        person = kept.people.meet("telegram", "1", NOW)
        kept.evenings.settle(person, Habit("+00:00", 21 * 60), NOW)
        evening = kept.evenings.claim(person, NOW + DAY)
        kept.evenings.asks(evening, "question", "h_any_01", None)
        first = said(kept, "1", "the evening's question")
        kept.evenings.said_as(evening, first)
        last = said(kept, "1", "last")
    clear_outbox(store, "telegram", NOW + 5)
    with store.begin() as kept:
        new = said(kept, "1", "new", NOW + 9, state="waiting")
        assert new > last and replies_named(kept) == [None]
        kept.evenings.not_sent(new)
        assert kept.evenings.last(kept.people.find("telegram", "1")).state == "asked"


def replies_named(kept: Kept) -> list[int | None]:
    """The replies that evenings name."""
    return list(kept.session.execute(sa.select(Evening.reply_id)).scalars())


def test_many_replies_of_many_people_go_in_portions_and_the_last_of_each_stays(store: Store) -> None:
    with store.begin() as kept:
        for chat in map(str, range(9)):
            kept.people.meet("telegram", chat, NOW)
        numbers = [said(kept, str(number % 9), "words") for number in range(2 * PORTION + 50)]
    clear_outbox(store, "telegram", NOW + 5)
    assert replies(store) == numbers[-9:]
