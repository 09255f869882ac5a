"""What is kept, found again, mended and erased: people, walks, answers, updates, replies and buttons."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from actions.evening.schedule import Habit
from actions.store import Kept, Store, StoreError
from actions.store.answers import text_of
from actions.store.care import Care, keep_care
from actions.store.models import Base, Button, Person, Run, Vanishing
from actions.store.outbox import NewButton
from actions.store.runs import Place

NOW = 1_760_000_000.0
_tokens = itertools.count(1)


@pytest.fixture
def kept(store: Store) -> Kept:
    with store.begin() as kept:
        yield kept


@pytest.fixture
def ada(kept: Kept) -> Person:
    return kept.people.meet("telegram", "1", NOW)


@pytest.fixture
def walk(kept: Kept, ada: Person) -> Run:
    return kept.runs.begin(ada, "apology", "hurt", "named", NOW)


def say(kept: Kept, chat: str, text: str, *labels: str, place: str | None = None) -> int:
    buttons = [[NewButton(label, f"means:{label}", place) for label in labels]]
    token = lambda: f"token-{next(_tokens)}"  # noqa: E731
    return kept.outbox.add("telegram", chat, {"text": text}, NOW, buttons=buttons, place=place, token=token).id


def buttons_of(kept: Kept, reply: int) -> list[Button]:
    return list(kept.session.execute(sa.select(Button).where(Button.reply_id == reply)).scalars())


# -- transactions and people ---------------------------------------------------------------------------------------


def test_nothing_is_kept_of_a_turn_that_fails(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.begin() as kept:
        kept.people.meet("telegram", "1", NOW)
        raise ZeroDivisionError
    with store.begin() as kept:
        assert kept.people.find("telegram", "1") is None


def test_nothing_can_be_read_outside_of_a_transaction(store: Store) -> None:
    with pytest.raises(StoreError, match="outside of a transaction"):
        _ = store.kept
    with store.begin() as kept:
        assert store.kept is kept


def test_writers_on_several_threads_lose_nothing(store: Store) -> None:
    def write(number: int) -> None:
        with store.begin() as kept:
            kept.people.meet("telegram", str(number % 3), NOW)
            kept.inbox.add("telegram", number, str(number % 3), {"text": str(number)}, NOW)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(60)))
    with store.begin() as kept:
        assert sum(len(kept.inbox.waiting("telegram", str(chat))) for chat in range(3)) == 60


def test_a_person_is_met_once_in_each_chat(kept: Kept, ada: Person) -> None:
    assert kept.people.meet("telegram", "1", NOW + 9) is ada
    assert kept.people.find("telegram", "1") is kept.people.get(ada.id) is ada
    assert kept.people.meet("terminal", "1", NOW) is not ada
    assert kept.people.find("telegram", "2") is None


def test_who_asks_to_be_forgotten_is_in_no_table_and_nobody_else_is_touched(kept: Kept) -> None:
    def live(chat: str) -> Person:
        person = kept.people.meet("telegram", chat, NOW)
        run = kept.runs.begin(person, "apology", "hurt", "named", NOW)
        kept.runs.answer(run, "named", [("7", "words")], NOW)
        draft = kept.drafts.begin(run, NOW)
        kept.drafts.keep(draft, "words", NOW)
        kept.drafts.dismiss(draft, "vague", "words")
        kept.runs.note(person, [("8", "a note")], NOW)
        keep_care(person, Care(kind="abuse"))
        kept.conversations.save(person.id, {"last_fallback": "x"})
        kept.inbox.add("telegram", int(chat), chat, {"text": "words"}, NOW)
        kept.session.add(Vanishing(chat_id=person.id, message=int(chat), due_at=NOW))
        say(kept, chat, "words", "Yes", "No")
        kept.evenings.settle(person, Habit("+00:00", 21 * 60), NOW)
        evening = kept.evenings.claim(person, NOW + 86_400)
        kept.evenings.asks(evening, "question", "h_any_01", run)
        kept.evenings.mark(evening, trust=3)
        return person

    def rows() -> dict[str, int]:
        tables = Base.metadata.sorted_tables
        return {
            table.name: kept.session.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            for table in tables
            if table.name not in ("erasures", "secrets")
        }

    live("1")
    before = rows()
    assert all(before.values())
    kept.people.forget(live("2"), 0.0)
    assert rows() == before
    assert kept.people.find("telegram", "2") is None


# -- walks and answers ---------------------------------------------------------------------------------------------


def test_only_one_question_is_before_a_person(kept: Kept, ada: Person, walk: Run) -> None:
    other = kept.runs.begin(ada, "rituals", "hurt", "first", NOW + 1)
    assert kept.runs.in_hand(ada) is other
    kept.runs.take_up(ada, walk, NOW + 2)
    assert kept.runs.in_hand(ada) is walk
    assert kept.runs.place(ada) == Place(walk.id, "named") and str(Place(12, "value")) == "12.value"
    kept.runs.put_down(ada)
    assert kept.runs.in_hand(ada) is kept.runs.place(ada) is None


def test_the_walk_left_last_is_taken_up_first(kept: Kept, ada: Person, walk: Run) -> None:
    other = kept.runs.begin(ada, "rituals", "hurt", "first", NOW + 1)
    assert kept.runs.unfinished(ada) is other
    kept.runs.take_up(ada, walk, NOW + 2)
    assert kept.runs.unfinished(ada) is walk
    assert kept.runs.unfinished(ada, "rituals") is other
    assert kept.runs.unfinished(ada, "forgiveness") is None


def test_a_finished_walk_can_be_read_while_it_is_walked_again(kept: Kept, ada: Person, walk: Run) -> None:
    kept.runs.move(walk, None, NOW + 1)
    assert kept.runs.in_hand(ada) is kept.runs.unfinished(ada) is None
    again = kept.runs.begin(ada, "apology", "hurt", "named", NOW + 2)
    assert kept.runs.finished(ada, "apology") is walk
    kept.runs.move(again, None, NOW + 3)
    assert kept.runs.finished(ada, "apology") is again
    assert kept.runs.all(ada) == [walk, again]


def test_a_walk_belongs_to_one_person(kept: Kept, walk: Run) -> None:
    assert kept.runs.get(kept.people.meet("telegram", "2", NOW), walk.id) is None


def test_a_new_answer_counts_and_the_old_wording_stays(kept: Kept, ada: Person, walk: Run) -> None:
    kept.runs.answer(walk, "named", [("1", "he lied")], NOW)
    kept.runs.answer(walk, "named", [("2", "he lied, for a year")], NOW)
    assert text_of(kept.runs.answers(walk)["named"]) == "he lied, for a year"
    assert [text_of(answer) for answer in kept.runs.versions(ada)] == ["he lied", "he lied, for a year"]


def test_further_words_are_added_to_an_answer(kept: Kept, walk: Run) -> None:
    kept.runs.add_to(walk, "named", [("1", "he lied 🌧")], NOW)
    kept.runs.add_to(walk, "named", [("2", "for a year"), ("3", "всегда")], NOW)
    assert text_of(kept.runs.answer_at(walk, "named")) == "he lied 🌧\nfor a year\nвсегда"


@pytest.mark.parametrize("settled", [True, False])
def test_words_in_doubt_count_only_once_they_are_settled(kept: Kept, ada: Person, walk: Run, settled: bool) -> None:
    answer = kept.runs.answer(walk, "named", [("1", "stop it")], NOW, doubt="pause")
    assert kept.runs.in_doubt(walk) is answer and not kept.runs.answers(walk)
    (kept.runs.settle if settled else kept.runs.set_aside)(answer)
    assert kept.runs.in_doubt(walk) is None
    assert (kept.runs.answers(walk) == {"named": answer}) is settled
    assert kept.runs.versions(ada) == [answer]


@pytest.mark.parametrize(
    "reference, now_says",
    [("1", "EDIT\nfor a year"), ("2", "he lied\nEDIT"), ("3", None), ("99", None), ("old", None)],
)
def test_an_edited_message_is_mended_where_it_stands(
    kept: Kept, ada: Person, walk: Run, reference: str, now_says: str | None
) -> None:
    kept.runs.answer(walk, "named", [("old", "an earlier answer")], NOW)
    kept.runs.answer(walk, "named", [("1", "he lied"), ("2", "for a year")], NOW)
    stranger = kept.people.meet("telegram", "2", NOW)
    kept.runs.note(stranger, [("3", "not Ada's")], NOW)
    mended = kept.runs.correct(ada, reference, "EDIT", NOW)
    assert (mended and text_of(mended)) == now_says
    assert text_of(kept.runs.answer_at(walk, "named")) == (now_says or "he lied\nfor a year")
    assert [text_of(answer) for answer in kept.runs.versions(stranger)] == ["not Ada's"]


# -- updates, replies and buttons ----------------------------------------------------------------------------------


def test_an_update_that_comes_twice_is_kept_once(kept: Kept) -> None:
    assert kept.inbox.add("telegram", 5, "1", {"text": "a"}, NOW)
    assert not kept.inbox.add("telegram", 5, "1", {"text": "a"}, NOW)
    assert kept.inbox.add("terminal", 5, "1", {"text": "a"}, NOW)
    assert (len(kept.inbox.waiting("telegram", "1")), kept.inbox.next_number("telegram")) == (1, 6)


def test_updates_wait_in_the_order_in_which_they_came(kept: Kept) -> None:
    for update, chat in ((7, "2"), (5, "1"), (6, "2")):
        kept.inbox.add("telegram", update, chat, {"text": str(update)}, NOW)
    assert [kept.inbox.read(row)["text"] for row in kept.inbox.waiting("telegram", "2")] == ["7", "6"]
    assert kept.inbox.chats_waiting("telegram") == ["2", "1"]


def test_the_inbox_keeps_words_only_until_they_are_answered(kept: Kept) -> None:
    for update in (1, 2):
        kept.inbox.add("telegram", update, "1", {"text": "words"}, NOW)
    answered, broken = kept.inbox.waiting("telegram", "1")
    kept.inbox.done([answered])
    kept.inbox.failed([broken])
    assert not kept.inbox.waiting("telegram", "1")
    assert (answered.turn, kept.inbox.read(broken)) == (None, {"text": "words"})
    assert not kept.inbox.add("telegram", 1, "1", {"text": "words"}, NOW)


def test_replies_are_sent_in_order_and_one_cut_off_in_flight_is_sent_again(kept: Kept) -> None:
    first, second = say(kept, "1", "a"), say(kept, "1", "b")
    kept.outbox.sending(first)
    assert kept.outbox.waiting("telegram", "1").id == first
    kept.outbox.sent(first, 700, NOW)
    assert kept.outbox.waiting("telegram", "1").id == second
    kept.outbox.dropped(second)
    assert kept.outbox.waiting("telegram", "1") is None and kept.outbox.chats_waiting("telegram") == []


def test_closing_one_chat_leaves_the_others_open(kept: Kept) -> None:
    say(kept, "1", "a"), say(kept, "2", "b")
    kept.outbox.drop_all("telegram", "1")
    assert kept.outbox.chats_waiting("telegram") == ["2"]


def test_a_question_was_asked_when_it_arrived_not_when_it_was_written(kept: Kept) -> None:
    reply = say(kept, "1", "question", place="3.named")
    late = NOW + 9
    assert not kept.outbox.reached("telegram", "1", "3.named", late, late)
    kept.people.meet("telegram", "1", NOW)
    kept.outbox.sent(reply, 1, NOW + 5)
    seen = [kept.outbox.reached("telegram", "1", "3.named", NOW + later, late) for later in (4, 5, 6)]
    assert seen == [False, True, True]
    assert kept.outbox.reached("telegram", "1", "4.never_said", NOW, late)


def test_a_question_that_arrived_before_the_clock_was_set_back_was_asked(kept: Kept) -> None:
    reply = say(kept, "1", "question", place="3.named")
    kept.people.meet("telegram", "1", NOW)
    kept.outbox.sent(reply, 1, NOW + 3600)
    assert kept.outbox.reached("telegram", "1", "3.named", NOW + 2, NOW + 3)


def test_a_button_can_be_pressed_only_in_its_chat_and_only_once(kept: Kept) -> None:
    yes, no = buttons_of(kept, say(kept, "1", "Sure?", "Yes", "No"))
    assert kept.outbox.button("telegram", "2", yes.token) is kept.outbox.button("telegram", "1", "forged") is None
    assert kept.outbox.button("telegram", "1", yes.token) is yes
    assert kept.outbox.press(yes, NOW)
    assert not kept.outbox.press(yes, NOW) and not kept.outbox.press(no, NOW)


def test_the_number_of_an_erased_walk_is_not_given_to_another(store: Store) -> None:
    with store.begin() as kept:
        person = kept.people.meet("telegram", "1", 0.0)
        first = kept.runs.begin(person, "apology", "hurt", "named", 0.0)
        number = first.id
        kept.runs.erase(person, first)
        assert kept.runs.begin(person, "apology", "hurt", "named", 0.0).id > number
