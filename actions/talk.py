"""What is said when no strategy is meant: to someone who pours their heart out, or who can't be understood."""

from __future__ import annotations

from rasa_sdk.events import EventType, SlotSet

from actions.moment import CLOSED, Moment, action
from actions.sentences import WISHES, quoted
from actions.walks import NOTE

#: What stands for each kind of thing that is not text.
NOT_TEXT = {
    "voice": "utter_voice",
    "audio": "utter_voice",
    "video_note": "utter_voice",
    "photo": "utter_picture",
    "video": "utter_picture",
    "animation": "utter_sticker",
    "sticker": "utter_sticker",
    "forward": "utter_forward",
}


@action("action_vent")
def vent(m: Moment) -> list[EventType]:
    """Show that it was read, in their words, and let them choose what now. The words are kept already."""
    ways = [m.button("write_on", "write_on"), m.button("menu", "show_menu"), m.button("pause", "pause")]
    m.say("utter_vent", words=quoted(m.words, limit=120), buttons=ways, private=True)
    return []


@action("action_ask_which_wish")
def ask_which_wish(m: Moment) -> list[EventType]:
    """Their words may mean one of two things; let them choose. The words are kept already."""
    labels = m.tools.sentences.wishes
    buttons = {labels[wish]: WISHES[wish] for wish in (m.value or "").split(":") if wish in WISHES}
    ways = [{"title": label, "payload": means} for label, means in buttons.items()]
    m.say("utter_ask_which_wish", buttons=[*ways, m.button("menu", "show_menu")] if len(ways) < 2 else ways)
    return []


@action("action_privacy")
def privacy(m: Moment) -> list[EventType]:
    """Who can read what they write, and what they can do about it."""
    m.say("utter_privacy", **m.tools.operator)
    return []


@action("action_write_on")
def write_on(m: Moment) -> list[EventType]:
    """Let them write freely: everything that comes is kept, until they choose something else."""
    m.kept.runs.begin(m.person, NOTE, "anyone", NOTE, m.now)
    m.say("utter_opening_words", opening=m.program.writing.opening)
    return CLOSED


@action("action_not_text")
def not_text(m: Moment) -> list[EventType]:
    """A kind, fitting answer to a voice note, a picture and the like; then the open question again."""
    m.say(NOT_TEXT.get(m.value, "utter_other_media"), more=m.run is not None)
    return m.ask() if m.run is not None else []


@action("action_default_fallback")
def fallback(m: Moment) -> list[EventType]:
    """Say honestly that it was not understood; never the same line twice in a row."""
    again = m.tracker.get_slot("last_fallback") == "utter_fallback"
    response = "utter_fallback_again" if again else "utter_fallback"
    m.say(response)
    return [SlotSet("last_fallback", response)] + (m.ask() if m.run is not None else [])
