"""The programme: ten exercises, read from `data/exercises/`, refused with file and key when wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

BROKE_TRUST, HURT, BOTH = "broke_trust", "hurt", "both"
ROLES = (BROKE_TRUST, HURT)


class ContentError(ValueError):
    """A content file is wrong; the message names the file, the key and the cure."""


@dataclass(frozen=True)
class Step:
    """One question, and what helps to answer it."""

    id: str
    ask: str
    hint: str
    example: str
    why: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Takeaway:
    """A line of the summary: a label, and the step whose answer it quotes."""

    step: str
    says: str


@dataclass(frozen=True)
class Side:
    """An exercise as one role meets it."""

    opening: str
    steps: tuple[Step, ...]
    takeaway: tuple[Takeaway, ...]
    act: str

    def step(self, step_id: str) -> Step | None:
        """The step with this id."""
        return next((step for step in self.steps if step.id == step_id), None)

    def number(self, step_id: str) -> int:
        """The step's number, from 1."""
        return [step.id for step in self.steps].index(step_id) + 1


@dataclass(frozen=True)
class Exercise:
    """One of the ten strategies as a guided exercise."""

    id: str
    number: int
    title: str
    short: str
    names: tuple[str, ...]
    why: str
    grade: str
    evidence: str
    sources: tuple[str, ...]
    sides: dict[str, Side]


@dataclass(frozen=True)
class Program:
    """The ten exercises by number, and the order in which they are suggested."""

    exercises: tuple[Exercise, ...]
    order: tuple[str, ...]

    def exercise(self, exercise_id: str) -> Exercise | None:
        """The exercise with this id."""
        return next((exercise for exercise in self.exercises if exercise.id == exercise_id), None)

    def named(self, said: str) -> Exercise | None:
        """The exercise that someone means who says just its number, title, button or one of its names."""
        said = plain(said)
        for exercise in self.exercises:
            if said in {str(exercise.number), *map(plain, (exercise.id, exercise.title, exercise.short, *exercise.names))}:
                return exercise
        return None


def plain(said: str) -> str:
    """Words without case, punctuation and spare spaces, for comparing."""
    return " ".join(re.sub(r"[^\w' ]+", " ", said.replace("’", "'").replace("_", " ").casefold()).split())


def load(folder: Path) -> Program:
    """The programme in `folder` (`exercises/*.yml` and `program.yml`); raises `ContentError`."""
    files = sorted((folder / "exercises").glob("*.yml"))
    exercises = tuple(read_exercise(path) for path in files)
    order = tuple(_Node.read(folder / "program.yml").only("suggested_order")["suggested_order"].texts())
    if [exercise.number for exercise in exercises] != list(range(1, 11)):
        found = ", ".join(path.name for path in files) or "none"
        raise ContentError(f"{folder / 'exercises'}: ten files numbered 1 to 10 are needed; found: {found}")
    if sorted(order) != sorted(exercise.id for exercise in exercises):
        raise ContentError(f"{folder / 'program.yml'}: suggested_order must name each of the ten exercises once")
    _refuse_shared_names(exercises, folder)
    return Program(exercises, order)


def read_exercise(path: Path) -> Exercise:
    """The exercise in the file `path`; raises `ContentError` naming file and key."""
    node = _Node.read(path).only("id", "number", "title", "short", "names", "why", "evidence", "sources", "roles")
    evidence = node["evidence"].only("grade", "says")
    if evidence["grade"].text() not in "ABCD":
        raise evidence["grade"].wrong("must be A, B, C or D")
    number = node["number"].number()
    if path.name != f"{number:02d}_{node['id'].text()}.yml":
        raise node["id"].wrong(f"number and id must make the file's name ({number:02d}_{node['id'].text()}.yml)")
    return Exercise(
        id=node["id"].text(),
        number=number,
        title=node["title"].text(limit=48),
        short=node["short"].text(limit=16),
        names=tuple(node["names"].texts()),
        why=node["why"].text(),
        grade=evidence["grade"].text(),
        evidence=evidence["says"].text(),
        sources=tuple(node["sources"].texts()),
        sides={role: _side(node["roles"].only(*ROLES)[role]) for role in ROLES},
    )


def _side(node: _Node) -> Side:
    node.only("opening", "steps", "takeaway", "act")
    steps = tuple(_step(item) for item in node["steps"].items())
    ids = [step.id for step in steps]
    if not 3 <= len(steps) <= 6 or len(set(ids)) != len(ids):
        raise node["steps"].wrong("3 to 6 steps are needed, each with an id of its own")
    takeaway = tuple(
        Takeaway(item.only("step", "says")["step"].text(), item["says"].text(limit=60))
        for item in node["takeaway"].items()
    )
    for line in takeaway:
        if line.step not in ids:
            raise node["takeaway"].wrong(f"there is no step {line.step!r}; the steps are {', '.join(ids)}")
    return Side(node["opening"].text(), steps, takeaway, node["act"].text())


def _step(node: _Node) -> Step:
    node.only("id", "ask", "hint", "example", "why", optional=("choices",))
    choices = tuple(node["choices"].texts(limit=28)) if "choices" in node.value else ()
    texts = (node[key].text() for key in ("ask", "hint", "example", "why"))
    return Step(node["id"].text(limit=32), *texts, choices=choices)


def _refuse_shared_names(exercises: tuple[Exercise, ...], folder: Path) -> None:
    owner: dict[str, Exercise] = {}
    for exercise in exercises:
        for name in {plain(name) for name in (exercise.title, exercise.short, *exercise.names)}:
            if owner.setdefault(name, exercise) is not exercise:
                raise ContentError(
                    f"{folder / 'exercises'}: {exercise.id} and {owner[name].id} both answer to the name {name!r}; "
                    "take it out of one of them"
                )


@dataclass(frozen=True)
class _Node:
    """A piece of a YAML file that knows where it stands, so that a mistake can be pointed at."""

    value: Any
    path: Path
    key: str = ""

    @classmethod
    def read(cls, path: Path) -> _Node:
        try:
            return cls(yaml.safe_load(path.read_text(encoding="utf-8")), path)
        except OSError as error:
            raise ContentError(f"{path}: can't be read ({error.strerror})") from None
        except yaml.YAMLError as error:
            line = f", line {error.problem_mark.line + 1}" if getattr(error, "problem_mark", None) else ""
            raise ContentError(f"{path}{line}: is not valid YAML ({getattr(error, 'problem', error)})") from None

    def wrong(self, reason: str) -> ContentError:
        return ContentError(f"{self.path}: {self.key or 'the file'}: {reason}")

    def only(self, *keys: str, optional: tuple[str, ...] = ()) -> _Node:
        if not isinstance(self.value, dict):
            raise self.wrong(f"must hold the keys {', '.join(keys)}")
        for key in self.value:
            if key not in keys + optional:
                raise self.wrong(f"unknown key {key!r}; known are {', '.join(keys + optional)}")
        for key in keys:
            if key not in self.value:
                raise self.wrong(f"the key {key!r} is missing")
        return self

    def __getitem__(self, key: str) -> _Node:
        return _Node(self.value[key], self.path, f"{self.key}.{key}" if self.key else key)

    def items(self) -> list[_Node]:
        if not isinstance(self.value, list) or not self.value:
            raise self.wrong("must be a list with at least one entry")
        return [_Node(item, self.path, f"{self.key}[{number}]") for number, item in enumerate(self.value, start=1)]

    def text(self, limit: int = 600) -> str:
        if not isinstance(self.value, str) or not self.value.strip():
            raise self.wrong("must be a text (put it in quotes if it is a number, yes or no)")
        if len(self.value.strip()) > limit:
            raise self.wrong(f"is {len(self.value.strip())} characters long; at most {limit} fit")
        return self.value.strip()

    def texts(self, limit: int = 600) -> list[str]:
        return [item.text(limit) for item in self.items()]

    def number(self) -> int:
        if not isinstance(self.value, int):
            raise self.wrong("must be a number")
        return self.value
