"""Who can help: every number with its source and its day, and none that nobody has looked at for a year."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from actions import lifelines
from actions.content import ContentError
from actions.lifelines import people
from actions.moment import Tools
from actions.safety.helplines import Helplines, read_helplines
from bot.check import checks
from bot.house import read_content
from bot.settings import ROOT

FILE = ROOT / "data" / "helplines.yml"
DROP = object()
TODAY = dt.date(2027, 6, 1)
COUNTRIES = {
    "GB": {"label": "United Kingdom", "names": ["uk", "england"]},
    "CA": {"label": "Canada", "names": ["canadian"]},
}
LINE = {
    "country": "GB",
    "topic": "suicide",
    "name": "The night line",
    "phone": "116 123",
    "languages": ["en"],
    "source": "https://night.example/contact",
    "verified_on": TODAY,
}
SHELTERS = {
    "name": "Shelters of Canada",
    "country": "CA",
    "url": "https://shelters.example",
    "topics": ["suicide", "abuse"],
    "source": "https://shelters.example/about",
    "verified_on": TODAY,
}
EVERYWHERE = {
    "name": "Lines of the world",
    "url": "https://world.example",
    "topics": ["suicide", "abuse"],
    "source": "https://world.example/about",
    "verified_on": TODAY,
}

Read = Callable[..., Helplines]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the file under test is written."""
    return tmp_path / "helplines.yml"


@pytest.fixture
def read(path: Path) -> Read:
    """Reads a file of these entries."""

    def read(*lines: dict[str, Any], directories: tuple[dict[str, Any], ...] = (EVERYWHERE,)) -> Helplines:
        whole = {"countries": COUNTRIES, "directories": list(directories), "helplines": list(lines or [LINE])}
        path.write_text(yaml.safe_dump(whole, allow_unicode=True), encoding="utf-8")
        return read_helplines(path)

    return read


@pytest.fixture(scope="module")
def tools() -> Tools:
    """What sentences are made with."""
    return read_content().tools(None, float)


def changed(entry: dict[str, Any], key: str, to: Any) -> dict[str, Any]:
    return {name: value for name, value in {**entry, key: to}.items() if value is not DROP}


def on(tools: Tools, helplines: Helplines, day: dt.date) -> Tools:
    """The same, with these helplines and on this day."""
    now = dt.datetime(day.year, day.month, day.day, 12, tzinfo=dt.timezone.utc).timestamp()
    return replace(tools, helplines=helplines, now=lambda: now)


# -- the file that ships ---------------------------------------------------------------------------------------------


def test_every_number_has_its_source_its_day_and_what_was_seen_there() -> None:
    helplines = read_helplines(FILE)
    entries = [*helplines.directories, *helplines.lines]
    assert all(one.source.startswith("https://") and one.verified_on >= dt.date(2026, 1, 1) for one in entries)
    paragraphs = FILE.read_text("utf-8").split("\ndirectories:\n")[1].split("\n  - ")
    assert len(paragraphs) == len(entries) + 1
    assert [one for one in paragraphs[:-1] if "# seen: " not in one] == [], "what the page says stands above its entry"


def test_every_country_that_can_be_chosen_has_an_emergency_number_and_someone_for_life_and_for_abuse() -> None:
    helplines = read_helplines(FILE)
    for code, label in helplines.countries.items():
        assert helplines.emergency(code, TODAY), label
        assert helplines.country(label) == helplines.country(code) == code
    for topic in ("suicide", "abuse"):
        assert [one for one in helplines.directories if topic in one.topics and one.serves(None)]


@pytest.mark.parametrize("said, code", [("UK", "GB"), ("the states", "US"), ("Éire", None), ("holland!", "NL")])
def test_a_country_is_known_by_what_people_call_it(said: str, code: str | None) -> None:
    assert read_helplines(FILE).country(said) == code


# -- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "key, to, named",
    [
        ("phone", "call us", "phone: is no phone number"),
        ("phone", "0800 REFUGE", "phone: is no phone number"),
        ("phone", "116 123 or 999", "phone: is no phone number"),
        ("phone", 999, "phone: must be a text"),
        ("phone", DROP, "needs a phone, a text or a chat"),
        ("country", "XX", "country: no such country"),
        ("topic", "loneliness", "topic: must be one of"),
        ("fax", "116 123", "unknown key 'fax'"),
        ("source", DROP, "the key 'source' is missing"),
        ("source", "http://night.example/contact", "source: must be an address that begins with https://"),
        ("source", "a friend told me", "source: must be an address that begins with https://"),
        ("verified_on", DROP, "the key 'verified_on' is missing"),
        ("verified_on", "2027-05-01", "verified_on: must be a day"),
        ("verified_on", dt.datetime(2027, 5, 1, 9), "verified_on: must be a day"),
        ("languages", [], "languages: must be a list"),
        ("name", " ", "name: must be a text"),
    ],
)
def test_a_wrong_line_is_refused_with_file_and_key(read: Read, path: Path, key: str, to: Any, named: str) -> None:
    with pytest.raises(ContentError) as refused:
        read({**LINE, "name": "One that is right"}, changed(LINE, key, to))
    assert f"{path}: helplines[2]" in str(refused.value) and named in str(refused.value)


@pytest.mark.parametrize(
    "key, to, named",
    [
        ("url", "http://world.example", "url: must be an address that begins with https://"),
        ("source", "world.example", "source: must be an address that begins with https://"),
        ("topics", ["suicide", "debts"], "topics: unknown: debts"),
        ("country", "XX", "country: no such country"),
        ("phone", "116 123", "unknown key 'phone'"),
        ("verified_on", "long ago", "verified_on: must be a day"),
    ],
)
def test_a_wrong_directory_is_refused_with_file_and_key(read: Read, path: Path, key: str, to: Any, named: str) -> None:
    with pytest.raises(ContentError) as refused:
        read(directories=(changed(EVERYWHERE, key, to),))
    assert f"{path}: directories[1]" in str(refused.value) and named in str(refused.value)


def test_a_line_that_stands_there_twice_is_refused_and_one_name_in_two_countries_is_not(read: Read) -> None:
    assert len(read(LINE, {**LINE, "country": "CA"}, {**LINE, "topic": "abuse"}).lines) == 3
    with pytest.raises(ContentError, match=r"helplines\.yml: helplines: The night line .* twice"):
        read(LINE, {**LINE, "phone": "116 124"})


# -- what is shown, and when -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "age, number, date",
    [(0, True, False), (180, True, False), (181, True, True), (365, True, True), (366, False, False)],
)
def test_an_old_number_is_shown_with_its_date_and_a_very_old_one_not_at_all(
    read: Read, tools: Tools, age: int, number: bool, date: bool
) -> None:
    shown = people(on(tools, read(), TODAY + dt.timedelta(days=age)), "GB", ("suicide",))
    assert shown.index("https://world.example") == shown.rindex("https://"), "the directory is there at any age"
    assert ("116 123" in shown, TODAY.isoformat() in shown) == (number, date)
    assert not number or shown.index("world.example") < shown.index("116 123"), "the directory comes first"


def test_a_number_looked_at_lately_stands_before_one_that_was_not(read: Read, tools: Tools) -> None:
    old = {**LINE, "name": "The old line", "phone": "0800 1111", "verified_on": TODAY - dt.timedelta(days=200)}
    shown = people(on(tools, read(old, LINE), TODAY), "GB", ("suicide",))
    assert shown.index("world.example") < shown.index("116 123") < shown.index("0800 1111")


def test_a_very_old_emergency_number_gives_way_to_words(read: Read, tools: Tools) -> None:
    helplines = read({**LINE, "topic": "emergency", "phone": "999"})
    assert lifelines.emergency(on(tools, helplines, TODAY), "GB") == "999"
    for country, age in (("GB", 366), ("CA", 0), (None, 0), ("other", 0)):
        late = on(tools, helplines, TODAY + dt.timedelta(days=age))
        assert lifelines.emergency(late, country) == tools.sentences.label("emergency")


def test_only_the_lines_and_directories_of_their_own_country_are_shown(read: Read, tools: Tools) -> None:
    here = {**LINE, "country": "CA", "name": "The maple line", "phone": "1-800-555-0100"}
    today = on(tools, read(LINE, here, directories=(SHELTERS, EVERYWHERE)), TODAY)
    expected = {
        None: ["world"],
        "other": ["world"],
        "GB": ["world", "116 123"],
        "CA": ["shelters", "world", "1-800-555-0100"],
    }
    marks = ("shelters", "world", "116 123", "1-800-555-0100")
    for country, said in expected.items():
        assert [mark for mark in marks if mark in people(today, country, ("suicide",))] == said, country


def test_who_has_named_no_country_is_sent_to_no_other_countrys_directory(read: Read, tools: Tools) -> None:
    today = on(tools, read(directories=(SHELTERS, EVERYWHERE)), TODAY)
    assert lifelines.directory(today, "abuse") == "https://world.example"


def test_mend_check_names_what_must_be_looked_at_again(
    read: Read, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read({**LINE, "name": "A line of long ago", "verified_on": dt.date(2020, 1, 1)})
    for name in ("TELEGRAM_BOT_TOKEN", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MEND_HELPLINES", str(path))
    monkeypatch.setenv("MEND_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    assert [check for check in checks() if not check.ok and "A line of long ago" in check.says]


def test_a_way_without_a_voice_needs_the_page_that_tells_of_it(read: Read) -> None:
    emergency = LINE | {"topic": "emergency", "phone": "999", "silent": "press 55"}
    with pytest.raises(ContentError, match=r"helplines\.yml: helplines\[1\].*silent_source"):
        read(emergency)
    told = read(emergency | {"silent_source": "https://police.example"})
    assert told.silent("GB", TODAY) == "press 55" and told.silent("CA", TODAY) is None
