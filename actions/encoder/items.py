"""Everything that the encoder learns from in one form: texts, spans of them, and what is known of each span."""

from __future__ import annotations

import json
import random
import re
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from actions.coach import corpus
from actions.coach.corpus import Span
from actions.encoder.labels import ABUSE, INTENTS, OTHERS, OWN, SELF_HARM, SEVERE, WISH

#: What someone may want from the bot in the middle of a question, and what is no wish at all.
WISHES = frozenset(INTENTS) - {
    *("greet", "thank", "affirm", "deny", "crisis", "abuse", "out_of_scope"),
    *("vent", "role_broke_trust", "role_hurt"),
}
NO_WISHES = frozenset({"vent", "role_broke_trust", "role_hurt"})
#: Words that may stand in lines about danger. Nobody looked for it in the apology corpus, so lines with one are left.
WATCHED = re.compile(
    r"(?i)hit|slap|punch|kick|shov|push|grab|thr[eo]w|chok|strangl|throat|bruis|blood|broke|smash|knife|gun|kill|dead|die"
    r"|suicid|harm|hurt (my|your|him|her)self|pills|alive|scare|afraid|fear|frighten|threat|force|rape|lock|track|spy"
    r"|follow|watch|phone|password|control|allow|permission|money|card|account|passport|leave|alone|hand|violen|scream"
)
#: How often a text is seen sentence by sentence, without capitals, without apostrophes, and after a question.
PART_CHANCE, LOWER_CHANCE, PLAIN_CHANCE, ASKED_CHANCE = 0.3, 0.15, 0.08, 0.5
#: How many of the lines of apologies are strung together to drafts.
STRUNG_CHANCE = 0.5


@dataclass(frozen=True)
class Part:
    """A span of a text, and which labels hold there, task by task. Tasks that are left out are unknown."""

    start: int
    end: int
    labels: dict[str, tuple[str, ...]]
    unknown: tuple[str, ...] = ()  #: labels of a known task of which nothing is known


@dataclass(frozen=True)
class Item:
    """A text to learn from."""

    text: str
    parts: tuple[Part, ...]
    dodges: tuple[Span, ...] | None = None  #: where dodges stand; nothing when no one looked for them
    question: str = ""  #: what was asked before, where that is known


def apologies(*paths: Path) -> list[Item]:
    """Labelled lines and drafts of apologies."""
    items = []
    for example in corpus.read(*paths):
        parts = [_apology(sentence) for sentence in example.sentences]
        dodges = tuple(span for sentence in example.sentences for span in sentence.deflections)
        items.append(Item(example.text, tuple(parts), dodges))
    return items


def _apology(sentence: corpus.Sentence) -> Part:
    dodges = tuple({span.label for span in sentence.deflections})
    return Part(sentence.start, sentence.end, {"deflections": dodges, "elements": sentence.elements})


def dangers(*paths: Path) -> list[Item]:
    """Lines of the safety corpus, some after a question. `who` is in danger, or does the harm: `writer` or `other`."""
    items = []
    for entry in _lines(*paths):
        risk, who = entry["risk"], entry.get("who")
        present = () if risk == "none" else (risk,)
        present += (SEVERE,) if entry["severity"] == "high" else ()
        present += (OWN,) if (risk, who) == (ABUSE, "writer") else ()
        present += (OTHERS,) if (risk, who) == (SELF_HARM, "other") else ()
        unknown = () if who or risk == "none" else (OWN, OTHERS)
        whole = _whole(entry["text"], {"risks": present, "wish": ()}, unknown)
        items.append(replace(whole, question=entry.get("question", "")))
    return items


def harmless(drafts: list[Item], every: int) -> list[Item]:
    """One of so many lines of the apology corpus without a word that even hints at danger: most nights are such."""
    lines = [item for item in drafts if len(item.parts) == 1 and not WATCHED.search(item.text)]
    return [_whole(item.text, {"risks": (), "wish": ()}) for item in lines[::every]]


def utterances(folder: Path, strategies: Path, unclear: Path) -> list[Item]:
    """Rasa's training examples, and the descriptions of the ten strategies. `unclear` lists what may be danger."""
    doubtful = frozenset(yaml.safe_load(unclear.read_text("utf-8"))["unclear"])
    items = []
    for path in sorted(folder.glob("*.yml")):
        for block in yaml.safe_load(path.read_text("utf-8"))["nlu"]:
            for line in block["examples"].splitlines():
                items.append(_utterance(_unmarked(line.removeprefix("- ").strip()), block["intent"], doubtful))
    described = yaml.safe_load(strategies.read_text("utf-8"))["strategies"]
    for number, examples in enumerate(described.values(), start=1):
        labels = {"strategies": (f"strategy_{number}",), "intents": ("choose_strategy",), "wish": (WISH,), "risks": ()}
        items += [_whole(example, labels) for example in examples]
    return items


def _unmarked(example: str) -> str:
    """An example without the marks of its entities."""
    return re.sub(r"\[([^\]]+)\](\([^)]*\)|\{[^}]*\})", r"\1", example)


def _utterance(text: str, intent: str, doubtful: frozenset[str]) -> Item:
    labels: dict[str, tuple[str, ...]] = {"intents": (intent,)}
    if intent in WISHES | NO_WISHES:
        labels["wish"] = (WISH,) if intent in WISHES else ()
    if intent in ("crisis", "abuse"):
        risk = SELF_HARM if intent == "crisis" else ABUSE
        return _whole(text, labels | {"risks": (risk,)}, unknown=(SEVERE, OWN, OTHERS))
    return _whole(text, labels if text in doubtful else labels | {"risks": ()})


def in_exercises(*paths: Path) -> list[Item]:
    """What was typed after a question: answers, and wishes to the bot."""
    items = []
    for entry in _lines(*paths):
        wish = entry["taken_as"] == "interrupt"
        labels: dict[str, tuple[str, ...]] = {"wish": (WISH,) if wish else (), "risks": ()}
        if entry["wants"]:
            labels["intents"] = (entry["wants"],)
        items.append(replace(_whole(entry["text"], labels), question=entry["question"]))
    return items


def examples(*paths: Path) -> list[Item]:
    """The exercises' own examples of answers, each after its question: nobody should be stopped at one of them."""
    items = []
    for path in paths:
        for side in yaml.safe_load(path.read_text("utf-8"))["roles"].values():
            for step in side["steps"]:
                asked, said = (" ".join(step[key].split()) for key in ("ask", "example"))
                items.append(replace(_whole(said, {"wish": (), "risks": ()}), question=asked))
    return items


def knowing(task: str, items: list[Item]) -> list[Item]:
    """Those of which `task` is known, and nothing but that of them."""
    known = [item for item in items if all(task in part.labels for part in item.parts)]
    return [replace(item, parts=tuple(_just(task, part) for part in item.parts), dodges=None) for item in known]


def _just(task: str, part: Part) -> Part:
    return replace(part, labels={task: part.labels[task]})


def _lines(*paths: Path) -> list[dict]:
    return [json.loads(line) for path in paths for line in path.read_text("utf-8").splitlines() if line.strip()]


def _whole(text: str, labels: dict[str, tuple[str, ...]], unknown: tuple[str, ...] = ()) -> Item:
    return Item(text, (Part(0, len(text), labels, unknown),))


def without(items: list[Item], texts: set[str]) -> list[Item]:
    """The items less the parts whose words are in `texts`."""
    kept = [
        replace(item, parts=tuple(part for part in item.parts if item.text[part.start : part.end] not in texts))
        for item in items
    ]
    return [item for item in kept if item.parts]


def disturbed(item: Item, questions: list[str], chance: random.Random, asked: float = ASKED_CHANCE) -> Item:
    """The item as it may also be met: one sentence of it, without capitals or apostrophes, or after a question.

    `asked` is how often a question that was not its own stands before it.
    """
    if item.dodges is not None and len(item.parts) == 1 and chance.random() < PART_CHANCE:
        item = _one_sentence(item, chance)
    if chance.random() < LOWER_CHANCE:
        item = replace(item, text=_lower(item.text))
    if item.dodges is None and chance.random() < PLAIN_CHANCE:
        plain = re.sub(r"['’.,!?]", "", item.text)
        item = replace(item, text=plain, parts=(replace(item.parts[0], end=len(plain)),)) if plain.strip() else item
    if "wish" in item.parts[0].labels and chance.random() < (ASKED_CHANCE if item.question else asked):
        item = after(item.question or chance.choice(questions), item)
    return item


def strung(items: list[Item], chance: random.Random) -> list[Item]:
    """Some lines strung together as if they were drafts, so that a sentence is seen for itself among others too."""
    loose = [item for item in items if item.dodges is not None and item.parts[0].end == len(item.text)]
    picked = {id(item) for item in loose if len(item.parts) == 1 and chance.random() < STRUNG_CHANCE}
    beads = [item for item in loose if id(item) in picked]
    chance.shuffle(beads)
    drafts, rest = [], [item for item in items if id(item) not in picked]
    while beads:
        size = chance.randint(3, 7)
        drafts.append(_strung(beads[:size]))
        beads = beads[size:]
    return rest + drafts


def _strung(beads: list[Item]) -> Item:
    text, parts, dodges = "", [], []
    for bead in beads:
        begins = len(text)
        parts.append(replace(bead.parts[0], start=bead.parts[0].start + begins, end=bead.parts[0].end + begins))
        dodges += [Span(one.label, one.start + begins, one.end + begins) for one in bead.dodges or ()]
        text += bead.text if bead.text[-1:].isspace() else f"{bead.text} "
    return Item(text, tuple(parts), tuple(dodges))


def after(question: str, item: Item) -> Item:
    """The item as it reads when it was typed after a question."""
    head = f"{question}\n"
    moved = tuple(replace(part, start=part.start + len(head), end=part.end + len(head)) for part in item.parts)
    return replace(item, text=head + item.text, parts=moved)


def _lower(text: str) -> str:
    lower = text.lower()
    return lower if len(lower) == len(text) else text


def _one_sentence(item: Item, chance: random.Random) -> Item:
    """One sentence of a line, read between the others. Which elements it has alone is not known."""
    cuts = [0, *(match.end() for match in re.finditer(r"[.!?]+\s+|\n+", item.text)), len(item.text)]
    if len(cuts) < 3:
        return item
    place = chance.randrange(len(cuts) - 1)
    start, end = cuts[place], cuts[place + 1]
    inside = {span.label for span in item.dodges or () if span.start < end and span.end > start}
    return replace(item, parts=(Part(start, end, {"deflections": tuple(inside)}),))
