"""What Mend says: short, plain, and fitting where it is shown. Every text of every exercise is held to that."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
import yaml
from talking import Person

from actions.program import ROLES, Program, load
from actions.safety.content import PLANS
from actions.safety.helplines import read_helplines
from actions.sentences import QUOTE_LIMIT, Sentences, visible_length
from actions.steps import Side, Step
from actions.store.models import Button
from actions.walks import INTAKE, PLAN, SCREENING
from bot.replies import ROW_LETTERS
from bot.settings import ROOT

PROGRAM: Program = load(ROOT / "data")
SENTENCES = Sentences(ROOT / "domain.yml", ROOT / "data" / "labels.yml")
RESPONSES: dict[str, list[dict]] = yaml.safe_load((ROOT / "domain.yml").read_text("utf-8"))["responses"]

MESSAGE_LIMIT, CAPTION_LIMIT, TOKEN_BYTES, MOST_WORDS = 4096, 1024, 64, 60
SIDES: dict[str, Side] = {f"{one.id}/{role}": one.sides[role] for one in PROGRAM.exercises for role in ROLES}
SIDES[INTAKE] = PROGRAM.intake.side
SAFETY: dict[str, Side] = {f"{PLAN}/{kind}": PROGRAM.care.plan.sides[kind] for kind in PLANS}
SAFETY[SCREENING] = PROGRAM.care.screening.side
PRACTICES = {f"practice/{role}": PROGRAM.practice.sides[role] for role in ROLES}
STEPS: dict[str, Step] = {
    f"{name}/{step.id}": step for name, side in {**SIDES, **PRACTICES, **SAFETY}.items() for step in side.steps
}
COUNTRIES = read_helplines(ROOT / "data" / "helplines.yml").countries


def texts(value: object, where: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a piece of YAML, with the place where it stands."""
    if isinstance(value, str):
        yield where, value
    for key, item in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        if key not in ("sources", "payload"):
            yield from texts(item, f"{where}.{key}")


def all_texts() -> dict[str, str]:
    others = ("intake", "labels", "practice", "mirror", "writing", "safety/screening", "safety/plan")
    files = [*(ROOT / "data" / "exercises").glob("*.yml"), *(ROOT / "data" / f"{name}.yml" for name in others)]
    found = {}
    for file in files:
        found.update(texts(yaml.safe_load(file.read_text("utf-8")), file.name))
    return {**found, **dict(texts(RESPONSES, "domain.yml"))}


def buttons(step: Step) -> list[str]:
    return [*step.choices, *(SENTENCES.label(name) for name in ("hint", "skip", "pause"))]


# -- the ten -------------------------------------------------------------------------------------------------------


def test_there_are_ten_with_names_and_numbers_of_their_own() -> None:
    assert [one.number for one in PROGRAM.exercises] == list(range(1, 11))
    for distinct in ("id", "title", "short"):
        assert len({getattr(one, distinct) for one in PROGRAM.exercises}) == 10
    assert sorted(PROGRAM.order) == sorted(one.id for one in PROGRAM.exercises)


@pytest.mark.parametrize("name", [*SIDES, *SAFETY])
def test_steps_have_ids_of_their_own_and_takeaways_refer_to_them(name: str) -> None:
    side = {**SIDES, **SAFETY}[name]
    ids = [step.id for step in side.steps]
    assert len(set(ids)) == len(ids)
    assert {line.step for line in side.takeaway} <= set(ids)
    assert bool(side.takeaway) is (name not in (INTAKE, SCREENING))


def test_the_two_sides_of_an_exercise_are_not_asked_the_same() -> None:
    for one in PROGRAM.exercises:
        first, second = (one.sides[role] for role in ROLES)
        assert first.opening != second.opening and first.act != second.act, one.id
        assert [step.ask for step in first.steps] != [step.ask for step in second.steps], one.id


# -- how long ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", STEPS)
def test_a_question_and_its_hint_can_be_read_at_a_glance(name: str) -> None:
    step = STEPS[name]
    for text in (step.ask, f"{step.hint} {step.example}"):
        assert len(text.split()) <= MOST_WORDS, text


@pytest.mark.parametrize("name", [*SIDES, *SAFETY])
def test_an_opening_can_be_read_at_a_glance(name: str) -> None:
    assert len({**SIDES, **SAFETY}[name].opening.split()) <= MOST_WORDS


@pytest.mark.parametrize("name", STEPS)
def test_whatever_is_said_at_a_question_fits_one_message(name: str) -> None:
    step, words = STEPS[name], {"number": "6", "of": "6", "words": "&" * QUOTE_LIMIT}
    shown = [
        SENTENCES.say("utter_question_again", ask=step.ask, **words),
        SENTENCES.say("utter_hint", hint=step.hint, example=step.example),
        SENTENCES.say("utter_why_question", why=step.why),
    ]
    assert all(visible_length(text) <= MESSAGE_LIMIT for text in shown)


@pytest.mark.parametrize("name", [name for name in SIDES if name != INTAKE])
def test_what_is_given_back_at_the_end_fits_one_message(name: str) -> None:
    side, exercise = SIDES[name], PROGRAM.exercise(name.partition("/")[0])
    lines = [SENTENCES.say("utter_takeaway_line", says=line.says, words="&" * QUOTE_LIMIT) for line in side.takeaway]
    shown = "\n\n".join([SENTENCES.say("utter_take_with_you", title=exercise.title), *lines])
    assert visible_length(shown) <= MESSAGE_LIMIT


def test_every_sentence_fits_one_message_and_the_picture_its_caption() -> None:
    assert all(visible_length(text) < MESSAGE_LIMIT for text in all_texts().values())
    titles = "\n".join(f"● {one.number}. {one.title}" for one in PROGRAM.exercises)
    caption = SENTENCES.say("utter_progress", done="10", begun="10", open="10", list=titles)
    assert visible_length(caption) <= CAPTION_LIMIT


def test_the_bots_profile_fits_telegrams_limits() -> None:
    assert len(SENTENCES.description) <= 512 and len(SENTENCES.short_description) <= 120
    assert all(1 <= len(text) <= 256 for text in SENTENCES.commands.values())


# -- buttons -------------------------------------------------------------------------------------------------------


RAW = yaml.safe_load((ROOT / "data" / "labels.yml").read_text("utf-8"))


def labels() -> set[str]:
    named = {SENTENCES.label(way, short=one.short) for one in PROGRAM.exercises for way in ("begin", "resume")}
    menu = {f"{one.number}. {one.short}" for one in PROGRAM.exercises}
    said = {button["title"] for said in RESPONSES.values() for one in said for button in one.get("buttons", ())}
    asked = {label for step in STEPS.values() for label in buttons(step)}
    plain = {text for text in RAW["labels"].values() if "{" not in text} | set(COUNTRIES.values())
    return named | menu | said | asked | plain | {offer.label for offer in SENTENCES.offers.values()}


def test_no_button_is_wider_than_a_phone() -> None:
    assert [label for label in labels() if len(label) > ROW_LETTERS] == []


@pytest.mark.parametrize("name", STEPS)
def test_the_buttons_of_a_question_differ(name: str) -> None:
    shown = [label.casefold() for label in buttons(STEPS[name])]
    assert len(set(shown)) == len(shown)


def test_what_a_button_sends_back_is_short_and_hides_what_it_means(person: Person) -> None:
    person.welcomed()
    person.says("1")
    person.says("menu")
    with person.house.tools.store.begin() as kept:
        pressed = [(one.token, one.choice) for one in kept.session.execute(sa.select(Button)).scalars()]
    assert len(pressed) > 15
    assert all(0 < len(token.encode()) <= TOKEN_BYTES for token, _ in pressed)
    assert len({token for token, _ in pressed}) == len(pressed)
    values = [(token, choice.partition(":")[2]) for token, choice in pressed]
    # Two or three letters come together in a random token by chance.
    assert not [value for token, value in values if len(value) > 3 and value in token]


# -- tone ----------------------------------------------------------------------------------------------------------


def test_nothing_is_shouted() -> None:
    assert [where for where, text in all_texts().items() if "!" in text] == []


def test_there_are_no_emoji() -> None:
    marks = set(SENTENCES.marks.values())
    odd = {
        sign: where
        for where, text in all_texts().items()
        for sign in text
        if unicodedata.category(sign) in ("So", "Sk", "Cs", "Co", "Cn") and sign not in marks
    }
    assert odd == {}


def test_content_holds_no_markup_and_sentences_only_what_every_channel_knows() -> None:
    for where, text in all_texts().items():
        if where.startswith("domain.yml"):
            for tag in ("b", "i", "blockquote"):
                assert text.count(f"<{tag}>") == text.count(f"</{tag}>"), where
                text = text.replace(f"<{tag}>", "").replace(f"</{tag}>", "")
        assert not set("<>&*`") & set(text), where


def test_every_text_is_free_of_spare_spaces_and_typewriter_habits() -> None:
    wrong = [where for where, text in all_texts().items() if text != text.strip() or "  " in text or "..." in text]
    assert wrong == []
