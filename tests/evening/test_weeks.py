"""Looking back: what is counted over the weeks, and the picture of it."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from PIL import Image, ImageChops

from actions.evening.weeks import CARD, Look, enough_for_a_week, good_evenings, look, on_this_day, picture
from actions.store.evenings import ASKED, LEFT_OUT, QUESTION

SUNDAY = date(2026, 5, 10)
NAMES = {"trust": "Trust", "safety": "Safety", "closeness": "Closeness"}
NAMES |= {"kept": "Kept", "slipped": "It slipped", "told": "It slipped, I told"}


def evening(
    days_ago: int, *, answered: bool = True, state: str = ASKED, run: int | None = 1, **marks: object
) -> SimpleNamespace:
    """As much of an evening as looking back needs; a row of the table opens only in a transaction."""
    day = SUNDAY - timedelta(days=days_ago)
    return SimpleNamespace(
        date=day.isoformat(), state=state, kind=QUESTION, reason=None, run_id=run,
        answered_at=1.0 if answered else None, marks=json.dumps(marks) if marks else None,
    )  # fmt: skip


def drawn(seen: Look, **words: str) -> Image.Image:
    given = {"title": "Your weeks", "promise": "2 of 3 kept", "empty": "No numbers yet", **words}
    return Image.open(io.BytesIO(picture(seen, names=NAMES, **given)))


def colours(image: Image.Image) -> set[str]:
    return {f"#{red:02x}{green:02x}{blue:02x}" for _, (red, green, blue) in image.convert("RGB").getcolors(1 << 24)}


def same(one: Image.Image, other: Image.Image) -> bool:
    return one.size == other.size and ImageChops.difference(one.convert("RGB"), other.convert("RGB")).getbbox() is None


def test_evenings_of_the_week_are_counted_and_the_answered_ones_among_them() -> None:
    evenings = [
        evening(0),  # tonight is not over
        evening(1),
        evening(2, answered=False),
        evening(3, state=LEFT_OUT, answered=False),
        evening(7),
        evening(8),
    ]
    seen = look(evenings, SUNDAY)
    assert (seen.answered, seen.asked) == (2, 3)


@pytest.mark.parametrize("answers, enough", [(0, False), (1, False), (2, True), (3, True)])
def test_a_week_with_a_single_answer_is_not_looked_back_on(answers: int, enough: bool) -> None:
    evenings = [evening(ago, answered=ago <= answers) for ago in range(1, 7)]
    assert enough_for_a_week(evenings, SUNDAY) == enough
    assert not enough_for_a_week(evenings, SUNDAY + timedelta(days=14))


def test_the_mean_of_a_week_is_that_of_its_numbers_alone() -> None:
    evenings = [
        evening(1, trust=8),
        evening(2, trust=5, safety=3),
        evening(3),
        evening(9, trust=2),
        evening(10, trust=1),
    ]
    seen = look(evenings, SUNDAY)
    assert seen.mean_of("trust") == 6.5 and seen.mean_of("safety") == 3
    assert seen.mean_of("trust", weeks_ago=1) == 1.5
    assert seen.mean_of("closeness") is None and seen.mean_of("trust", weeks_ago=2) is None


@pytest.mark.parametrize("days_ago", range(0, 16))
def test_an_evening_counts_to_one_week_for_its_answer_and_for_its_number(days_ago: int) -> None:
    seen = look([evening(days_ago, trust=8)], SUNDAY)
    assert (seen.mean_of("trust") is not None) == (seen.answered == 1)


def test_a_number_of_nought_is_a_number() -> None:
    assert look([evening(1, trust=0)], SUNDAY).mean_of("trust") == 0


def test_the_numbers_of_eight_weeks_are_shown_the_oldest_first() -> None:
    seen = look([evening(ago, safety=ago % 11) for ago in range(100)], SUNDAY)
    days = [day for day, _ in seen.scales["safety"]]
    assert days == sorted(days) and len(days) == 56 and days[-1] == SUNDAY
    assert seen.scales["safety"][0] == (SUNDAY - timedelta(days=55), 0)
    assert "trust" not in seen.scales


def test_seventeen_of_twenty_one_kept_and_two_slips_told_first() -> None:
    outcomes = ["kept"] * 17 + ["told"] * 2 + ["slipped"] * 2
    evenings = [evening(ago, promise=outcome) for ago, outcome in enumerate(outcomes, start=1)]
    assert look([*evenings, evening(30, trust=3), evening(31)], SUNDAY).promise_counts == (17, 21, 2)


def test_a_promise_of_which_nothing_known_is_said_is_not_counted() -> None:
    assert look([evening(1, promise="dunno"), evening(2, promise="kept")], SUNDAY).promise_counts == (1, 1, 0)
    assert look([], SUNDAY).promise_counts == (0, 0, 0)


def test_an_old_look_back_knows_nothing_of_the_evenings_after_it() -> None:
    before = [evening(ago, trust=4, promise="kept") for ago in (15, 16)]
    after = [evening(ago, trust=9, promise="slipped") for ago in (1, 2, 3)]
    until = SUNDAY - timedelta(days=14)
    assert look([*after, *before], until) == look(before, until)
    assert good_evenings(after, until) == []


def test_good_evenings_are_those_of_the_last_weeks_with_high_numbers_the_best_first() -> None:
    best, good = evening(20, trust=9, safety=8), evening(2, closeness=6, promise="kept")
    others = [
        evening(1, trust=9, safety=2),  # 5.5 on the whole
        evening(3, trust=9, run=None),  # its words were erased, or there were none
        evening(28, trust=10),
        evening(4, promise="kept"),
        evening(5),
    ]
    assert good_evenings([*others, good, best], SUNDAY) == [best, good]


@pytest.mark.parametrize(
    "days, said", [(30, "A month ago"), (91, "Three months ago"), (182, "Half a year ago"), (365, "A year ago")]
)
def test_an_evening_of_this_day_long_ago_is_found(days: int, said: str) -> None:
    then = evening(days)
    assert on_this_day([evening(days - 1), then, evening(days + 1)], SUNDAY) == (said, then)


def test_the_longest_ago_comes_first_and_only_what_was_answered_counts() -> None:
    month, year = evening(30), evening(365)
    assert on_this_day([month, year], SUNDAY) == ("A year ago", year)
    assert on_this_day([month, evening(365, answered=False)], SUNDAY) == ("A month ago", month)
    assert on_this_day([evening(30, run=None), evening(29)], SUNDAY) is None


def eight_weeks() -> Look:
    evenings = [evening(ago, trust=5 + ago % 4, safety=3 + ago % 3, closeness=ago % 7) for ago in range(1, 56, 2)]
    evenings += [evening(ago, promise=("kept", "kept", "told", "slipped")[ago // 2 % 4]) for ago in range(2, 56, 2)]
    return look(sorted(evenings, key=lambda one: one.date, reverse=True), SUNDAY)


def test_the_picture_is_a_png_of_the_size_of_a_phone_card() -> None:
    seen = eight_weeks()
    assert drawn(seen).format == "PNG" and drawn(seen).size == (1080, 1020)
    assert drawn(replace(seen, promises=[])).size == (1080, 840)


def test_the_picture_shows_what_was_given_and_nothing_else() -> None:
    seen = eight_weeks()
    assert {CARD, "#ffcf87", "#8fd6c1", "#f29c9c"} <= colours(drawn(seen))
    only_trust = replace(seen, scales={"trust": seen.scales["trust"]}, promises=[])
    assert "#ffcf87" in colours(drawn(only_trust)) and "#f29c9c" not in colours(drawn(only_trust))


def test_the_same_evenings_give_the_same_picture_and_others_another() -> None:
    seen = eight_weeks()
    assert same(drawn(seen), drawn(seen))
    (day, number), *rest = seen.scales["trust"]
    others = [
        replace(seen, scales={**seen.scales, "trust": [(day, 10 - number), *rest]}),
        replace(seen, scales={"trust": seen.scales["trust"]}),
        replace(seen, promises=[(day, "slipped") for day, _ in seen.promises]),
        replace(seen, scales={}),
    ]
    assert not any(same(drawn(seen), drawn(other)) for other in others)


@pytest.mark.parametrize("word", ["title", "promise"])
def test_the_words_given_stand_in_the_picture(word: str) -> None:
    assert not same(drawn(eight_weeks()), drawn(eight_weeks(), **{word: "Other words"}))


def test_a_week_without_numbers_says_so_instead_of_an_empty_frame() -> None:
    assert not same(drawn(look([], SUNDAY), empty=""), drawn(look([], SUNDAY)))


def test_a_single_number_and_a_promise_of_long_ago_can_be_drawn() -> None:
    assert "#ffcf87" in colours(drawn(look([evening(1, trust=10)], SUNDAY)))
    assert drawn(look([evening(1, trust=10), evening(300, promise="kept")], SUNDAY)).size[0] == 1080
