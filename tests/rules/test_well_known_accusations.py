"""The well-known phrases that turn a hard talk into a charge are found; naming what was done and felt is left alone."""

from __future__ import annotations

import pytest
from books import CONVERSATION

from actions.coach.conversation import ORDER, ConversationCoach

#: What makes a talk harder, in the words that people use; by label.
TEXTBOOK = {
    "always_never": ["You always do this.", "you never listen to me", "You're always on your phone."],
    "mind_reading": ["You don't even care.", "you just wanted to hurt me", "You don't love me anymore."],
    "name_calling": ["You are a liar.", "ur so selfish", "You're pathetic."],
    "you_make_me": ["You make me feel worthless.", "You made me feel like nothing.", "you make me so angry"],
    "commanding": ["You have to stop this.", "You need to tell me everything.", "Stop lying to me."],
    "loaded_question": ["How could you do this to me?", "What is wrong with you?", "Why can't you just be honest?"],
    "comparing": ["My ex would never have done that.", "Other husbands talk to their wives."],
    "threatening_to_leave": ["If you do that again, I'm leaving.", "I want a divorce if you don't stop."],
    "sarcasm_contempt": ["Oh, bravo.", "Thanks for nothing."],
    "dragging_up": ["Just like last time.", "Remember when you lied about the car?"],
}

#: What can be heard.
OPEN = [
    "You lied to me on Sunday about where you were.",
    "I felt alone when you didn't come home on Friday.",
    "I am afraid that it will happen again.",
    "When the phone rings at night, my stomach turns.",
    "I need to know where we stand.",
    "Would you tell me what happened that evening?",
    "I'd like us to talk on Thursday, after dinner.",
    "I miss the way we used to cook together.",
]


@pytest.mark.parametrize(("label", "text"), [(label, text) for label, texts in TEXTBOOK.items() for text in texts])
def test_the_well_known_phrases_are_found(label: str, text: str) -> None:
    assert label in CONVERSATION.found(text)


@pytest.mark.parametrize("text", OPEN)
def test_what_was_done_and_felt_can_be_said(text: str) -> None:
    assert CONVERSATION.found(text) == {}


def test_the_coach_names_the_hardest_first_with_its_place_a_reason_and_one_question() -> None:
    text = "You make me so angry 🌧. You always do this. You are a liar."
    found = ConversationCoach.load().review(text)
    assert [one.severity for one in found] == sorted((one.severity for one in found), key=ORDER.index)
    assert {one.label for one in found} >= {"name_calling", "always_never", "you_make_me"}
    for one in found:
        assert text[one.start : one.end] == one.quote != ""
        assert one.reason and one.question.count("?") == 1


@pytest.mark.parametrize("text", ["", "🙂", "\ud83d you always \ud83d lie", "you never listen " * 2000, "\x00\n\n"])
def test_no_text_is_too_odd_for_the_coach(text: str) -> None:
    for one in ConversationCoach.load().review(text):
        assert 0 <= one.start < one.end <= len(text)
