"""What an evening asks: read from `data/reflections.yml`, and chosen for a person and a date."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from actions.content import Node
from actions.steps import Side, Step, plain

BROKE_TRUST, HURT, BOTH = "broke_trust", "hurt", "both"
#: A question does not come again for so many days.
NOT_AGAIN = 30
MOST_WORDS = 40
PROMISE, RITUAL = "promise", "ritual"
SCALES = ("trust", "safety", "closeness")
#: What can be said of a promise: kept, slipped, or slipped and told before it was found out.
KEPT, SLIPPED, TOLD = OUTCOMES = ("kept", "slipped", "told")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
ANY = "any"


@dataclass(frozen=True)
class Question:
    """One evening question, and when it fits."""

    id: str
    ask: str
    strategy: str
    days: tuple[int, ...] = ()
    gentle: bool = False
    alone: bool = False
    after: str | None = None
    scale: str | None = None


@dataclass(frozen=True)
class Scale:
    """A number from 0 to 10 that may be given in the evening."""

    label: str
    ask: str
    kept: str


@dataclass(frozen=True)
class Outcome:
    """What can be said of a promise: the button, what may be typed, and what is said to it."""

    label: str
    names: frozenset[str]
    said: tuple[str, ...]


@dataclass(frozen=True)
class Fits:
    """What is known of a person that decides which question fits."""

    role: str
    evening: date
    strategy: str | None = None  #: the strategy in hand, or the one they were at last
    has: frozenset[str] = frozenset()  #: `promise`, `ritual`: what they wrote down
    gentle: bool = False
    alone: bool = False
    recent: frozenset[str] = frozenset()  #: the questions of the last 30 days
    seed: str = ""


@dataclass(frozen=True)
class Reflections:
    """The content of `data/reflections.yml`."""

    questions: dict[str, tuple[Question, ...]]
    warm: dict[str, tuple[str, ...]]
    nothing: dict[str, tuple[str, ...]]
    says_nothing: frozenset[str]
    declines: frozenset[str]
    hint: str
    why: str
    scales: dict[str, Scale]
    promise_asks: tuple[str, ...]
    outcomes: dict[str, Outcome]
    repair: str

    def question(self, name: str) -> Question | None:
        """The question with this id; the wordings of the promise evening are `promise_1` and so on."""
        number = name.rpartition("_")[2]
        if name.startswith(f"{PROMISE}_") and number.isdecimal() and 0 < int(number) <= len(self.promise_asks):
            return Question(name, self.promise_asks[int(number) - 1], "consistency", after=PROMISE)
        return next((one for all_ in self.questions.values() for one in all_ if one.id == name), None)

    @cached_property
    def side(self) -> Side:
        """Every question as the step of a walk, so that its answer is kept like any other."""
        wordings = [self.question(f"{PROMISE}_{number}") for number in range(1, len(self.promise_asks) + 1)]
        outcomes = tuple(one.label for one in self.outcomes.values())
        asked = [(one, ()) for all_ in self.questions.values() for one in all_] + [(one, outcomes) for one in wordings]
        steps = tuple(Step(one.id, one.ask, self.hint, "", self.why, choices) for one, choices in asked)
        return Side("", steps, takeaway=(), act="")

    def choose(self, fits: Fits) -> Question | None:
        """The question for this evening; nothing when every fitting one came within the last days."""
        roles = (BROKE_TRUST, HURT) if fits.role == BOTH else (fits.role,)
        usable = [one for role in roles for one in self.questions[role] if _fits(one, fits)]
        return min(usable, key=lambda one: (-_weight(one, fits), _shuffled(one.id, fits)), default=None)

    def promise_question(self, seed: str, evening: date) -> Question:
        """How the promise is asked about this time: another wording each time."""
        start = int(hashlib.sha256(seed.encode()).hexdigest(), 16)
        return self.question(f"{PROMISE}_{(start + evening.toordinal()) % len(self.promise_asks) + 1}")

    def outcome(self, words: str) -> str | None:
        """What someone says of their promise who writes just this."""
        said = plain(words)
        return next((name for name, one in self.outcomes.items() if said in one.names), None)

    def warm_line(self, role: str, words: str, seed: str) -> str:
        """What is said after an answer: another line each evening, and a fitting one for "nothing"."""
        role = BROKE_TRUST if role == BROKE_TRUST else HURT
        lines = self.nothing[role] if plain(words) in self.says_nothing else self.warm[role]
        return lines[int(hashlib.sha256(seed.encode()).hexdigest(), 16) % len(lines)]


def _fits(question: Question, fits: Fits) -> bool:
    return (
        question.id not in fits.recent
        and (not question.days or fits.evening.weekday() in question.days)
        and (question.after is None or question.after in fits.has)
        and (question.gentle or not fits.gentle)
        and (question.alone or not fits.alone)
    )


def _weight(question: Question, fits: Fits) -> int:
    """How well it fits: to the strategy they are at, to the day, to what they wrote down."""
    return 3 * (question.strategy == fits.strategy) + 2 * bool(question.days) + bool(question.after)


def _shuffled(name: str, fits: Fits) -> str:
    return hashlib.sha256(f"{fits.seed}:{fits.evening}:{name}".encode()).hexdigest()


def read_reflections(path: Path, strategies: Collection[str]) -> Reflections:
    """The file `data/reflections.yml`; raises `ContentError` naming file and key."""
    node = Node.read(path).only(BROKE_TRUST, HURT, "nothing", "declines", "hint", "why", "scales", PROMISE)
    sides = {role: node[role].only("questions", "warm", "nothing") for role in (BROKE_TRUST, HURT)}
    questions = {
        role: tuple(_question(one, strategies) for one in side["questions"].items()) for role, side in sides.items()
    }
    ids = [one.id for all_ in questions.values() for one in all_]
    twice = next((name for name in ids if ids.count(name) > 1), None)
    if twice:
        raise node.wrong(f"two questions have the id {twice!r}; each needs one of its own")
    promise = node[PROMISE].only("asks", *OUTCOMES, "repair")
    scales = {name: node["scales"].only(*SCALES)[name].only("label", "ask", "kept") for name in SCALES}
    return Reflections(
        questions=questions,
        warm={role: tuple(side["warm"].texts(limit=160)) for role, side in sides.items()},
        nothing={role: tuple(side["nothing"].texts(limit=160)) for role, side in sides.items()},
        says_nothing=frozenset(map(plain, node["nothing"].texts())),
        declines=frozenset(map(plain, node["declines"].texts())),
        hint=node["hint"].text(),
        why=node["why"].text(),
        scales={
            name: Scale(one["label"].text(16), one["ask"].text(), one["kept"].text()) for name, one in scales.items()
        },
        promise_asks=tuple(promise["asks"].texts(limit=160)),
        outcomes={name: _outcome(promise[name].only("label", "names", "said")) for name in OUTCOMES},
        repair=promise["repair"].text(),
    )


def _question(node: Node, strategies: Collection[str]) -> Question:
    node.only("id", "strategy", "ask", optional=("days", "gentle", "alone", "after", "scale"))
    name, strategy, ask = node["id"].text(limit=32), node["strategy"].text(), node["ask"].text(limit=300)
    if strategy not in (*strategies, ANY):
        raise node["strategy"].wrong(f"{strategy!r} is none of the strategies, nor {ANY!r}")
    if "." in name or name.startswith(f"{PROMISE}_"):
        raise node["id"].wrong(f"may hold no full stop, nor begin with {PROMISE}_")
    if len(ask.split()) > MOST_WORDS:
        raise node["ask"].wrong(f"has {len(ask.split())} words; at most {MOST_WORDS} are read at night")
    days = node["days"].texts() if "days" in node.value else []
    for day in days:
        if day not in WEEKDAYS:
            raise node["days"].wrong(f"{day!r} is no weekday; write {', '.join(WEEKDAYS)}")
    after = _one_of(node, "after", (PROMISE, RITUAL))
    scale = _one_of(node, "scale", SCALES)
    gentle, alone = (
        ("gentle" in node.value and node["gentle"].yes_or_no()),
        ("alone" in node.value and node["alone"].yes_or_no()),
    )
    return Question(name, ask, strategy, tuple(map(WEEKDAYS.index, days)), gentle, alone, after, scale)


def _one_of(node: Node, key: str, known: tuple[str, ...]) -> str | None:
    if key not in node.value:
        return None
    value = node[key].text()
    if value not in known:
        raise node[key].wrong(f"must be one of {', '.join(known)}")
    return value


def _outcome(node: Node) -> Outcome:
    label = node["label"].text(limit=28)
    return Outcome(label, frozenset(map(plain, [label, *node["names"].texts()])), tuple(node["said"].texts(limit=160)))
