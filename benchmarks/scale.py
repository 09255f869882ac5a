"""What a million people would take, from measured figures: `python -m benchmarks.scale` writes `docs/scale.md`.

Reads what `python -m benchmarks.fleet` left in `results/fleet.json`; what people do is assumed, and said.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path

import click

from bot.settings import ROOT

RESULTS, PAGE = Path(__file__).parent / "results", Path(__file__).parent / "scale_page.md"
DAY, HOUR, GIGABYTE = 86_400, 3_600, 1e9


@dataclass(frozen=True)
class People:
    """What people are taken to do. None of it is measured: nobody has run Mend for so many."""

    known: int = 1_000_000  #: who has ever begun and has not been erased
    here: float = 0.2  #: of them, who writes in a given week
    turns: float = 3.0  #: turns a day of someone who is here
    evenings: float = 0.5  #: of those, who has the evening question
    evening_hours: float = 3.0  #: the hours in which …
    evening_share: float = 0.6  #: … so much of a day's turns falls, in each zone
    zone: float = 0.35  #: who lives in the zone with most people
    same_minute: float = 0.2  #: of the evening questions of a zone, those that are due in the same minute (21:00)
    replies: float = 1.6  #: messages that a turn answers with
    kept_days: float = 90.0  #: after which a reply is thrown away


#: Messages a second that Telegram lets a bot send, and that it may send when the operator pays for it; what one costs
#: then, in Stars. From https://core.telegram.org/bots/faq (broadcasting).
FREE, PAID, STARS = 30, 1_000, 0.1


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--out", default=ROOT / "docs" / "scale.md", type=click.Path(path_type=Path, dir_okay=False))
def main(out: Path) -> None:
    """Write down what a million people would take."""
    fleet = json.loads((RESULTS / "fleet.json").read_text())
    out.write_text(paper(fleet, People()))
    click.echo(f"Written to {out}.")


def paper(fleet: dict, people: People) -> str:
    """The page."""
    alone = fleet["workers"][0]
    receiver = fleet["receiver"]
    here = people.known * people.here
    turns = here * people.turns
    peak = people.zone * turns * people.evening_share / (people.evening_hours * HOUR)
    all_at_once = turns * people.evening_share / (people.evening_hours * HOUR)
    worker = alone["workers_cpu_ms"] / 1000
    elsewhere = alone["others_cpu_ms"] / 1000
    workers = math.ceil(peak * worker / 0.6)
    questions = here * people.evenings
    minute = questions * people.zone * people.same_minute
    daily = turns * alone["database_bytes"] / GIGABYTE
    row = "| {} | {} | {} |".format
    measured = [
        row("a turn, in a worker", f"{alone['workers_cpu_ms']:.0f} ms of one core", "`benchmarks.fleet`"),
        row("a turn, elsewhere (database, receiver, and the stand-ins for people and Telegram)",
            f"{alone['others_cpu_ms']:.0f} ms", "the same"),
        row("one worker, with all the others on its two cores", f"{alone['turns_a_second']:.0f} turns a second",
            "the same"),
        row("the receiver", f"{receiver['updates_a_second']:.0f} updates a second, {receiver['peak_mb']:.0f} MB",
            "the same"),
        row("what a turn leaves in the database", f"{alone['database_bytes'] / 1000:.1f} kB, indexes included",
            "the same"),
    ]  # fmt: skip
    needed = [
        row("people who are here", f"{here:,.0f} in a week", f"{people.here:.0%} of all"),
        row("turns a day", f"{turns:,.0f}", f"{people.turns:g} each"),
        row("turns a second at the peak", f"{peak:.0f}",
            f"the largest zone alone, {people.evening_share:.0%} of its day within {people.evening_hours:g} hours"),
        row("… if all zones were one", f"{all_at_once:.0f}", ""),
        row("cores for workers", f"{workers}", "60 % busy at the peak"),
        row("cores for the database and the receiver", f"{math.ceil(peak * elsewhere / 0.6)} at most",
            "the stand-ins are in the measured figure"),
        row("messages a second at the peak", f"{peak * people.replies:.0f}", f"{people.replies:g} a turn"),
        row("evening questions a day", f"{questions:,.0f}", f"{people.evenings:.0%} of those who are here"),
        row("… due in one minute", f"{minute:,.0f}", f"{people.same_minute:.0%} of the largest zone at one hour"),
        row("… sent at Telegram's usual pace, beside no replies", f"{minute / FREE / 60:.0f} minutes",
            f"{FREE} messages a second"),
        row("… as paid broadcasts", f"{minute / PAID:.0f} seconds, for {minute * STARS:,.0f} Stars",
            f"up to {PAID:,} a second, {STARS:g} Stars each"),
        row("growth of the database", f"{daily:.1f} GB a day", ""),
        row("… after three months", f"about {daily * people.kept_days:,.0f} GB",
            f"from then on replies of {people.kept_days:g} days ago go; answers stay until they are erased"),
    ]  # fmt: skip
    return PAGE.read_text().format(
        date=fleet["at"], cores=fleet["processors"], known=people.known, measured="\n".join(measured),
        needed="\n".join(needed), free=FREE, messages=peak * people.replies, minute=minute,
    )  # fmt: skip


if __name__ == "__main__":
    main()
