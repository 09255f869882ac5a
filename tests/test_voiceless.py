"""Who is in danger and can't phone for help, because someone would hear, is shown what works without a voice."""

from __future__ import annotations

import pytest
from talking import Clock, Person
from telling import AT_QUESTION, BETWEEN, DAY, TOLD, goes, hears

CANNOT = "i cant call they will hear me"


def is_met(person: Person) -> bool:
    """Whether the newest message is for someone without a voice."""
    return hears(person, person.last.text, "utter_cannot_speak")


@pytest.mark.parametrize("kind", ["self_harm", "abuse"])
@pytest.mark.parametrize("path", [[], BETWEEN, AT_QUESTION], ids=["someone new", "between", "at a question"])
@pytest.mark.parametrize("pressed", [[], ["No"], ["Yes"]], ids=["not answered", "not safe", "safe"])
def test_who_cannot_phone_is_shown_who_answers_in_writing(
    person: Person, path: list[str], kind: str, pressed: list[str]
) -> None:
    goes(person, path).says(TOLD[kind])
    for button in pressed:
        person.presses(button)
    [heard] = person.says(CANNOT)
    assert is_met(person) and "findahelpline.com" in heard.text
    assert f"> {CANNOT}\n" in person.diary()


def test_it_shows_the_way_of_their_country_without_a_voice_and_no_number_that_can_only_be_called(
    person: Person,
) -> None:
    person.says(TOLD["abuse"])
    person.presses("No")
    [people] = person.says("uk")
    assert "0808 2000 247" in people.text and "press 55" in people.text
    [heard] = person.says("he would hear me")
    assert is_met(person) and "press 55" in heard.text and "0808 2000 247" not in heard.text


def test_the_country_can_be_told_then(person: Person) -> None:
    person.says(TOLD["abuse"])
    person.says(CANNOT)
    person.presses("Choose my country")
    [heard] = person.presses("Australia")
    assert "0458 737 732" in heard.text


def test_danger_told_again_in_the_same_words_is_met_so_too(person: Person) -> None:
    person.says(TOLD["abuse"])
    person.says(f"{TOLD['abuse']} i can't call the police, he would hear me")
    assert is_met(person)


def test_whoever_told_of_no_danger_only_cannot_call(person: Person) -> None:
    goes(person, BETWEEN).says(CANNOT)
    assert not is_met(person)


def test_a_day_later_it_is_a_sentence_like_any_other(person: Person, clock: Clock) -> None:
    goes(person, BETWEEN).says(TOLD["self_harm"])
    person.presses("Yes")
    clock.wait(DAY + 1)
    person.says(CANNOT)
    assert not is_met(person)
