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
        ("up at 4.30 for milking so no later than 8 pm", "20:00"),
        ("he works lates til 10, home half ten, so 11 pm", "23:00"),
        ("he says 9, I say 10, he wins. 9 pm then", "21:00"),
        ("8pm... 8.30... ok 8pm final", "20:00"),
        ("10 pm cos at 9 she's on the phone", "22:00"),
        ("never before 9 pm, 9.15 pm is good", "21:15"),
        ("anything except 8, that's bath time. 8.45 pm", "20:45"),
        ("not until 10 pm", "22:00"),
        ("10 pm instead of 9 pm", "22:00"),
        ("9 pm rather than 8 pm", "21:00"),
        ("until 9 I'm at church so 9.30 pm", "21:30"),
        ("lights out 10 so quarter to", "21:45"),
        ("night shift this week, ask at 3 pm before I go", "15:00"),
        ("on nights, so 0630", "06:30"),
        ("it's set to 8 pm, should be 9 pm", "21:00"),
        ("I can do 8 pm, he can do 10 pm, so meet at 9 pm", "21:00"),
        ("London closes at 4.30 and I'm done by 9 pm", "21:00"),
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
        ("8 or 9 am", ("08:00", "09:00")),
        ("7 or 7.30 am, before the school run", ("07:00", "07:30")),
        ("9 ya 10 baje raat", ("21:00", "22:00")),
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
        ("9 giờ rưỡi tối", "21:30"),
        ("raathri ombathara", "21:30"),
        ("aago mewa ale", "22:00"),
        ("veintidos", "22:00"),
        ("za dziesięć ósma wieczorem", "19:50"),
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
        ("hauf eight hen", "20:30"),
        ("half nine'll do", "21:30"),
        ("10pmmm", "22:00"),
        ("9 pm works 4 us", "21:00"),
        ("7 o'clock, a.m. mind", "07:00"),
    ],
)
def test_slips_of_the_thumb_are_read_as_meant(said: str, hour: str) -> None:
    when = read_when(said)
    assert (when.hour, when.ambiguous) == (hour, False)


def test_words_are_not_taken_apart_and_names_keep_their_capitals() -> None:
    assert tidied("Often at Leeds, attending") == "Often at Leeds, attending"


@pytest.mark.parametrize(
    "said",
    ["15 pm", "sheared 214 lambs", "I'm 34 and she's 36", "4 cats 2 goats", "a 2011 corolla", "he gets home 10pm"],
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
        ("Phoenix, so don't be putting me on Denver time", "America/Phoenix"),
        ("stop using Lagos time, I'm in Accra", "Africa/Accra"),
        ("it says Delhi time but I moved to Dubai", "Asia/Dubai"),
        ("Lahore born, Bradford living", "Europe/London"),
        ("Accra to Hamburg, Hamburg to Bremen, that's where I am", "Europe/Berlin"),
        ("Damascus no more. Malmö", "Europe/Stockholm"),
        ("used to be in Boston, now Austin", "America/Chicago"),
        ("pakistan is 5 hours ahead of us here in Bolton", "Europe/London"),
        ("half of us are in Delhi, I'm the one in Reading", "Europe/London"),
        ("wife Manila, me Jeddah", "Asia/Riyadh"),
        ("Scarborough, Ontario, Canada", "America/Toronto"),
        ("Croydon, Sydney", "Australia/Sydney"),
        ("Bala, north wales", "Europe/London"),
        ("Portugal, Azores", "Atlantic/Azores"),
        ("Lebanon, Tennessee", "America/Chicago"),
        ("Marfa, TX", "America/Chicago"),
        ("vallejo ca", "America/Los_Angeles"),
        ("la county", "America/Los_Angeles"),
        ("an American in Paris", "Europe/Paris"),
        ("no we moved to Perth", "Australia/Perth"),
        ("for me Toronto, for him Lagos", "America/Toronto"),
        ("Dublin. Not Ohio. The real one.", "Europe/Dublin"),
        ("Pune for me, Boston for her", "Asia/Kolkata"),
        ("my guy dey Ibadan, I dey Houston", "America/Chicago"),
        ("8pm Perth time mate, not Sydney", "Australia/Perth"),
    ],
)
def test_of_several_places_the_one_that_is_theirs_is_taken(said: str, zone: str) -> None:
    when = read_when(said)
    assert (when.zone, when.ambiguous) == (zone, False)


@pytest.mark.parametrize(
    "said",
    [
        "my parents are in Poland",
        "flew to Rome",
        "a girl from Leeds",
        "we fight about Lisbon",
        "Dubai office shuts at 6, then i'm free, 8.30 pm",
        "my daughter in Sydney rings at 8 her time, so 9.30 pm for me",
        "New York market opens 3.30 for us. ask at 9 pm",
        "sold a car in Leeds at 4, home by 6, 9 pm please",
        "my flight from Rome gets in at 8, ask at 11 pm",
        "handover with the Hyderabad lads til 7, half eight please",
    ],
)
def test_places_of_others_and_in_passing_are_not_theirs(said: str) -> None:
    when = read_when(said)
    assert when.zone is None and not when.zones


@pytest.mark.parametrize("said", ["san jose", "Hamilton", "we're in Brazil", "straya", "washington"])
def test_names_of_several_places_are_asked_about(said: str) -> None:
    when = read_when(said)
    assert when.zone is None and len(when.zones) > 1


@pytest.mark.parametrize(
    "words", ["nine or ten, he is home at 8 in Leeds. ", "halb neun e 9 y ", "a/", "in londno, ", " 9", "utc+"]
)
def test_a_thousand_characters_are_read_at_once(words: str) -> None:
    text = (words * 1000)[:1000]
    read_when(text)
    begun = time.process_time()
    read_when(text)
    assert time.process_time() - begun < 0.1
