"""The programme: ten exercises, read from `data/exercises/`, refused with file and key when wrong."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from actions.content import ContentError, Node
from actions.evening.questions import Reflections, read_reflections
from actions.export.words import ExportWords, read_export_words
from actions.safety.content import CareContent, read_care
from actions.steps import Exercise, Side, plain, read_step, read_takeaway
from actions.walks import DRAFT, INTAKE, NOTE, PRACTICE, REFLECTION, REVIEW, SCREENING, SEARCHING, SETTLING

BROKE_TRUST, HURT, BOTH = "broke_trust", "hurt", "both"
ROLES = (BROKE_TRUST, HURT)


@dataclass(frozen=True)
class Intake:
    """The first two questions: which side they come from, and what happened, if they wish to say."""

    side: Side
    labels: dict[str, str]  #: role -> the button's label
    names: dict[str, str]  #: what a person may type, plain -> role

    def role(self, said: str) -> str | None:
        """The role that someone means who says just this."""
        return self.names.get(plain(said))


@dataclass(frozen=True)
class Program:
    """The ten by number and in their order, and every other walk: the intake, writing freely, practising, safety.

    With it come the words around what is exported of them.
    """

    intake: Intake
    writing: Side
    practice: Exercise
    exercises: tuple[Exercise, ...]
    order: tuple[str, ...]
    care: CareContent
    reflections: Reflections
    settling: Side
    searching: Side
    export: ExportWords

    def side(self, exercise_id: str, role: str) -> Side:
        """An exercise, or another walk, as `role` meets it."""
        apart = {
            INTAKE: self.intake.side,
            NOTE: self.writing,
            SCREENING: self.care.screening.side,
            REFLECTION: self.reflections.side,
            SETTLING: self.settling,
            SEARCHING: self.searching,
        }
        return apart[exercise_id] if exercise_id in apart else self.exercise(exercise_id).sides[role]

    def exercise(self, exercise_id: str) -> Exercise | None:
        """The exercise with this id; the practice and the plan for safety count as such."""
        return next((one for one in (*self.exercises, self.practice, self.care.plan) if one.id == exercise_id), None)

    def named(self, said: str) -> Exercise | None:
        """The exercise that someone means who says just its number, title, button or one of its names."""
        said = plain(said)
        for exercise in self.exercises:
            if said in {
                str(exercise.number),
                *map(plain, (exercise.id, exercise.title, exercise.short, *exercise.names)),
            }:
                return exercise
        return None


def load(folder: Path) -> Program:
    """The programme in the folder `data`; raises `ContentError`."""
    files = sorted((folder / "exercises").glob("*.yml"))
    exercises = tuple(read_exercise(path) for path in files)
    order = tuple(Node.read(folder / "program.yml").only("suggested_order")["suggested_order"].texts())
    if [exercise.number for exercise in exercises] != list(range(1, 11)):
        found = ", ".join(path.name for path in files) or "none"
        raise ContentError(f"{folder / 'exercises'}: ten files numbered 1 to 10 are needed; found: {found}")
    if sorted(order) != sorted(exercise.id for exercise in exercises):
        raise ContentError(f"{folder / 'program.yml'}: suggested_order must name each of the ten exercises once")
    _refuse_shared_names(exercises, folder)
    intake, writing = read_intake(folder / "intake.yml"), _read_walk(folder / "writing.yml", NOTE)
    practice, care = _read_practice(folder / "practice.yml"), read_care(folder / "safety")
    if unknown := care.alone - {exercise.id for exercise in exercises}:
        missing = ", ".join(sorted(unknown))
        raise ContentError(f"{folder / 'safety' / 'care.yml'}: alone: there is no exercise {missing}")
    program = Program(
        intake=intake,
        writing=writing,
        practice=practice,
        exercises=exercises,
        order=order,
        care=care,
        reflections=read_reflections(folder / "reflections.yml", order),
        settling=_read_walk(folder / "evening" / "settling.yml", "hour", "zone", "date"),
        searching=_read_walk(folder / "evening" / "searching.yml", "words"),
        export=read_export_words(folder / "export.yml"),
    )
    _refuse_unknown_answers(program, folder / "practice.yml")
    return program


def read_intake(path: Path) -> Intake:
    """The first questions, from the file `path`; raises `ContentError` naming file and key."""
    node = Node.read(path).only("roles", "opening", "steps")
    roles = node["roles"].only(*ROLES, BOTH)
    labels = {role: roles[role].only("label", "names")["label"].text(limit=40) for role in (*ROLES, BOTH)}
    names = {plain(name): role for role in labels for name in (labels[role], *roles[role]["names"].texts())}
    steps = tuple(read_step(item) for item in node["steps"].items())
    if [step.id for step in steps] != ["role", "story"]:
        raise node["steps"].wrong("the steps must be role and story, in this order")
    return Intake(Side(node["opening"].text(), steps, takeaway=(), act=""), labels, names)


def _read_walk(path: Path, *ids: str) -> Side:
    node = Node.read(path).only("opening", "steps")
    steps = tuple(read_step(item) for item in node["steps"].items())
    if tuple(step.id for step in steps) != ids:
        raise node["steps"].wrong(f"the steps must be {', '.join(ids)}")
    return Side(node["opening"].text(), steps, takeaway=(), act="")


def _read_practice(path: Path) -> Exercise:
    node = Node.read(path).only("title", "short", "roles")
    sides = {role: _rehearsal(node["roles"].only(*ROLES)[role]) for role in ROLES}
    title, short = node["title"].text(limit=48), node["short"].text(limit=16)
    return Exercise(PRACTICE, 0, title, short, (), why="", grade="", evidence="", sources=(), sides=sides)


def _rehearsal(node: Node) -> Side:
    node.only("opening", "steps", "remember")
    steps = tuple(read_step(item) for item in node["steps"].items())
    ids = [step.id for step in steps]
    if ids[-2:] != [DRAFT, REVIEW] or len(set(ids)) != len(ids):
        raise node["steps"].wrong(f"the last steps must be {DRAFT} and {REVIEW}, and each needs an id of its own")
    return Side(node["opening"].text(), steps, read_takeaway(node["remember"], ids), act="")


def read_exercise(path: Path) -> Exercise:
    """The exercise in the file `path`; raises `ContentError` naming file and key."""
    node = Node.read(path).only("id", "number", "title", "short", "names", "why", "evidence", "sources", "roles")
    evidence = node["evidence"].only("grade", "says")
    if evidence["grade"].text() not in tuple("ABCD"):
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


def _side(node: Node) -> Side:
    node.only("opening", "steps", "takeaway", "act")
    steps = tuple(read_step(item) for item in node["steps"].items())
    ids = [step.id for step in steps]
    if not 3 <= len(steps) <= 6 or len(set(ids)) != len(ids):
        raise node["steps"].wrong("3 to 6 steps are needed, each with an id of its own")
    return Side(node["opening"].text(), steps, read_takeaway(node["takeaway"], ids), node["act"].text())


def _refuse_unknown_answers(program: Program, path: Path) -> None:
    for role, side in program.practice.sides.items():
        for step in side.steps:
            exercise, _, name = step.known_from.partition(".")
            known = exercise == INTAKE or program.exercise(exercise)
            if step.known_from and not (known and program.side(exercise, role).step(name)):
                raise ContentError(f"{path}: roles.{role}: {step.id}: known_from: there is no {step.known_from}")


def _refuse_shared_names(exercises: tuple[Exercise, ...], folder: Path) -> None:
    owner: dict[str, Exercise] = {}
    for exercise in exercises:
        for name in {plain(name) for name in (exercise.title, exercise.short, *exercise.names)}:
            if owner.setdefault(name, exercise) is not exercise:
                raise ContentError(
                    f"{folder / 'exercises'}: {exercise.id} and {owner[name].id} both answer to the name {name!r}; "
                    "take it out of one of them"
                )
