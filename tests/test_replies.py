"""How what the dialogue said becomes messages: joined where they belong together, few, and with buttons that fit."""

from __future__ import annotations

import pytest

from bot.dialogue import Said
from bot.replies import MOST, ROW_BUTTONS, ROW_LETTERS, replies_from, rows


def said(text: str, *labels: str, **marks: object) -> Said:
    return Said(text, [button(label) for label in labels], **marks)


def button(label: str, group: str | None = None) -> dict[str, str]:
    return {"title": label, "payload": f"means:{label}", **({"group": group} if group else {})}


def texts(*all_said: Said) -> list[str]:
    return [reply.text for reply, _ in replies_from(list(all_said))]


def labels(*buttons: dict[str, str]) -> list[list[str]]:
    return [[choice.label for choice in row] for row in rows(list(buttons))]


@pytest.mark.parametrize(
    "all_said, heard",
    [
        ([], []),
        ([said("one")], ["one"]),
        ([said("one"), said("two")], ["one", "two"]),
        ([said("kept", more=True), said("next question")], ["kept\n\nnext question"]),
        ([said("a", more=True), said("b", more=True), said("c"), said("d")], ["a\n\nb\n\nc", "d"]),
        ([said("nothing follows", more=True)], ["nothing follows"]),
        ([said("", more=True), said("two")], ["two"]),
        ([said("")], []),
        ([said("look", more=True), said("a picture", picture="UE5H")], ["look", "a picture"]),
    ],
)
def test_what_continues_a_message_is_joined_to_it(all_said: list[Said], heard: list[str]) -> None:
    assert texts(*all_said) == heard


def test_a_turn_never_gets_more_than_three_messages_and_loses_no_word() -> None:
    all_said = [said(f"message {number}") for number in range(7)]
    heard = texts(*all_said)
    assert len(heard) == MOST == 3
    assert "\n\n".join(heard) == "\n\n".join(one.text for one in all_said)


def test_the_shortest_neighbours_are_joined_when_there_are_too_many() -> None:
    heard = texts(said("a long one " * 20), said("short"), said("brief"), said("another long one " * 20))
    assert heard[1] == "short\n\nbrief"


def test_markup_does_not_count_as_length() -> None:
    marked = said("<blockquote><b><i>x</i></b></blockquote>")
    heard = texts(said("y" * 60), marked, said("z"), said("y" * 60))
    assert heard[1] == f"{marked.text}\n\nz"


def test_joined_messages_keep_the_buttons_and_the_question_and_stay_private() -> None:
    first = said("your words", "Menu", more=True, private=True)
    [(reply, place)] = replies_from([first, said("next?", "Skip", place="7.value")])
    assert [choice.label for row in reply.buttons for choice in row] == ["Menu", "Skip"]
    assert place == "7.value"
    assert reply.private


def test_what_is_to_be_deleted_stays_with_the_message_that_says_so() -> None:
    gone = said("it is gone", deletes="4,5")
    assert [reply.deletes for reply, _ in replies_from([said("one"), gone])] == [None, "4,5"]
    assert [reply.deletes for reply, _ in replies_from([said("one", more=True), gone])] == ["4,5"]


def test_each_message_names_only_the_question_that_it_asks() -> None:
    places = [place for _, place in replies_from([said("a hint"), said("again?", place="7.value")])]
    assert places == [None, "7.value"]


def test_a_picture_may_come_without_words() -> None:
    [(reply, _)] = replies_from([said("", picture="UE5H")])
    assert (reply.picture, reply.text) == ("UE5H", "")


@pytest.mark.parametrize(
    "buttons, heard",
    [
        ([], []),
        ([button("Yes"), button("No")], [["Yes", "No"]]),
        ([button(str(number)) for number in range(5)], [["0", "1", "2"], ["3", "4"]]),
        ([button("a" * 20), button("b" * 14)], [["a" * 20, "b" * 14]]),
        ([button("a" * 20), button("b" * 15)], [["a" * 20], ["b" * 15]]),
        ([button("a" * 50), button("b")], [["a" * 50], ["b"]]),
        ([button("Yes"), button("Skip", "ways"), button("Pause", "ways")], [["Yes"], ["Skip", "Pause"]]),
    ],
)
def test_buttons_are_laid_out_in_rows_that_fit_a_phone(buttons: list[dict[str, str]], heard: list[list[str]]) -> None:
    assert labels(*buttons) == heard


def test_no_button_is_lost_and_no_row_is_too_wide_whatever_there_is_to_choose() -> None:
    many = [button("x" * (1 + 7 * number % 30) + str(number)) for number in range(40)]
    laid = labels(*many)
    assert [label for row in laid for label in row] == [one["title"] for one in many]
    assert all(len(row) <= ROW_BUTTONS and (len(row) == 1 or sum(map(len, row)) <= ROW_LETTERS) for row in laid)


def test_a_button_keeps_what_it_means() -> None:
    [[choice]] = rows([button("A hint", "ways")])
    assert (choice.label, choice.means) == ("A hint", "means:A hint")
