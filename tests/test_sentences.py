"""The sentences of domain.yml and the code that says them: none is missing, none is idle, every {place} is filled."""

from __future__ import annotations

import ast
import string
from collections import defaultdict
from collections.abc import Iterator
from functools import cache

import pytest
import yaml

from actions.evening.schedule import SILENT, SOFTER
from actions.evening.telling import CHOICES
from actions.journey import State
from actions.program import BOTH, ROLES
from actions.sentences import UNKNOWN, Markup, Sentences, quoted
from actions.store.care import KINDS
from bot.commands import DIRECT, WISHES
from bot.direct import DELETE, DELETE_CHAT, KEEP
from bot.discretion import VANISH
from bot.retention import STAY
from bot.settings import ROOT

DOMAIN = yaml.safe_load((ROOT / "domain.yml").read_text("utf-8"))
RESPONSES: dict[str, list[dict]] = DOMAIN["responses"]
RULES = yaml.safe_load((ROOT / "data" / "rules.yml").read_text("utf-8"))["rules"]
SENTENCES = Sentences(ROOT / "domain.yml", ROOT / "data" / "labels.yml")
TREES = {
    path: ast.parse(path.read_text("utf-8")) for room in ("actions", "bot") for path in (ROOT / room).rglob("*.py")
}

#: What `say` and `utter_message` take beside the words for a response.
MARKS = {"response", "buttons", "more", "private", "place", "picture", "deletes", "text_if_not", "once"}
#: Names of responses and labels that are put together from a beginning and one of these.
ENDINGS = {
    "utter_danger_": KINDS,
    "utter_safe_": ("no", "unsure"),
    "utter_line_": ("phone", "text", "chat"),
    "safe_": ("yes", "no", "unsure"),
    "utter_evenings_": CHOICES,
    "days_": CHOICES,
}
#: Responses that are said by way of a variable, with the words given there; all other such have no places to fill.
BY_VARIABLE = {
    "utter_journal": {"list"},
    "utter_search_found": {"list"},
    "utter_settling": {"ask"},
    "utter_week_up": {"scale", "now", "before"},
    "utter_week_down": {"scale", "now", "before"},
    "utter_week_promise": {"kept", "asked"},
    "utter_week_promise_told": {"kept", "asked", "slips"},
    "utter_one_slip": set(),
    "utter_slips": {"count"},
    "utter_suggest": {"title"},
    "utter_suggest_next": {"title"},
    **{f"utter_danger_{kind}": {"emergency", "people"} for kind in (*KINDS, "again")},
}


def constants(nodes: Iterator[ast.AST]) -> Iterator[str]:
    yield from (node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))


def spelt_out(name: ast.AST) -> list[str]:
    """The names that an expression may stand for: the one that it is, or one for each ending."""
    if isinstance(name, ast.JoinedStr):
        beginning = name.values[0].value
        return [beginning + ending for ending in ENDINGS[beginning]]
    return [name.value] if isinstance(name, ast.Constant) else []


def named_in_python() -> set[str]:
    found = {text for tree in TREES.values() for text in constants(ast.walk(tree)) if text.startswith("utter_")}
    built = {beginning + ending for beginning in found & set(ENDINGS) for ending in ENDINGS[beginning]}
    return found - set(ENDINGS) | built


def named_in_rules() -> set[str]:
    return {step["action"] for rule in RULES for step in rule["steps"] if "action" in step}


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@cache
def given() -> dict[str, list[set[str]]]:
    """Response -> the words that each piece of code gives it."""
    found = defaultdict(list)
    for tree in TREES.values():
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef):
                for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
                    for name in _said(call):
                        found[name].append(set(_words(call, function)) - MARKS)
    return found


def _said(call: ast.Call) -> Iterator[str]:
    verb = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if verb in ("say", "utter_message"):
        spoken = [*call.args[:1], *(keyword.value for keyword in call.keywords if keyword.arg == "response")]
        yield from (name for one in spoken for name in spelt_out(one))


def _words(call: ast.Call, function: ast.FunctionDef) -> Iterator[str]:
    for keyword in call.keywords:
        if keyword.arg:
            yield keyword.arg
        elif getattr(keyword.value, "attr", "") == "operator":
            yield from UNKNOWN
        elif keyword.value.id == "counts":
            yield from (state.value for state in State)
        else:
            yield from _keys(keyword.value.id, function)


def _keys(variable: str, function: ast.FunctionDef) -> Iterator[str]:
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", None) == variable:
            yield from (key.value for key in node.value.keys)


def test_every_sentence_that_is_named_exists_and_every_one_that_exists_is_said() -> None:
    said = named_in_python() | {name for name in named_in_rules() if name.startswith("utter_")}
    assert said == set(RESPONSES)


@pytest.mark.parametrize("response", RESPONSES)
def test_a_sentence_is_given_exactly_the_words_that_it_has_places_for(response: str) -> None:
    given_words = given().get(response, []) + ([BY_VARIABLE[response]] if response in BY_VARIABLE else [])
    for variant in RESPONSES[response]:
        assert all(places(variant["text"]) == words for words in given_words or [set()])


def test_every_action_of_a_rule_is_known_and_every_known_one_is_used() -> None:
    import bot.dialogue  # noqa: F401 - this registers them
    from actions.moment import ACTIONS, FORM

    assert set(ACTIONS) == set(DOMAIN["actions"])
    automatic = {f"action_ask_{FORM}_answer", f"validate_{FORM}"}
    assert {name for name in named_in_rules() if name.startswith("action_")} == set(ACTIONS) - automatic


def test_every_intent_of_a_rule_is_known_and_every_known_one_has_a_rule() -> None:
    ruled = [step["intent"] for rule in RULES for step in rule["steps"] if "intent" in step]
    assert len(ruled) == len(set(ruled))
    assert set(ruled) | {"answer"} == set(DOMAIN["intents"])


def test_every_button_of_a_sentence_asks_for_something_known() -> None:
    payloads = {button["payload"] for said in RESPONSES.values() for one in said for button in one.get("buttons", ())}
    without_the_dialogue = {DELETE, DELETE_CHAT, KEEP, STAY, VANISH.removesuffix(":")}
    assert {payload.partition(":")[0] for payload in payloads} <= {*DOMAIN["intents"], *without_the_dialogue}


def test_every_label_that_is_named_exists_and_every_one_that_exists_is_shown() -> None:
    nodes = [node for tree in TREES.values() for node in ast.walk(tree)]
    verbs = [node for node in nodes if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in VERBS]
    first = [arg for call in verbs for arg in call.args[:1]]
    either = [way for arg in first if isinstance(arg, ast.IfExp) for way in (arg.body, arg.orelse)]
    named = {name for arg in first + either for name in spelt_out(arg)}
    in_pairs = {node.elts[0].value for node in nodes if _is_button(node)}
    labels = set(yaml.safe_load((ROOT / "data" / "labels.yml").read_text("utf-8"))["labels"])
    assert named <= labels
    assert labels <= named | in_pairs | {*ROLES, SOFTER, SILENT}


VERBS = ("button", "label")


def _is_button(node: ast.AST) -> bool:
    """Whether this is a pair of a label and of what it means to the dialogue."""
    pair = [*constants(iter(node.elts))] if isinstance(node, ast.Tuple) else []
    return len(pair) == len(getattr(node, "elts", ())) == 2 and pair[1].partition(":")[0] in DOMAIN["intents"]


def test_the_commands_that_telegram_lists_are_those_that_work() -> None:
    assert set(SENTENCES.commands) == {*WISHES, *DIRECT} - {"start"}
    assert set(WISHES.values()) <= set(DOMAIN["intents"])


def test_every_command_that_help_names_works() -> None:
    named = {word[1:] for word in SENTENCES.say("utter_help").split() if word.startswith("/")}
    assert len(named) > 5 and named <= {*WISHES, *DIRECT}


def test_every_side_and_state_has_its_word() -> None:
    assert set(SENTENCES.sides) == {*ROLES, BOTH}
    assert set(SENTENCES.marks) == {state.value for state in State}


def test_words_put_into_a_sentence_never_become_markup() -> None:
    assert "&lt;b&gt;5 &gt; 3 &amp; 2 {ask}&lt;/b&gt;" in SENTENCES.say(
        "utter_intake_question", ask="<b>5 > 3 & 2 {ask}</b>"
    )


def test_what_is_safe_already_is_not_made_safe_twice() -> None:
    people = {"emergency": "1<2", "silent": ""}
    assert SENTENCES.say("utter_people", list=Markup("<b>A &amp; B</b>"), **people).startswith("<b>A &amp; B</b>")
    assert "1&lt;2" in SENTENCES.say("utter_people", list=Markup(""), **people)


@pytest.mark.parametrize(
    "words, limit, shown",
    [
        ("short", 20, "short"),
        ("  short\n", 20, "short"),
        ("exactly twenty lette", 20, "exactly twenty lette"),
        ("cut at a word, never inside", 20, "cut at a word, …"),
        ("Donaudampfschifffahrtsgesellschaft", 20, "Donaudampfschifffahr …"),
    ],
)
def test_long_words_are_quoted_up_to_a_word(words: str, limit: int, shown: str) -> None:
    assert quoted(words, limit) == shown
