"""/journal: the evenings to browse, to search, and to erase one by one."""

from __future__ import annotations

from rasa_sdk.events import EventType

from actions.evening.looking_back import day, words_of
from actions.evening.telling import marks_told
from actions.moment import CLOSED, Moment, action
from actions.sentences import Markup, quoted
from actions.store.answers import text_of
from actions.store.evenings import marks_of
from actions.store.models import Evening, Run
from actions.walks import SEARCHING

PAGE, LETTERS, MOST_FOUND = 5, 120, 10


@action("action_journal")
def journal(m: Moment) -> list[EventType]:
    """A page of the journal, the newest first; `value` says how many are newer than it."""
    m.kept.runs.put_down(m.person)
    first = int(m.value) if (m.value or "").isdigit() else 0
    entries = _entries(m)
    if not entries:
        ways = [] if m.kept.evenings.running(m.person) else [m.button("evening_on", "evening_settings")]
        m.say("utter_journal_empty", buttons=[*ways, m.button("menu", "show_menu")])
        return CLOSED
    page = entries[first : first + PAGE]
    ways = [m.button("search", "search_journal"), m.button("look_back_now", "look_back")]
    if first + PAGE < len(entries):
        ways.insert(0, m.button("older", f"journal:{first + PAGE}"))
    if first:
        ways.insert(0, m.button("newer", f"journal:{max(0, first - PAGE)}"))
    _list(m, page, "utter_journal", ways)
    return CLOSED


@action("action_open_entry")
def open_entry(m: Moment) -> list[EventType]:
    """One evening, whole."""
    evening = _named(m)
    if evening is None or not (words_of(m, evening) or marks_of(evening)):
        m.say("utter_entry_gone", buttons=[m.button("journal", "journal")])
        return []
    question = m.program.reflections.question(evening.question or "")
    buttons = [m.button("erase_entry", f"erase_entry:{evening.id}"), m.button("journal", "journal")]
    words, ask = words_of(m, evening) or "", question.ask if question else ""
    m.say(
        "utter_entry",
        when=day(evening.date),
        ask=ask,
        words=words,
        marks=marks_told(m.program.reflections, evening),
        buttons=buttons,
        private=True,
    )
    return []


@action("action_erase_entry")
def erase_entry(m: Moment) -> list[EventType]:
    """Ask once before an evening's answer is erased; `value` ends with `.yes` when they were sure."""
    number, _, sure = (m.value or "").partition(".")
    evening = m.kept.evenings.get(m.person, int(number)) if number.isdigit() else None
    if evening is None:
        m.say("utter_entry_gone", buttons=[m.button("journal", "journal")])
        return []
    if not sure:
        ways = [
            m.button("erase_entry_yes", f"erase_entry:{number}.yes"),
            m.button("erase_entry_no", f"open_entry:{number}"),
        ]
        m.say("utter_ask_erase_entry", when=day(evening.date), buttons=ways)
        return []
    run = m.kept.runs.get(m.person, evening.run_id) if evening.run_id else None
    m.kept.evenings.erase(evening)
    if run is not None:
        m.kept.runs.erase(m.person, run)
    m.kept.outbox.erase_quotes(m.person.channel, m.person.chat)
    m.say("utter_entry_erased", buttons=[m.button("journal", "journal")])
    return []


@action("action_search_journal")
def search_journal(m: Moment) -> list[EventType]:
    """Ask for the word to look for."""
    side = m.program.searching
    m.kept.runs.begin(m.person, SEARCHING, "anyone", side.steps[0].id, m.now)
    m.say("utter_opening_words", opening=side.opening, more=True)
    return m.ask()


def found(m: Moment, run: Run) -> list[EventType]:
    """The evenings whose answer holds what they typed; that itself is not kept."""
    said = m.kept.runs.last_words(run)
    sought = text_of(said).strip() if said is not None else ""
    m.kept.runs.erase(m.person, run)
    hits = [one for one in _entries(m) if sought and sought.casefold() in (words_of(m, one) or "").casefold()]
    again = [m.button("search", "search_journal"), m.button("journal", "journal")]
    if not hits:
        m.say("utter_search_nothing", words=quoted(sought, LETTERS), buttons=again, private=True)
    else:
        _list(m, hits[:MOST_FOUND], "utter_search_found", again)
    return []


def _list(m: Moment, page: list[Evening], response: str, ways: list[dict[str, str]]) -> None:
    lines = [m.tools.sentences.say("utter_journal_line", when=day(one.date), words=_short(m, one)) for one in page]
    opens = [{"title": f"{day(one.date).rpartition(' ')[0]}", "payload": f"open_entry:{one.id}"} for one in page]
    m.say(response, list=Markup("\n".join(lines)), buttons=opens + ways, private=True)


def _short(m: Moment, evening: Evening) -> str:
    words = words_of(m, evening)
    return quoted(words, LETTERS) if words else marks_told(m.program.reflections, evening)


def _entries(m: Moment) -> list[Evening]:
    answered = [one for one in m.kept.evenings.all(m.person) if one.answered_at is not None]
    return [one for one in answered if marks_of(one) or words_of(m, one)]


def _named(m: Moment) -> Evening | None:
    number = m.value or ""
    return m.kept.evenings.get(m.person, int(number)) if number.isdigit() else None
