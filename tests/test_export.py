"""What /export gives: one archive with every word of theirs, as a page, a document and a record, and pictures."""

from __future__ import annotations

import base64
import io
import logging
import re
from dataclasses import replace
from zipfile import ZipFile

import pytest
from answering import answers
from exports import DOCUMENT, PAGE, RECORD, everywhere, nowhere, page, record, told
from PIL import Image
from practising import OWNING, at_draft, reviewed
from talking import CHANNEL, Clock, Person
from telling import AT_QUESTION, BETWEEN, DAY, OWN_SIDE, PROGRAM, SCREENED, STATES, TOLD, goes

from actions import pictures
from actions.export.archive import archive
from actions.program import HURT
from actions.store.care import care_of
from bot.commands import typed
from bot.house import House
from bot.listening import Listener

SIDE = PROGRAM.exercise("communication").sides[HURT]
PLAN = PROGRAM.care.plan.sides["self_harm"]
IFFY = "I'm sorry if the letter hurt you."
WORDS = "The axolotl tattoo that he never told me about, on a Tuesday in the long grass."

WILD = {
    "bold": "<b>bold</b> & <i>not closed <blockquote> </blockquote></section></main>",
    "script": "<script>alert('x')</script><img src=x onerror=alert(1)> \" onmouseover=\"alert(1)",
    "entities": "Tom & Jerry &amp; &lt;b&gt; &#x41; &copy &hellip;",
    "comment": "<!-- all of it ]]> <![CDATA[ x ]]> <?php echo 1 ?> </style> <style>body{display:none}</style>",
    "emoji": "👩‍👩‍👧 🌙 💔 👍🏽" * 20,
    "right to left": "אני לא יודעת מה לעשות \u202eevil\u202c مرحبا, and then left to right",
    "as long as Telegram allows": "I waited. " * 409 + "I wept",
    "lines": "\n\none\n\n\n> two\n# three\n**four**\n  five\n\tsix",
    "lines of another kind": "one\u2028two\u2029three and the letter that lay there",
    "braces": "{words} {title} {0} {when.__class__} {{}} %s %d %(name)s 100%",
    "signs": "e\u0301 \u200b \ufeff \\ ` ' \" ~~~ ``` | --- [a](b) ![c](data:x)",
}


def opened(files: dict[str, bytes], name: str) -> Image.Image:
    """A picture of the archive, read to its last byte."""
    image = Image.open(io.BytesIO(files[f"pictures/{name}.png"]))
    image.load()
    return image


def packed(person: Person, now: float) -> bytes:
    """Their archive as it is at this moment."""
    tools = replace(person.house.tools, now=lambda: now)
    with tools.store.begin() as kept:
        return archive(tools, kept, kept.people.find(CHANNEL, person.chat))


def without_times(files: dict[str, bytes]) -> list[str]:
    """The page and the record with every time the same."""
    time = r"\d{4}-\d\d-\d\dT[\d:+Z]+|\d\d \w+ \d{4} \d\d:\d\d|\d\d \w+ \d{4}"
    return [re.sub(time, "…", files[name].decode()) for name in (PAGE, RECORD)]


# -- every word ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", STATES.values(), ids=STATES)
def test_what_they_write_in_any_state_stands_in_each_of_the_three_forms(person: Person, path: list[str]) -> None:
    goes(person, path).says(WORDS)
    assert everywhere(person, WORDS)


@pytest.mark.parametrize("text", WILD.values(), ids=WILD)
def test_words_are_told_exactly_as_they_were_written(person: Person, text: str) -> None:
    goes(person, AT_QUESTION).says(text)
    assert everywhere(person, text)
    shown = page(person.exported())
    assert {name for name, _ in shown.tags} <= {
        *("html", "head", "meta", "title", "style", "body", "main", "header", "footer", "section", "div"),
        *("h1", "h2", "h3", "p", "time", "blockquote", "img"),
    }, "nothing that they wrote is markup"
    assert not any(name.startswith("on") for _, attributes in shown.tags for name in attributes)


def test_every_version_every_piece_and_every_draft_is_told(person: Person) -> None:
    goes(person, ["My husband has had a second phone since the spring and I found it.", *OWN_SIDE[1:-1]])
    person.says("Found it behind the paint, last Sunday morning, by accident.")
    goes(person, ["3"]).says("The phone, the garage, and why he says that it is for work.")
    person.says("back")
    person.says("Only the phone this time, because one thing is quite enough for me.")
    pieces = "First the letter by the window,", "and then the one under the stairs."
    person.does(*(typed(CHANNEL, person.chat, text, text[:5]) for text in pieces))
    person.says("I want him to put both phones onto the tabel every night.", ref="tabel")
    person.edits("tabel", "I want him to put both phones onto the table every night.")
    assert everywhere(
        person,
        "My husband has had a second phone since the spring and I found it.",
        "The phone, the garage, and why he says that it is for work.",
        "Only the phone this time, because one thing is quite enough for me.",
        "\n".join(pieces),
        "I want him to put both phones onto the tabel every night.",
        "I want him to put both phones onto the table every night.",
    )
    asked = record(person.exported())["walks"][-1]["answers"]
    assert [(one["version"], one["question"]) for one in asked[:2]] == [
        (1, asked[0]["question"]),
        (2, asked[0]["question"]),
    ]


def test_a_draft_is_told_with_every_version_and_with_what_was_not_meant(person: Person) -> None:
    reviewed(at_draft(person), IFFY)
    person.presses("That's not what I meant")
    person.presses("Rewrite it")
    reviewed(person, OWNING)
    assert everywhere(person, IFFY, OWNING)
    [walk] = [one for one in record(person.exported())["walks"] if one["exercise"] == "practice"]
    assert [(one["number"], one["text"]) for one in walk["draft"]["versions"]] == [(1, IFFY), (2, OWNING)]
    [dismissed] = walk["draft"]["dismissed"]
    assert dismissed["phrase"] in IFFY and dismissed["label"]


def test_a_draft_that_is_erased_is_in_no_form(person: Person) -> None:
    goes(person, [*OWN_SIDE, "3"]).says("Words of another exercise.")
    goes(person, ["/apology", *["skip"] * 4])
    reviewed(person, "I took the axolotl, and it was my choice.")
    assert not nowhere(person.exported(), "axolotl")
    goes(person, ["/drafts", "[Open 1]", "[Erase this draft]", "[Erase the draft]"])
    files = person.exported()
    assert nowhere(files, "axolotl") and all(told(files, "Words of another exercise."))


def test_nobody_elses_words_are_in_it(person: Person, house: House, clock: Clock) -> None:
    other = Person(house, clock, f"{person.chat}-other")
    reviewed(at_draft(other), "I took the narwhal, and it was my choice.")
    goes(other, ["3", "The narwhal in the attic, and the letter it ate.", "/helpnow", "[A plan for safety]"]).says(
        "The narwhal begins to howl."
    )
    goes(person, AT_QUESTION).says(WORDS)
    files = person.exported()
    assert all(told(files, WORDS)) and nowhere(files, "narwhal")
    assert nowhere(other.exported(), "axolotl")


def test_words_at_which_mend_itself_broke_are_told_too(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    goes(person, BETWEEN)
    with monkeypatch.context() as broken:
        broken.setattr(Listener, "read", lambda *_: 1 / 0)
        person.says(WORDS)
        person.says("/menu")
    assert person.last.text == person.house.tools.sentences.say("utter_trouble")
    assert everywhere(person, WORDS)
    assert [one["text"] for one in record(person.exported())["unanswered"]] == [WORDS], "a command is no word of theirs"


# -- when ------------------------------------------------------------------------------------------------------------


def test_in_the_middle_of_a_question_the_place_is_kept(person: Person) -> None:
    goes(person, AT_QUESTION).says(answers(SIDE)[SIDE.steps[0].id])
    assert everywhere(person, answers(SIDE)[SIDE.steps[0].id])
    person.says(answers(SIDE)[SIDE.steps[1].id])
    assert person.asked(SIDE.steps[2].ask)


def test_in_danger_it_comes_with_what_was_told_and_what_is_kept_for_their_safety(person: Person) -> None:
    goes(person, [*AT_QUESTION, TOLD["self_harm"], "[Yes]"])
    assert everywhere(person, TOLD["self_harm"])
    goes(person, ["/helpnow", "[People who can help]", "[United Kingdom]", "/helpnow", "[A plan for safety]"])
    person.says(PLAN.steps[0].example)
    assert everywhere(person, TOLD["self_harm"], PLAN.steps[0].example)
    safety = record(person.exported())["safety"]
    assert (safety["country"], safety["private_questions_answered_at"][:4]) == ("GB", "2025")
    [plan] = safety["plans"]
    assert plan["answers"][0]["question"] == PLAN.steps[0].ask


def test_after_erasing_there_is_nothing_and_then_only_what_is_new(person: Person) -> None:
    goes(person, AT_QUESTION).says(WORDS)
    goes(person, ["/delete", "[Erase everything]"])
    assert person.exported() == {}
    assert person.last.text == person.house.tools.sentences.say("utter_export_empty")
    goes(person, AT_QUESTION).says("The letter is on the table by the window.")
    files = person.exported()
    assert nowhere(files, "axolotl") and all(told(files, "The letter is on the table by the window."))


@pytest.mark.parametrize("path", [[], ["hi"], ["hi", "[Yes]", "[Yes]"], SCREENED, ["/helpnow", "[A calm minute]"]])
def test_who_has_written_nothing_hears_so(person: Person, path: list[str]) -> None:
    assert goes(person, path).exported() == {}
    assert person.last.text == person.house.tools.sentences.say("utter_export_empty")


# -- the page --------------------------------------------------------------------------------------------------------


def test_the_page_stands_alone_on_a_phone_and_in_the_dark(person: Person) -> None:
    files = goes(person, [*AT_QUESTION, WORDS]).exported()
    shown, source = page(files), files[PAGE].decode()
    addresses = [value for _, one in shown.tags for name, value in one.items() if name in ("src", "href", "srcset")]
    assert addresses and all(value.startswith("data:image/png;base64,") for value in addresses)
    assert "url(" not in source and "@import" not in source and "http" not in source.replace("http-equiv", "")
    assert not any(name in ("script", "link", "iframe", "object", "form", "a") for name, _ in shown.tags)
    policy = next(one["content"] for one in shown.all("meta") if one.get("http-equiv") == "Content-Security-Policy")
    assert "default-src 'none'" in policy and "img-src data:" in policy and "script" not in policy
    assert any(one.get("name") == "viewport" and "width=device-width" in one["content"] for one in shown.all("meta"))
    assert "color-scheme: light dark" in source and "prefers-color-scheme: dark" in source
    assert SIDE.steps[0].ask in shown.text and PROGRAM.exercise("communication").title in shown.text


# -- the pictures ----------------------------------------------------------------------------------------------------


def test_the_pictures_open_and_stand_in_the_page_too(person: Person) -> None:
    files = goes(person, AT_QUESTION).exported()
    image = opened(files, "journey")
    assert (image.format, image.width) == ("PNG", 1080) and "pictures/weeks.png" not in files
    embedded = [base64.b64decode(one["src"].partition(",")[2]) for one in page(files).all("img")]
    assert embedded == [files["pictures/journey.png"]] and page(files).all("img")[0]["alt"]


def test_the_picture_is_the_one_that_progress_shows(person: Person) -> None:
    files = goes(person, [*AT_QUESTION, "/progress"]).exported()
    shown = next(one.reply["picture"] for one in person.heard if "picture" in one.reply)
    assert base64.b64decode(shown) == files["pictures/journey.png"]


def test_where_nothing_is_begun_there_is_no_picture(person: Person) -> None:
    files = goes(person, BETWEEN).exported()
    assert set(files) == {PAGE, DOCUMENT, RECORD} and page(files).all("img") == []


def test_a_picture_that_cannot_be_drawn_keeps_nobody_from_their_words(
    person: Person, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    goes(person, [*AT_QUESTION, WORDS])
    monkeypatch.setattr(pictures, "draw", lambda *_, **__: {}[WORDS])
    with caplog.at_level(logging.DEBUG):
        assert everywhere(person, WORDS) and "pictures/journey.png" not in person.exported()
    assert "a picture of an export could not be drawn (KeyError)" in caplog.text and WORDS not in caplog.text


# -- the record ------------------------------------------------------------------------------------------------------


def test_the_record_says_its_format_and_who_they_are_to_mend(person: Person, clock: Clock) -> None:
    goes(person, AT_QUESTION)
    person.does(replace(typed(CHANNEL, person.chat, WORDS, "77"), language="cy"))
    told_of = record(person.exported())
    assert list(told_of)[0] == "format" and told_of["format"] == 1
    assert (told_of["person"]["side"], told_of["person"]["language"]) == (HURT, "cy")
    assert told_of["person"]["has_passphrase"] is False and told_of["settled"] is None and told_of["evenings"] == []
    walk = told_of["walks"][-1]
    assert (walk["exercise"], walk["side"], walk["asks_next"]) == ("communication", HURT, SIDE.steps[1].id)
    assert walk["answers"][0]["messages"] == [{"message": "77", "text": WORDS}]


def test_that_there_is_a_passphrase_is_told_and_nothing_of_it(person: Person, house: House) -> None:
    goes(person, [*AT_QUESTION, WORDS])
    with house.tools.store.begin() as kept:
        known = kept.people.find(CHANNEL, person.chat)
        known.lock, known.discretion = '{"hash": "$argon2id$narwhal"}', '{"hours": 24}'
    with ZipFile(io.BytesIO(packed(person, 1_770_000_000.0))) as whole:
        files = {name: whole.read(name) for name in whole.namelist()}
    assert record(files)["person"]["has_passphrase"] is True and record(files)["person"]["vanishing"]["hours"] == 24
    assert nowhere(files, "argon", "narwhal")


def test_the_archive_does_not_tell_what_they_answered_to_the_private_questions(
    person: Person, house: House, clock: Clock
) -> None:
    afraid = Person(house, clock, f"{person.chat}-afraid")
    for one in (person, afraid):
        goes(one, [*AT_QUESTION, WORDS, "pause"])
    clock.wait(29 * DAY)
    goes(person, ["5", "[No]", "[No]", "[No]", "[Yes]"])
    goes(afraid, ["5", "[Yes]", "[Yes]", "[Yes]"])
    assert nowhere(afraid.exported(), *(step.ask for step in PROGRAM.care.screening.side.steps)), "in the middle"
    goes(afraid, ["[No]"])
    files = [one.exported() for one in (person, afraid)]
    with house.tools.store.begin() as kept:
        assert [care_of(kept.people.find(CHANNEL, one.chat)).alone for one in (person, afraid)] == [False, True]
    assert without_times(files[0]) == without_times(files[1])


# -- the archive -----------------------------------------------------------------------------------------------------


def test_it_is_one_private_file_whose_caption_names_what_opens_it(person: Person) -> None:
    files = goes(person, AT_QUESTION).exported()
    reply = person.last.reply
    assert (reply["filename"], reply["private"]) == ("mend-diary.zip", True)
    assert all(name in reply["text"] for name in (PAGE, DOCUMENT, RECORD))
    assert set(files) == {PAGE, DOCUMENT, RECORD, "pictures/journey.png"}


def test_what_is_kept_and_the_clock_decide_every_byte_of_it(person: Person) -> None:
    goes(person, [*AT_QUESTION, WORDS])
    assert packed(person, 1_770_000_000.0) == packed(person, 1_770_000_000.0) != packed(person, 1_770_000_100.0)
    entries = ZipFile(io.BytesIO(packed(person, 1_770_000_000.0))).infolist()
    assert {one.date_time for one in entries} == {(2026, 2, 2, 2, 40, 0)}
    assert {one.external_attr >> 16 & 0o777 for one in entries} == {0o600}


def test_a_computer_whose_clock_was_never_set_can_pack_it(person: Person) -> None:
    goes(person, [*AT_QUESTION, WORDS])
    [date] = {one.date_time for one in ZipFile(io.BytesIO(packed(person, 3600.0))).infolist()}
    assert date == (1980, 1, 1, 0, 0, 0)
