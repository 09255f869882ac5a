"""What the encoder's heads say of a text, in the order of their columns."""

from __future__ import annotations

DEFLECTIONS = (
    "feelings_not_actions",
    "conditional",
    "excuse",
    "blame_shift",
    "minimizing",
    "agentless",
    "vague",
    "self_defense",
    "denial",
    "pressure",
    "self_pity",
    "reluctant",
)
ELEMENTS = (
    "names_the_act",
    "responsibility",
    "acknowledges_hurt",
    "regret",
    "commitment",
    "repair",
    "explanation",
    "forgiveness_request",
)
#: What danger a text tells of, and whether it is severe; that the writer is the one who hurts or controls someone; that
#: it is someone else who may harm themselves.
SELF_HARM, ABUSE, SEVERE, OWN, OTHERS = "self_harm", "abuse", "severe", "own", "others"
RISKS = (SELF_HARM, ABUSE, SEVERE, OWN, OTHERS)
#: A wish to the bot, and not an answer to the question it asked.
WISH = "wish"
INTENTS = (
    "greet",
    "goodbye",
    "thank",
    "affirm",
    "deny",
    "help",
    "bot_challenge",
    "start",
    "choose_strategy",
    "next",
    "skip",
    "back",
    "pause",
    "repeat",
    "show_progress",
    "practise_apology",
    "set_reminder",
    "stop_reminder",
    "role_broke_trust",
    "role_hurt",
    "explain_why",
    "vent",
    "ask_therapist",
    "ask_privacy",
    "export_data",
    "delete_data",
    "crisis",
    "abuse",
    "out_of_scope",
)
#: The ten strategies, by number.
STRATEGIES = tuple(f"strategy_{number}" for number in range(1, 11))

#: The columns of each task. Of the intents and of the strategies exactly one holds; of the others any number.
TASKS = {
    "deflections": DEFLECTIONS,
    "elements": ELEMENTS,
    "risks": RISKS,
    "wish": (WISH,),
    "intents": INTENTS,
    "strategies": STRATEGIES,
}
ONE_OF = ("intents", "strategies")


#: What each of the two trained encoders looks for: one reads drafts of apologies, one listens to all that is typed.
COACH = ("deflections", "elements")
LISTENER = ("risks", "wish", "intents", "strategies")


def columns(task: str, tasks: tuple[str, ...]) -> slice:
    """Where the columns of a task are among those of `tasks`."""
    start = width(tasks[: tasks.index(task)])
    return slice(start, start + len(TASKS[task]))


def width(tasks: tuple[str, ...]) -> int:
    """How many columns `tasks` have."""
    return sum(len(TASKS[task]) for task in tasks)
