"""Looking back over evenings: what is counted, and the picture of it. Pure: evenings in, words and a picture out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from io import BytesIO
from statistics import mean
from typing import Any

from actions.evening.questions import KEPT, OUTCOMES, SCALES, TOLD
from actions.store.evenings import ASKED, DECLINED, GOODBYE, LOOK_BACK, marks_of
from actions.store.models import Evening

#: Evenings of the last week that must have an answer before there is something to look back on.
FEWEST = 2
WEEK, WEEKS_SHOWN = 7, 8
#: A scale's mean from which an evening was a good one.
GOOD = 6
#: Dates ago that are worth a look: a month, a quarter, half a year, a year.
AGO = {30: "A month ago", 91: "Three months ago", 182: "Half a year ago", 365: "A year ago"}


@dataclass(frozen=True)
class Look:
    """What stands in a weekly look-back."""

    until: date
    answered: int  #: evenings of this week with an answer
    asked: int
    scales: dict[str, list[tuple[date, int]]] = field(default_factory=dict)
    promises: list[tuple[date, str]] = field(default_factory=list)  #: kept, slipped or told, by date

    @property
    def promise_counts(self) -> tuple[int, int, int]:
        """Evenings on which the promise was kept, all on which it was asked about, and slips told first."""
        outcomes = [outcome for _, outcome in self.promises]
        return outcomes.count(KEPT), len(outcomes), outcomes.count(TOLD)

    @property
    def dots(self) -> list[tuple[date, str]]:
        """The promises of the weeks that the picture shows."""
        since = self.until - timedelta(days=WEEK * WEEKS_SHOWN)
        return [(day, outcome) for day, outcome in self.promises if day > since]

    def mean_of(self, scale: str, weeks_ago: int = 0) -> float | None:
        """The mean of a scale in a week; nothing when no number was given."""
        last = self.until - timedelta(days=WEEK * weeks_ago)
        values = [value for day, value in self.scales.get(scale, []) if last - timedelta(days=WEEK) < day <= last]
        return mean(values) if values else None


def enough_for_a_week(evenings: Sequence[Evening], until: date) -> bool:
    """Whether the week up to `until` has enough answers to look back on."""
    return sum(map(_is_answered, _week(evenings, until))) >= FEWEST


def look(evenings: Sequence[Evening], until: date) -> Look:
    """What can be said of the evenings up to `until`, the newest first."""
    evenings = [one for one in evenings if one.date <= until.isoformat()]
    week = _week(evenings, until)
    since = until - timedelta(days=WEEK * WEEKS_SHOWN)
    marks = [(date.fromisoformat(one.date), marks_of(one)) for one in reversed(evenings)]
    return Look(
        until=until,
        answered=sum(map(_is_answered, week)),
        asked=len(week),
        scales={
            scale: shown
            for scale in SCALES
            if (shown := [(day, mark[scale]) for day, mark in marks if scale in mark and day > since])
        },
        promises=[(day, mark["promise"]) for day, mark in marks if mark.get("promise") in OUTCOMES],
    )


def good_evenings(evenings: Sequence[Evening], until: date) -> list[Evening]:
    """Evenings of the last weeks whose numbers were high, the best first."""
    since, today = (until - timedelta(days=WEEK * 4)).isoformat(), until.isoformat()
    shown = [one for one in evenings if since < one.date <= today and one.run_id]
    rated = [(one, [value for name, value in marks_of(one).items() if name in SCALES]) for one in shown]
    good = [(mean(values), one) for one, values in rated if values]
    return [one for value, one in sorted(good, key=lambda pair: (-pair[0], pair[1].date)) if value >= GOOD]


def on_this_day(evenings: Sequence[Evening], until: date) -> tuple[str, Evening] | None:
    """An answered evening a month, a quarter, half a year or a year ago, the longest ago first."""
    by_date = {one.date: one for one in evenings if one.run_id and one.answered_at is not None}
    for days, said in sorted(AGO.items(), reverse=True):
        found = by_date.get((until - timedelta(days=days)).isoformat())
        if found is not None:
            return said, found
    return None


def _is_answered(evening: Evening) -> bool:
    return evening.answered_at is not None and evening.reason != DECLINED


def _week(evenings: Sequence[Evening], until: date) -> list[Evening]:
    first = (until - timedelta(days=WEEK)).isoformat()
    asked = [one for one in evenings if one.state == ASKED and one.kind not in (LOOK_BACK, GOODBYE)]
    return [one for one in asked if first < one.date <= until.isoformat()]


# -- the picture -------------------------------------------------------------------------------------------------------

#: Days left free on both sides of the picture.
ROOM = 0.6
#: One dark card, like the picture of the ten: it reads the same in a light and in a dark chat.
CARD, GRID, TEXT, QUIET = "#222746", "#3f4468", "#fdf5e8", "#c9c0d4"
LINES = {"trust": ("#ffcf87", "o"), "safety": ("#8fd6c1", "s"), "closeness": ("#f29c9c", "^")}
DOTS = {"kept": ("#ffcf87", "o"), "told": ("#8fd6c1", "D"), "slipped": ("#c9c0d4", "x")}


def picture(look: Look, *, title: str, names: dict[str, str], promise: str, empty: str) -> bytes:
    """The scales over the weeks, and a dot for each promise evening, as PNG bytes.

    `names` are what the scales and the outcomes are called.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.dates import date2num
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.2, 6.8 if look.promises else 5.6), dpi=150, facecolor=CARD)
    FigureCanvasAgg(figure)
    dots = look.dots
    heights = [4, 1] if dots else [4]
    shape = {"height_ratios": heights, "hspace": 0.55, "left": 0.07, "right": 0.945, "bottom": 0.07, "top": 0.83}
    rows = figure.subplots(len(heights), 1, sharex=True, squeeze=False, gridspec_kw=shape)
    scales, days = rows[0][0], _days(look)
    figure.suptitle(title, color=TEXT, fontsize=19, x=0.5, y=0.97)
    for scale, (colour, mark) in LINES.items():
        points = look.scales.get(scale, [])
        if points:
            scales.plot(*zip(*points), color=colour, marker=mark, markersize=8, linewidth=2.4, label=names[scale])
    scales.set(ylim=(-0.6, 10.6), yticks=range(0, 11, 2), xlim=(date2num(days[0]) - ROOM, date2num(days[1]) + ROOM))
    if look.scales:
        scales.legend(
            loc="lower center", bbox_to_anchor=(0.5, 1.0), ncol=3, frameon=False, labelcolor=TEXT, fontsize=13
        )
    else:
        scales.text(0.5, 0.5, empty, color=TEXT, fontsize=14, ha="center", va="center", transform=scales.transAxes)
    if dots:
        _promises(rows[1][0], dots, promise, names)
    for axes in (row[0] for row in rows):
        axes.set_facecolor(CARD)
        axes.set_axisbelow(True)
        axes.tick_params(colors=QUIET, labelsize=12, length=0)
        if look.scales or axes is not scales:
            axes.grid(color=GRID, linewidth=0.8)
        for spine in axes.spines.values():
            spine.set_visible(False)
    apart = max(1, (days[1] - days[0]).days // 4)
    shown = [days[1] - timedelta(days=apart * step) for step in range((days[1] - days[0]).days // apart + 1)]
    rows[-1][0].set_xticks(shown)
    rows[-1][0].set_xticklabels([f"{day:%-d %b}" for day in shown])
    png = BytesIO()
    figure.savefig(png, format="png", facecolor=CARD)
    return png.getvalue()


def _promises(axes: Any, dots: list[tuple[date, str]], title: str, names: dict[str, str]) -> None:
    for outcome, (colour, mark) in DOTS.items():
        shown = [day for day, said in dots if said == outcome]
        if shown:
            axes.scatter(shown, [0] * len(shown), color=colour, marker=mark, s=80, zorder=3, label=names[outcome])
    axes.set(yticks=[], ylim=(-1, 1))
    axes.set_title(title, color=TEXT, fontsize=13, pad=30)
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 0.95), ncol=3, frameon=False, labelcolor=QUIET, fontsize=11)


def _days(look: Look) -> tuple[date, date]:
    """The first and the last day of the picture: at least a week, at most eight."""
    seen = [day for points in look.scales.values() for day, _ in points] + [day for day, _ in look.promises]
    first = max(min(seen, default=look.until), look.until - timedelta(days=WEEK * WEEKS_SHOWN))
    return min(first, look.until - timedelta(days=WEEK)), look.until
