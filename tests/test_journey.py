"""What a person would notice about the picture of their path."""

from __future__ import annotations

import subprocess
import sys
import time
from io import BytesIO
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageColor

from actions import journey
from actions.journey import Light, State, draw

TITLE, FOOTER = "A title", "A footer"
LONG = "Words that go on and on about the way that the two of them have been walking together " * 3
WIDEST = "W" * 16
LIGHT_TELEGRAM, DARK_TELEGRAM = (255, 255, 255), (23, 33, 43)


def ten(state: State = State.OPEN, short: str = "A strategy", current: int | None = None) -> list[Light]:
    return [Light(number, short, state, number == current) for number in range(1, 11)]


def picture(lights: list[Light], title: str = TITLE, footer: str = FOOTER) -> Image.Image:
    return Image.open(BytesIO(draw(lights, title=title, footer=footer))).convert("RGB")


def around_light(image: Image.Image, index: int = 0, reach: int = journey.LIGHT) -> Image.Image:
    x, y = map(round, journey._place(index, 10))
    return image.crop((x - reach, y - reach, x + reach, y + reach))


def difference(one: Image.Image, other: Image.Image) -> Image.Image:
    """White where the two pictures differ enough to be seen."""
    return ImageChops.difference(one, other).convert("L").point(lambda value: 255 if value > 40 else 0)


def share_lit(image: Image.Image) -> float:
    """How much of the light is filled, judged by brightness alone."""
    brightness = around_light(image).convert("L").histogram()
    return sum(brightness[150:]) / sum(brightness)


def contrast(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    """The contrast ratio of WCAG 2."""

    def luminance(colour: tuple[int, ...]) -> float:
        parts = [value / 255 for value in colour[:3]]
        red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    dark, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dark + 0.05)


def colours(image: Image.Image) -> list[tuple[int, ...]]:
    return [colour for _, colour in image.getcolors(image.width * image.height)]


def test_it_is_a_png_that_fits_a_phone() -> None:
    image = Image.open(BytesIO(draw(ten(), title=TITLE, footer=FOOTER)))
    assert (image.format, image.width) == ("PNG", 1080)
    assert image.height <= 1.5 * image.width
    assert "transparency" not in image.info


@pytest.mark.parametrize("state", State)
def test_it_stays_small_even_with_a_lot_to_say(state: State) -> None:
    lights = [Light(n, "Qwerty Ügmß &@WM", state, n == 7) for n in range(1, 11)]
    assert len(draw(lights, title=LONG, footer=LONG)) < 200_000


def test_equal_input_gives_equal_bytes_and_other_input_does_not() -> None:
    first = draw(ten(current=3), title=TITLE, footer=FOOTER)
    journey._evening.cache_clear()
    assert draw(ten(current=3), title=TITLE, footer=FOOTER) == first
    assert draw(ten(current=4), title=TITLE, footer=FOOTER) != first


def test_it_is_drawn_while_nobody_waits() -> None:
    def seconds() -> float:
        start = time.perf_counter()
        draw(ten(State.DONE), title=TITLE, footer=FOOTER)
        return time.perf_counter() - start

    assert min(seconds() for _ in range(5)) < 0.3


def test_drawing_does_not_import_matplotlib() -> None:
    script = (
        "import sys; from actions.journey import Light, State, draw;"
        "draw([Light(1, 'A', State.DONE)], title='T', footer='F'); sys.exit('matplotlib' in sys.modules)"
    )
    root = Path(__file__).parents[1]
    assert subprocess.run([sys.executable, "-c", script], cwd=root, check=False, timeout=60).returncode == 0


def test_the_states_differ_without_colour() -> None:
    lit = {state: share_lit(picture(ten(state))) for state in State}
    assert lit[State.OPEN] + 0.15 < lit[State.BEGUN] < lit[State.DONE] - 0.15


@pytest.mark.parametrize("one, other", combinations(State, 2))
def test_the_states_differ_at_the_size_of_a_phone(one: State, other: State) -> None:
    small = [picture(ten(state)).resize((360, 480), Image.Resampling.LANCZOS) for state in (one, other)]
    assert sum(difference(*small).histogram()[255:]) > 10 * 40  # forty visible pixels for each of ten lights


def test_a_state_read_back_as_a_plain_word_is_drawn_alike() -> None:
    plain = [Light(light.number, light.short, light.state.value) for light in ten(State.DONE)]
    assert draw(plain, title=TITLE, footer=FOOTER) == draw(ten(State.DONE), title=TITLE, footer=FOOTER)


@pytest.mark.parametrize("state", State)
def test_where_the_person_is_now_is_marked_without_hiding_the_state(state: State) -> None:
    here, elsewhere = picture(ten(state, current=1)), picture(ten(state))
    assert difference(here, elsewhere).getbbox()
    assert share_lit(here) == pytest.approx(share_lit(elsewhere), abs=0.05)


def test_all_ten_are_within_the_picture_apart_from_each_other_and_in_order() -> None:
    full, ring = picture(ten(State.DONE)), picture(ten(State.OPEN))
    places = [journey._place(index, 10) for index in range(10)]
    for index, (x, y) in enumerate(places):
        assert journey.MARGIN < x < journey.WIDTH / 2 and journey.LIGHT < y < journey.HEIGHT - journey.LIGHT
        assert difference(around_light(full, index), around_light(ring, index)).getbbox()
    assert all(above[1] + 2 * journey.LIGHT < below[1] for above, below in pairwise(places))


@pytest.mark.parametrize("title", ["Short", LONG, "Donaudampfschifffahrtsgesellschaft" * 3, WIDEST * 5 + " " + LONG])
def test_every_word_stays_between_the_margins(title: str) -> None:
    empty = picture(ten(short=""), title="", footer="")
    words = difference(picture(ten(short=WIDEST), title=title, footer=title), empty).getbbox()
    assert words is not None
    left, top, right, bottom = words
    assert left >= journey.MARGIN - 4 and right <= journey.WIDTH - journey.MARGIN + 4
    assert top > 2 * journey.FRAME and bottom < journey.HEIGHT - journey.FRAME - journey.RIM


def test_a_long_title_does_not_touch_the_first_light() -> None:
    titled = difference(picture(ten(), title=LONG), picture(ten(), title="")).getbbox()
    assert titled is not None and titled[3] < journey.PATH_TOP - journey.HALO / 2


def test_letters_are_never_too_small_for_a_phone() -> None:
    assert min(*journey.TITLE_SIZES, *journey.LABEL_SIZES, *journey.FOOTER_SIZES) >= 34


@pytest.mark.parametrize(
    "text", ["", " ", "שלום לכם", "مرحبا بكم", "👩‍👩‍👧 🌙", "中文", "e\u0301", "\u202eab", "a\nb\tc", "\x00"]
)
def test_no_script_breaks_it(text: str) -> None:
    assert picture(ten(short=text), title=text, footer=text).width == journey.WIDTH


def test_an_emoji_leaves_no_empty_box() -> None:
    assert draw(ten(), title="Home 🌙", footer=FOOTER) == draw(ten(), title="Home", footer=FOOTER)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_shorter_path_can_be_drawn(count: int) -> None:
    assert picture(ten()[:count]).height == journey.HEIGHT


@pytest.mark.parametrize("current", [None, 1, 9, 10])
def test_the_names_stand_out_from_what_is_behind_them(current: int | None) -> None:
    image = picture(ten(short="", current=current), title="", footer="")
    name = journey.LIGHT + journey.LABEL_GAP + 80  # to the right of the number
    for index, light in enumerate(ten(current=current)):
        x, y = map(round, journey._place(index, 10))
        row = image.crop((x + name, y - 24, journey.WIDTH - journey.MARGIN, y + 24))
        ink = ImageColor.getrgb(journey.TEXT if light.current else journey.QUIET_TEXT)
        assert min(contrast(ink, behind) for behind in colours(row)) >= 4.5


@pytest.mark.parametrize("box, ink", [((92, 100, 988, 240), "TEXT"), ((92, 1310, 988, 1400), "QUIET_TEXT")])
def test_title_and_footer_stand_out_from_what_is_behind_them(box: tuple[int, ...], ink: str) -> None:
    behind = picture(ten(short=""), title="", footer="").crop(box).resize((90, 14), Image.Resampling.BOX)
    assert min(contrast(ImageColor.getrgb(getattr(journey, ink)), colour) for colour in colours(behind)) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT_TELEGRAM, DARK_TELEGRAM])
def test_the_card_has_an_edge_in_either_theme(theme: tuple[int, ...]) -> None:
    rim = picture(ten()).getpixel((journey.FRAME + 1, journey.HEIGHT // 2))
    assert contrast(rim, theme) > 1.5
