"""What may be asked of Mend when: by someone new, by someone who is no adult, and after someone told of danger."""

from __future__ import annotations

from actions.store.care import Care

#: What someone new may ask before they are welcomed.
BEFORE_WELCOME = {"goodbye", "help", "ask_privacy", "bot_challenge", "crisis", "abuse", "delete_data", "export_data"}
#: How people come, or come back, who ask for nothing in particular yet.
COMING = {"greet", "start", "next", "affirm", "thank"}
#: What someone may ask for who is no adult.
FOR_EVERYONE = {
    "danger",
    "safe",
    "helplines",
    "set_country",
    "ground",
    "cannot_speak",
    "screen",
    "safety_plan",
    "erase_exchange",
    *BEFORE_WELCOME,
}
#: What concerns the evening question.
EVENINGS = ("set_reminder", "stop_reminder", "evening_settings", "journal")
#: What is answered gently for a day after someone told of danger.
GENTLY = {"vent", "out_of_scope", "affirm", "deny", "unsure"}
#: What asks for the reason of a question, or for the question again.
ASKS_BACK = {"explain_why", "repeat"}


def is_open_to_new(intent: str, care: Care) -> bool:
    """Whether someone may have this whose side nobody knows: they are new, or only what is for them alone is open."""
    return intent in BEFORE_WELCOME or (care.alone and intent in ("choose_strategy", *EVENINGS))
