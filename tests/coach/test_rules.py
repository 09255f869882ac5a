"""Every rule and guard holds to its own examples; the well-known phrases are found; no text makes them fall over."""

from __future__ import annotations

import time

import pytest
import yaml

from actions.coach import labels
from actions.coach.corpus import DEFLECTIONS, ELEMENTS
from actions.coach.rules import Rules
from actions.content import ContentError
from bot.settings import ROOT

DATA = ROOT / "data" / "apology"
RULES = Rules(DATA / "labels.yml", DATA / "rules.yml")

#: What weakens an apology, in the words that people use; by label.
TEXTBOOK = {
    "feelings_not_actions": [
        "I'm sorry you feel that way.",
        "im sorry u feel that way",
        "I am truly sorry that you feel hurt by this.",
        "Sorry you took it like that.",
        "I regret that you were upset.",
        "I'm sorry your feelings got hurt.",
        "I'm sorry it upset you.",
        "I'm sorry you had to find out this way.",
        "I apologise for any distress you may have felt.",
        "I'm sorry that you think I'm a liar.",
        "I feel bad for you.",
    ],
    "conditional": [
        "I'm sorry if I hurt you.",
        "sorry if i upset u",
        "I apologize if anyone was offended.",
        "If I did something wrong, I'm sorry.",
        "I’m sorry if you felt ignored.",
        "I may have hurt you.",
        "Sorry for anything I might have done.",
        "To the extent that I caused pain, I apologise.",
        "If my words hurt you, I'm sorry.",
        "Maybe I was too harsh.",
        "I apologise for any offence caused.",
        "If that's how you see it, then sorry.",
    ],
    "excuse": [
        "I'm sorry, but I was stressed.",
        "Sorry I yelled but I was so tired.",
        "I'd been drinking.",
        "I had one too many that night.",
        "It was the drink talking.",
        "Work has been crazy.",
        "I was under a lot of pressure.",
        "I was going through a rough patch.",
        "That's just how I was raised.",
        "That's just the way I am.",
        "I'm only human.",
        "I couldn't help myself.",
        "I had no choice.",
        "It was the heat of the moment.",
        "It slipped my mind.",
    ],
    "blame_shift": [
        "You made me do it.",
        "u made me so mad",
        "You drove me to it.",
        "If you hadn't gone cold on me, I wouldn't have done it.",
        "If only you had listened.",
        "We both made mistakes.",
        "You're not perfect either.",
        "You do it too.",
        "It takes two.",
        "She kept texting me.",
        "He came on to me.",
        "It's partly your fault.",
        "I did it because you never listen.",
        "You're always nagging.",
        "You pushed me away.",
    ],
    "minimizing": [
        "It was just a joke.",
        "its just banter",
        "I was only joking.",
        "It was only a kiss.",
        "It was just a few texts.",
        "Nothing even happened.",
        "It didn't mean anything.",
        "It meant nothing.",
        "You're overreacting.",
        "Don't be so dramatic.",
        "It's no big deal.",
        "It's not the end of the world.",
        "It was only once.",
        "Nobody's perfect.",
        "At least I told you.",
        "It was a little white lie.",
        "You're making a big deal out of it.",
    ],
    "agentless": [
        "Mistakes were made.",
        "Things were said.",
        "Things got out of hand.",
        "One thing led to another.",
        "It just happened.",
        "These things happen.",
        "I'm sorry for what happened.",
        "Sorry about what went on.",
        "A line was crossed.",
        "Trust was broken.",
        "The affair just happened.",
    ],
    "vague": [
        "I'm sorry.",
        "I'm so sorry babe",
        "Sorry for everything.",
        "I'm sorry for whatever I did.",
        "Sorry about the other day.",
        "I'm sorry for my behaviour.",
        "Sorry for how I acted.",
        "I'm sorry for what I did.",
        "Sorry about the mess.",
        "I messed up.",
    ],
    "self_defense": [
        "I never meant to hurt you.",
        "i didnt mean to hurt u",
        "It was never my intention to hurt you.",
        "I was only trying to protect you.",
        "I just wanted to help.",
        "I meant well.",
        "This isn't who I am.",
        "I'm not a bad person.",
        "I'm a good man.",
        "You know I would never hurt you.",
        "I thought I was protecting you.",
        "I had good intentions.",
        "I didn't realise it would hurt you.",
    ],
    "denial": [
        "That's not how I remember it.",
        "That's not what happened.",
        "That never happened.",
        "You're twisting my words.",
        "You've got it all wrong.",
        "It was taken out of context.",
        "It came across wrong.",
        "It wasn't cheating.",
        "I didn't do anything wrong.",
        "It was a misunderstanding.",
        "It's not what it looks like.",
        "It's all in your head.",
    ],
    "pressure": [
        "Can we move on now?",
        "can we just forget about it",
        "Let's put this behind us.",
        "I already said sorry.",
        "ive already apologised",
        "How many times do I have to say sorry?",
        "How long are you going to punish me?",
        "You have to forgive me.",
        "You need to get over it.",
        "Get over it.",
        "If you loved me, you would forgive me.",
        "What more do you want from me?",
        "Are we good?",
        "You should be over it by now.",
        "Stop bringing it up.",
    ],
    "self_pity": [
        "I'm the worst person alive.",
        "I'm such a terrible husband.",
        "I hate myself.",
        "I'm a monster.",
        "I don't deserve you.",
        "You'd be better off without me.",
        "I'll never forgive myself.",
        "You have no idea how hard this is for me.",
        "I've lost everything.",
        "This is killing me.",
        "I can't eat, I can't sleep.",
        "I ruin everything.",
    ],
    "reluctant": [
        "I guess I'm sorry.",
        "sorry i guess",
        "Fine, I'm sorry.",
        "Fine, I apologise.",
        "ok fine sorry",
        "I suppose I owe you an apology.",
        "My therapist says I should say sorry.",
        "If it makes you feel better, I'm sorry.",
        "I'm sorry, okay?",
        "There, I said it.",
        "What do you want me to say?",
        "I'm sorry, happy now?",
    ],
}

#: What an honest apology says.
HONEST = [
    "I lied to you about the money, and I am sorry.",
    "I am sorry that I hurt you.",
    "I slept with your friend. It was my choice and nobody else's.",
    "You did nothing to deserve this.",
    "It was wrong of me to read your diary.",
    "I was stressed, and that excuses nothing.",
    "I didn't mean to, and that changes nothing: I did it.",
    "I'm sorry for how I made you feel.",
    "I just want to say that I broke your trust.",
    "If you want to talk, I'm here.",
    "Take all the time you need.",
    "I should have said this weeks ago.",
    "I said once; it was three times.",
    "I want to change so that we both feel safe.",
    "The money I took is gone, and I will pay it back by June.",
    'I won\'t say "sorry you feel that way".',
    "There is no but.",
    "You don't have to forgive me.",
    "None of this is your fault.",
    "You weren't overreacting.",
    "I will show you my phone whenever you ask.",
    "What can I do now that would help you?",
    "I booked us a session with a counsellor on Tuesday.",
    "You cried alone in that car because of me.",
]


def found(text: str) -> dict[str, str]:
    """The labels of the hits in `text`, with the words of one hit each."""
    return {hit.label: text[hit.start_char : hit.end_char] for hit in RULES.find(RULES.nlp(text))}


def examples(kind: str, ones) -> list:
    return [pytest.param(one, text, id=f"{one.id}: {text}") for one in ones for text in getattr(one, kind)]


@pytest.mark.parametrize(("rule", "text"), examples("fires", RULES.rules))
def test_a_rule_fires_where_it_says(rule, text):
    doc = RULES.nlp(text)
    assert rule.id in {hit.rule for hit in RULES.candidates(doc)}
    assert rule.label in {hit.label for hit in RULES.find(doc)}


@pytest.mark.parametrize(("rule", "text"), examples("passes", RULES.rules))
def test_a_rule_leaves_its_look_alikes(rule, text):
    assert rule.label not in found(text)


def cancelled(guard, hits) -> list[str]:
    return [hit.rule for hit in hits if {hit.label, hit.rule} & guard.cancels]


@pytest.mark.parametrize(("guard", "text"), examples("fires", RULES.guards))
def test_a_guard_cancels_where_it_says(guard, text):
    doc = RULES.nlp(text)
    assert cancelled(guard, RULES.candidates(doc))
    assert not cancelled(guard, RULES.find(doc))


@pytest.mark.parametrize(("guard", "text"), examples("passes", RULES.guards))
def test_a_guard_leaves_the_plain_phrase(guard, text):
    assert cancelled(guard, RULES.find(RULES.nlp(text)))


@pytest.mark.parametrize(("label", "text"), [(label, text) for label, texts in TEXTBOOK.items() for text in texts])
def test_the_well_known_phrases_are_found(label, text):
    assert label in found(text)


@pytest.mark.parametrize("text", HONEST)
def test_an_honest_sentence_is_left_alone(text):
    assert found(text) == {}


def test_ids_are_unique_and_name_their_label():
    names = [one.id for one in RULES.rules + RULES.guards]
    assert len(names) == len(set(names))
    assert all(rule.id.startswith(f"{rule.label}.") for rule in RULES.rules)
    assert {rule.label for rule in RULES.rules} == set(DEFLECTIONS)


def test_every_rule_has_examples_and_vague_is_for_whole_drafts():
    assert all(len(rule.fires) >= 3 and len(rule.passes) >= 2 for rule in RULES.rules)
    assert all(rule.draft == (rule.label == "vague") for rule in RULES.rules)
    assert all(guard.fires and guard.passes for guard in RULES.guards)


def test_a_hit_points_at_its_words():
    text = "Hey 🙂. It was just a joke."
    hit = RULES.find(RULES.nlp(text))[0]
    assert text[hit.start_char : hit.end_char] == "It was just a joke"
    assert hit.label == "minimizing"
    assert hit.reason


def test_one_phrase_can_carry_two_labels():
    assert set(found("Sorry if you felt hurt.")) >= {"conditional", "feelings_not_actions"}


def test_of_overlapping_hits_of_one_label_the_longest_is_kept():
    hits = RULES.find(RULES.nlp("It was just a few silly little texts, it was just a joke."))
    places = [(hit.start_char, hit.end_char) for hit in hits if hit.label == "minimizing"]
    assert all(first[1] <= second[0] for first, second in zip(places, places[1:]))


def test_a_new_line_ends_a_sentence():
    assert "excuse" in found(
        "I was under a lot of pressure\nlove you\nthat is no excuse for her but she is your sister"
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\n\n",
        "🙂",
        "🙂🙂 sorry 🙂",
        "...",
        "?!?!",
        '"',
        "“",
        "sorry " * 3500,
        "if i hurt you im sorry and i never meant to " * 450,
        "x" * 20_000,
        "\x00\u200b\u202e",
        "I’m\tsorry\r\nif\r\nI hurt you",
        "مع الاعتذار 对不起",
    ],
)
def test_no_text_makes_it_fall_over(text):
    for hit in RULES.find(RULES.nlp(text)):
        assert 0 <= hit.start_char < hit.end_char <= len(text)


def test_a_draft_takes_milliseconds():
    doc_text = " ".join(HONEST)[:900]
    RULES.find(RULES.nlp(doc_text))
    times = []
    for _ in range(5):
        before = time.perf_counter()
        RULES.find(RULES.nlp(doc_text))
        times.append(time.perf_counter() - before)
    assert min(times) < 0.05  # far above what it takes, for machines that are busy with other things


def changed(tmp_path, name: str, change) -> tuple:
    """The two files, of which the one that is called `name` has been changed."""
    paths = {}
    for file in ("labels.yml", "rules.yml"):
        content = yaml.load((DATA / file).read_text("utf-8"), yaml.CSafeLoader)
        if file == name:
            change(content)
        paths[file] = tmp_path / file
        paths[file].write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    return paths["labels.yml"], paths["rules.yml"]


@pytest.mark.parametrize(
    ("file", "change", "complaint"),
    [
        (
            "rules.yml",
            lambda all_: all_["dodges"][0].update(colour="red"),
            r"rules\.yml: dodges\[1\]: unknown key 'colour'",
        ),
        (
            "rules.yml",
            lambda all_: all_["guards"][0].pop("where"),
            r"rules\.yml: guards\[1\]: the key 'where' is missing",
        ),
        ("rules.yml", lambda all_: all_["dodges"][0].update(id="x.y"), r"dodges\[1\]\.id: must begin with"),
        ("rules.yml", lambda all_: all_["dodges"][0].update(label="rude"), r"dodges\[1\]\.label: no such label"),
        ("rules.yml", lambda all_: all_["dodges"][0].update(at="end"), r"dodges\[1\]\.at: must be one of"),
        ("rules.yml", lambda all_: all_["dodges"][1].update(all_["dodges"][0]), r"the id '.*' is there twice"),
        (
            "rules.yml",
            lambda all_: all_["dodges"][0].update(patterns=["<none> here"]),
            r"patterns\[1\]: no set is named 'none'",
        ),
        (
            "rules.yml",
            lambda all_: all_["dodges"][0].update(patterns=["oh? well?"]),
            r"patterns\[1\]: a pattern needs a first",
        ),
        (
            "rules.yml",
            lambda all_: all_["guards"][0].update(cancels=["nope"]),
            r"guards\[1\]\.cancels: no such label or rule",
        ),
        ("rules.yml", lambda all_: all_["guards"][0].update(where="far"), r"guards\[1\]\.where: must be one of"),
        (
            "labels.yml",
            lambda all_: all_["deflections"]["vague"].update(hint="x"),
            r"labels\.yml: .*vague: unknown key 'hint'",
        ),
        ("labels.yml", lambda all_: all_["deflections"]["vague"].update(severity="mild"), r"severity: must be one of"),
        (
            "labels.yml",
            lambda all_: all_["elements"]["repair"].update(weight=2),
            r"repair\.weight: must be a number from 0 to 1",
        ),
        ("labels.yml", lambda all_: all_["elements"].pop("regret"), r"elements: the key 'regret' is missing"),
    ],
)
def test_a_mistake_in_a_file_is_refused_with_file_and_key(tmp_path, file, change, complaint):
    with pytest.raises(ContentError, match=complaint):
        Rules(*changed(tmp_path, file, change))


def test_token_patterns_work_beside_phrases(tmp_path):
    def tokens(content):
        content["dodges"][0].update(patterns=[[{"LOWER": "zounds"}, {"IS_PUNCT": True}]])

    rules = Rules(*changed(tmp_path, "rules.yml", tokens))
    assert [hit.rule for hit in rules.find(rules.nlp("Zounds!"))] == [rules.rules[0].id]


def test_labels_say_what_they_must():
    all_ = labels.load(DATA / "labels.yml")
    assert tuple(all_.deflections) == DEFLECTIONS
    assert tuple(all_.elements) == ELEMENTS
    for one in all_.deflections.values():
        assert len(one.reason.split()) <= 40
        assert one.question.count("?") == 1
        assert one.question.endswith("?")
    weights = {name: one.weight for name, one in all_.elements.items()}
    assert sorted(weights, key=weights.get)[-2:] == ["repair", "responsibility"]
    assert weights["explanation"] == weights["forgiveness_request"] == 0
    assert {name for name, one in all_.elements.items() if one.missing is None} == {
        "explanation",
        "forgiveness_request",
    }
