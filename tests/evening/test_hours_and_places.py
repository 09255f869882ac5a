"""Of several hours and places the one that is meant; other languages, slips of the thumb, names with two meanings."""

from __future__ import annotations

import time

import pytest

from actions.evening.foreign import in_english, languages
from actions.evening.tidying import tidied
from actions.evening.when import read_when


@pytest.mark.parametrize(
    "said, hour",
    [
        ("the bakery opens at five, so make it 8 pm", "20:00"),
        ("9 pm please, the twins wake at six", "21:00"),
        ("choir ends 8.30, bus at nine, then 9.45 pm", "21:45"),
        ("not at 7, that's bath time. 8 pm", "20:00"),
        ("he lands at 6 pm, skip that. 7.30 pm", "19:30"),
        ("my mother wanted 8 pm but for us 10 pm", "22:00"),
        ("move it from 9 pm to 9.30 pm", "21:30"),
        ("his shift is 2-10, so 10.30 pm", "22:30"),
        ("Vespers end at eight, so ten past", "20:10"),
        ("9 pm. no wait, 9.30 pm", "21:30"),
    ],
)
def test_of_several_hours_the_one_for_the_question_is_taken(said: str, hour: str) -> None:
    when = read_when(said)
    assert (when.hour, when.ambiguous) == (hour, False)


@pytest.mark.parametrize(
    "said, hours",
    [
        ("7-8 pm", ("19:00", "20:00")),
        ("8 pm, maybe half eight", ("20:00", "20:30")),
        ("10 pm mondays, 9 pm fridays", ("22:00", "21:00")),
        ("he says 8 pm, she says 9 pm", ("20:00", "21:00")),
        ("9 pm, failing that 10 pm", ("21:00", "22:00")),
    ],
)
def test_hours_that_they_leave_open_stay_open(said: str, hours: tuple[str, ...]) -> None:
    assert read_when(said).hours == hours


@pytest.mark.parametrize(
    "said, hour",
    [
        ("kwart voor acht", "19:45"),
        ("tien over half acht", "19:40"),
        ("halv elva på kvällen", "22:30"),
        ("dreiviertel acht", "19:45"),
        ("huit heures moins le quart", "19:45"),
        ("las diez menos diez de la noche", "21:50"),
        ("vinte e duas horas", "22:00"),
        ("alle otto e mezza", "20:30"),
        ("wpół do ósmej", "19:30"),
        ("sekiz buçuk", "20:30"),
        ("sekizi çeyrek geçe", "20:15"),
        ("saadhe das baje", "22:30"),
        ("saa moja na nusu usiku", "19:30"),
        ("saa kumi na moja jioni", "17:00"),
        ("jam delapan malam", "20:00"),
        ("alas otso ng gabi", "20:00"),
        ("el sa3a 8 w nos belel", "20:30"),
        ("halfagt vanaand", "19:30"),
        ("夜の8時半", "20:30"),
        ("в половине восьмого", "19:30"),
        ("fél nyolc", "19:30"),
        ("leathuair tar éis a naoi", "21:30"),
        ("meia noite", "00:00"),
    ],
)
def test_hours_of_other_languages_are_understood(said: str, hour: str) -> None:
    when = read_when(said)
    assert (when.hour, when.ambiguous) == (hour, False)


@pytest.mark.parametrize("said", ["on the sofa", "no, my sister", "the cat sat at home", "what a rat", "i do"])
def test_english_words_that_are_numbers_elsewhere_stay_words(said: str) -> None:
    assert in_english(said) == said and read_when(said).hour is None


def test_every_language_has_its_numbers_and_something_that_stands_beside_them() -> None:
    for language in languages():
        assert all(0 < number <= 24 for number in language.numbers.values())
        assert any(language.lists.values()) or any(language.tables.values())


@pytest.mark.parametrize(
    "said, hour",
    [
        ("at815pm", "20:15"),
        ("halfseven", "19:30"),
        ("quarter2nine", "20:45"),
        ("8🙂pm", "20:00"),
        ("7,45 pm", "19:45"),
        ("p.m. 8:30", "20:30"),
        ("8.15pn", "20:15"),
        ("2O:45", "20:45"),
        ("8 00 pm", "20:00"),
        ("two hours before midnight", "22:00"),
        ("20 minutes after 9pm", "21:20"),
        ("eight a clock a night", "20:00"),
    ],
)
def test_slips_of_the_thumb_are_read_as_meant(said: str, hour: str) -> None:
    when = read_when(said)
    assert (when.hour, when.ambiguous) == (hour, False)


def test_words_are_not_taken_apart_and_names_keep_their_capitals() -> None:
    assert tidied("Often at Leeds, attending") == "Often at Leeds, attending"


@pytest.mark.parametrize(
    "said", ["15 pm", "sheared 214 lambs", "I'm 34 and she's 36", "4 cats 2 goats", "a 2011 corolla"]
)
def test_numbers_that_are_no_hours_are_none(said: str) -> None:
    assert read_when(said).empty


@pytest.mark.parametrize(
    "said, zone",
    [
        ("my brother lives in Toronto but I'm in Galway", "Europe/Dublin"),
        ("wife's in Manila, I'm posted to Doha, use mine", "Asia/Qatar"),
        ("we had our honeymoon in Venice. home is Cardiff", "Europe/London"),
        ("I commute to Basel but sleep in Mulhouse", "Europe/Paris"),
        ("London time though I'm in Madrid", "Europe/London"),
        ("one hour behind Lagos, in Accra", "Africa/Accra"),
        ("dublin, ohio", "America/New_York"),
        ("Rome, Georgia", "America/New_York"),
        ("in nairobbi", "Africa/Nairobi"),
        ("Co. Kerry", "Europe/Dublin"),
        ("gmt+1 in winter, Antwerp", "Europe/Brussels"),
        ("-4", "-04:00"),
        ("gmt plus five and a half", "+05:30"),
    ],
)
def test_of_several_places_the_one_that_is_theirs_is_taken(said: str, zone: str) -> None:
    when = read_when(said)
    assert (when.zone, when.ambiguous) == (zone, False)


@pytest.mark.parametrize(
    "said", ["my parents are in Poland", "flew to Rome", "a girl from Leeds", "we fight about Lisbon"]
)
def test_places_of_others_and_in_passing_are_not_theirs(said: str) -> None:
    when = read_when(said)
    assert when.zone is None and not when.zones


@pytest.mark.parametrize("said", ["san jose", "Hamilton", "we're in Brazil", "straya", "washington"])
def test_names_of_several_places_are_asked_about(said: str) -> None:
    when = read_when(said)
    assert when.zone is None and len(when.zones) > 1


@pytest.mark.parametrize("words", ["nine or ten, he is home at 8 in Leeds. ", "halb neun e 9 y ", "a/", "in londno, "])
def test_a_thousand_characters_are_read_at_once(words: str) -> None:
    text = (words * 1000)[:1000]
    read_when(text)
    begun = time.process_time()
    read_when(text)
    assert time.process_time() - begun < 0.25
