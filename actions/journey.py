"""A person's progress as a picture: lights along a path that winds from night towards dawn.

A full light is a strategy that is done, a half light one that is begun, a ring one that is still open.
Every word in the picture is given by the caller; nothing here reads a clock, a store or the network.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from importlib.util import find_spec
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

# Measures, in pixels of the finished picture. A phone shows it at about a third of this size.
WIDTH, HEIGHT, SMOOTH = 1080, 1440, 2  # shapes are painted SMOOTH times larger, then reduced
FRAME, CORNER, RIM, MARGIN, BEYOND = 22, 56, 3, 92, 60  # the mat reaches BEYOND the picture's edge
PATH_TOP, PATH_BOTTOM, PATH_MIDDLE, PATH_SWAY, LIGHTS_PER_BEND = 316, 1150, 228, 84, 4
LIGHT, OUTLINE, HALO, STEP, STAR, STEPS_BETWEEN_LIGHTS = 28, 5, 72, 4, 3, (0.37, 0.5, 0.63)
ROW_REACH, ROW_RIGHT = 42, WIDTH - 66  # the soft band behind the row where the person is now
EDGE = 180  # how far Pillow counts from the middle of a radial gradient to its sides
HILLS = ((1236, 26, 0.9, 2.0), (1282, 20, 1.3, 0.2))  # height, swell, waves, shift
DAWN_CENTRE, DAWN_REACH = (790, 1300), (940, 440)
STARS = ((970, 76), (1022, 226), (1034, 428), (1036, 574), (64, 146), (92, 262), (84, 470))

# Letters: sizes run from the one we like to the smallest that a phone still shows well.
TITLE_SIZES, TITLE_CENTRE = range(62, 39, -2), 170
LABEL_SIZES, LABEL_GAP, NUMBER_GAP = range(42, 33, -2), 36, 20
FOOTER_SIZES, FOOTER_CENTRE = range(36, 33, -1), 1354
LINE_HEIGHT, ELLIPSIS, UNASSIGNED = 1.25, "…", "\uffff"
REGULAR, BOLD = "DejaVuSans.ttf", "DejaVuSans-Bold.ttf"

# Colours.
MAT, RIM_COLOUR, DAWN, HILL_COLOURS = "#12162a", "#5b587f", "#d07a5c", ("#3a2f4e", "#252440")
SKY = ((34, 39, 70), (58, 50, 84), (76, 54, 84))  # from the top of the card to the bottom
TEXT, QUIET_TEXT, STEP_COLOUR, WARM, ROW_COLOUR = "#fdf5e8", "#e6dde2", "#a79bb8", "#ffcf87", "#fff0dc20"
HALO_STRENGTH, DAWN_STRENGTH = 0.85, 0.74

Font = ImageFont.FreeTypeFont
Point = tuple[float, float]


class State(str, Enum):
    """How far a person has come with one strategy."""

    DONE = "done"
    BEGUN = "begun"
    OPEN = "open"


@dataclass(frozen=True)
class Light:
    """One strategy on the path; ``current`` marks the one where the person is now."""

    number: int
    short: str
    state: State
    current: bool = False


def draw(lights: Sequence[Light], *, title: str, footer: str) -> bytes:
    """Return the picture as PNG bytes; equal input gives equal bytes."""
    places = [_place(index, len(lights)) for index in range(len(lights))]
    painting = _evening(len(lights)).copy()
    for light, place in zip(lights, places, strict=True):
        _draw_light(painting, light, place)
    picture = painting.reduce(SMOOTH)
    for light, place in zip(lights, places, strict=True):
        _draw_label(picture, light, place)
    _draw_lines(picture, title, TITLE_CENTRE, BOLD, TITLE_SIZES, TEXT)
    _draw_lines(picture, footer, FOOTER_CENTRE, REGULAR, FOOTER_SIZES, QUIET_TEXT)
    return _png(picture)


def _png(picture: Image.Image) -> bytes:
    """The picture in the 256 colours that suit it best: a third of the bytes, and no slower to write."""
    sample = picture.resize((WIDTH // 4, HEIGHT // 4), Image.Resampling.NEAREST)
    png = BytesIO()
    picture.quantize(palette=sample.quantize(kmeans=1), dither=Image.Dither.NONE).save(png, "PNG")
    return png.getvalue()


@lru_cache(maxsize=2)
def _evening(count: int) -> Image.Image:
    """Sky, dawn, path and hills, painted large: the same for everyone, so painted once."""
    sky = Image.new("RGB", (1, len(SKY)))
    sky.putdata(SKY)
    column = sky.resize(_large(1 / SMOOTH, HEIGHT), Image.Resampling.BICUBIC)
    card = column.resize(_large(WIDTH, HEIGHT), Image.Resampling.NEAREST)
    _shine(card, DAWN_CENTRE, DAWN_REACH, DAWN, DAWN_STRENGTH)
    pen = ImageDraw.Draw(card)
    for star in STARS:
        pen.ellipse(_around(star, STAR), STEP_COLOUR)
    for step in (index + part for index in range(count) for part in STEPS_BETWEEN_LIGHTS):
        pen.ellipse(_around(_place(step, count), STEP), STEP_COLOUR)
    for (height, swell, waves, shift), colour in zip(HILLS, HILL_COLOURS, strict=True):
        ridge = [height - swell * math.sin(shift + math.tau * waves * x / WIDTH) for x in range(WIDTH + 1)]
        pen.polygon([_large(*corner) for corner in [*enumerate(ridge), (WIDTH, HEIGHT), (0, HEIGHT)]], colour)
    for edge, width, colour in ((-BEYOND, BEYOND + FRAME, MAT), (FRAME, RIM, RIM_COLOUR)):
        box, corner = _large(edge, edge, WIDTH - edge, HEIGHT - edge), (CORNER + FRAME - edge) * SMOOTH
        pen.rounded_rectangle(box, corner, outline=colour, width=width * SMOOTH)
    return card


def _place(index: float, count: int) -> Point:
    """Where on the path a light stands; fractions lie between two lights."""
    apart = (PATH_BOTTOM - PATH_TOP) / max(count - 1, 1)
    return PATH_MIDDLE + PATH_SWAY * math.sin(math.pi * index / LIGHTS_PER_BEND), PATH_TOP + apart * index


def _draw_light(painting: Image.Image, light: Light, place: Point) -> None:
    """Done is full and glows, begun is half full, open is a ring."""
    if light.current:
        band = _large(place[0] - ROW_REACH, place[1] - ROW_REACH, ROW_RIGHT, place[1] + ROW_REACH)
        ImageDraw.Draw(painting, "RGBA").rounded_rectangle(band, ROW_REACH * SMOOTH, ROW_COLOUR)
    if light.state == State.DONE:
        _shine(painting, place, (HALO, HALO), WARM, HALO_STRENGTH)
    pen, disc = ImageDraw.Draw(painting), _around(place, LIGHT)
    pen.ellipse(disc, outline=QUIET_TEXT if light.state == State.OPEN else WARM, width=OUTLINE * SMOOTH)
    if light.state != State.OPEN:
        pen.chord(disc, -90, 90 if light.state == State.BEGUN else 270, WARM)


def _draw_label(picture: Image.Image, light: Light, place: Point) -> None:
    pen, number, left = ImageDraw.Draw(picture), str(light.number), place[0] + LIGHT + LABEL_GAP
    weight = BOLD if light.current else REGULAR
    font = _font(weight, LABEL_SIZES[0])
    colour = QUIET_TEXT if light.state == State.OPEN and not light.current else TEXT
    pen.text((left, place[1]), number, colour, font, anchor="lm")
    left += font.getlength(number) + NUMBER_GAP
    (name,), font = _fit(light.short, weight, LABEL_SIZES, WIDTH - MARGIN - left, most_lines=1)
    pen.text((left, place[1]), name, colour, font, anchor="lm")


def _draw_lines(picture: Image.Image, text: str, centre: int, weight: str, sizes: range, colour: str) -> None:
    """Words in the middle of the card, on one line or two."""
    lines, font = _fit(text, weight, sizes, WIDTH - 2 * MARGIN, most_lines=2)
    for index, line in enumerate(lines):
        middle = centre + (index - (len(lines) - 1) / 2) * font.size * LINE_HEIGHT
        ImageDraw.Draw(picture).text((WIDTH / 2, middle), line, colour, font, anchor="mm")


def _fit(text: str, weight: str, sizes: range, width: float, most_lines: int) -> tuple[list[str], Font]:
    """The text in lines as large as fits; cut short only where it is too long even in the smallest size."""
    words = _legible(text).split()
    for font in (_font(weight, size) for size in sizes):
        lines = _wrap(words, font, width, most_lines)
        if all(font.getlength(line) <= width for line in lines):
            break
    return [_shorten(line, font, width) for line in lines], font


def _wrap(words: list[str], font: Font, width: float, most_lines: int) -> list[str]:
    """All on one line if that fits; otherwise, where allowed, on two lines of about the same length."""
    whole = " ".join(words)
    if most_lines == 1 or len(words) < 2 or font.getlength(whole) <= width:
        return [whole]
    pairs = [(" ".join(words[:end]), " ".join(words[end:])) for end in range(1, len(words))]
    pairs = [pair for pair in pairs if font.getlength(pair[0]) <= width] or pairs[:1]
    return list(min(pairs, key=lambda pair: max(map(font.getlength, pair))))


def _shorten(line: str, font: Font, width: float) -> str:
    shown = line
    while line and font.getlength(shown) > width:
        line = line.rsplit(" ", 1)[0] if " " in line else line[:-1]
        shown = line + ELLIPSIS
    return shown


def _legible(text: str) -> str:
    """The text without the signs that the font could only show as empty boxes, such as most emoji."""
    font = _font(REGULAR, LABEL_SIZES[0])
    box = bytes(font.getmask(UNASSIGNED))
    return "".join(sign for sign in text if sign.isspace() or bytes(font.getmask(sign)) != box)


@lru_cache(maxsize=32)
def _font(weight: str, size: int) -> Font:
    """A font from matplotlib's files, found without importing matplotlib, which is slow."""
    package = find_spec("matplotlib")
    assert package and package.submodule_search_locations
    return ImageFont.truetype(f"{package.submodule_search_locations[0]}/mpl-data/fonts/ttf/{weight}", size)


def _shine(painting: Image.Image, centre: Point, reach: Point, colour: str, strength: float) -> None:
    """Light that fades with the distance from its centre."""
    glow = Image.radial_gradient("L").point(lambda away: round(255 * strength * max(0, 1 - away / EDGE) ** 2))
    corner = _large(centre[0] - reach[0], centre[1] - reach[1])
    painting.paste(colour, corner, glow.resize(_large(2 * reach[0], 2 * reach[1]), Image.Resampling.BILINEAR))


def _around(centre: Point, radius: float) -> tuple[int, ...]:
    return _large(centre[0] - radius, centre[1] - radius, centre[0] + radius, centre[1] + radius)


def _large(*measures: float) -> tuple[int, ...]:
    return tuple(round(measure * SMOOTH) for measure in measures)
