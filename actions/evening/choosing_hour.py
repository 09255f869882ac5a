"""Of several hours in one message the one that they want for the question; or several, where they leave it open."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from actions.evening.tidying import DASH
from actions.evening.times import Time
from actions.evening.words import any_of, words

#: How much it counts that an hour is asked for, hinted at, that of something else, refused, ...
ASKED, HINTED, ALONE, LAST, STATED, REASON, BARE, EARLY, OTHER, REFUSED = 3, 1, 1, 2, -1, -1, -1, -1, -2, -5
#: From this hour on an evening question is likely.
EVENING, NOON = 17, 12
#: How many characters behind an hour still speak of it, and how near before it a word refuses it.
BEHIND, NEAR = 28, 26

_BREAK = r"[,.;!?:()\n]+(?!\d)"
_REASON = r"(?:because|cos|cause|coz|bc|since|porque|weil|parce que|perche|bo)"
_TURN = rf"(?<!\w)(?:but|so|and|then|{_REASON}|when|while|if|that'?s why|therefore|pero|aber|lakini)(?!\w)"
_JOINED = rf"(?:or|to|and|n|till?|until|between|oder|ou|o|ya|veya|au|atau|lub|tai|of|&|/|{DASH})"
_LIKE = r"(?:(?:maybe|even|at|by|about|around|say|like|perhaps|possibly|the latest|both)\W+)*"
_CHOICE = re.compile(
    rf"\W*(?<!\w){_JOINED}(?!\w)\W*{_LIKE}|\s*[/&{DASH}-]\s*|\s*\?+\s*(?:or )?"
    r"|\W*(?:maybe|perhaps|possibly)\W+(?:even )?|\W*or\W+(?:\w+ ){0,3}|(?: \w+){1,3},? or(?: maybe| at)? "
)
_TURNS = r"(?:(?:but|and|because|cos|cause|coz|since|when|while|if|as|so|then|that) )*"
_SUBJECTS = r"(?:he|she|they|it|i|we|you|my|our|the|his|her|their|this|that|there|mum|dad)"
_SUBJECT = re.compile(rf"^\W*{_TURNS}{_SUBJECTS}(?:'\w+)? \w+")
_REASONED = re.compile(rf"\s*{_REASON}(?!\w)")
_SAYS = re.compile(r"\b(?:says?|said|wants?|wanted|prefers?|thinks?|likes?|suits?)\b")
_NO_REFUSAL = re.compile(
    r"why (?:not|don'?t)|(?:don'?t|not) (?:forget|be late|mind|worry|fussed|sure)|not bad"
    r"|(?:no|not|nothing|any) (?:later|earlier|sooner) than|not (?:before|until|till|later|earlier)"
)


def chosen(said: str, found: list[Time]) -> list[Time]:
    """The hours that are meant, the first one first: several only where they are left open."""
    found = [_of_morning(said, *pair) for pair in zip(found, [*found[1:], None])]
    choices = _choices(said, found)
    if len({str(time) for time in found}) < 2:
        return [] if found and _is_of_others(said, choices[0]) else sorted(found, key=lambda time: not time.sure)[:1]
    scores = [_score(said, choices, at) for at in range(len(choices))]
    best = max(scores)
    equal = [choice for choice, score in zip(choices, scores) if score == best]
    rivals = [choice for choice, score in zip(choices, scores) if score >= min(best, _least(said))]
    if len(choices) > 1 and len(rivals) > 1 and (best < 0 or _is_open(said)):
        return [time for choice in rivals for time in choice]
    return equal[-1]


def _of_morning(said: str, time: Time, following: Time | None) -> Time:
    """An hour, in the morning where the next says so for both: "8 or 9 am"."""
    early = following is not None and following.sure and 0 < following.hour < NOON
    if following is None or not early or time.sure or time.hour < NOON:
        return time
    joined = _CHOICE.fullmatch(said[time.span[1] : following.span[0]])
    return replace(time, hour=time.hour - NOON, sure=True) if joined else time


def _is_of_others(said: str, choice: list[Time]) -> bool:
    """Whether the only hour is one at which somebody else does something, and no wish: "he gets home at 10 pm"."""
    before = _last_clause(said[: choice[0].span[0]])
    return speaks_of_others(before) and _says("other", before)


def speaks_of_others(clause: str) -> bool:
    """Whether a clause is about somebody else: "my wife sleeps"."""
    return _of_kin().match(clause) is not None and _SAYS.search(clause) is None


@lru_cache(maxsize=1)
def _of_kin() -> re.Pattern[str]:
    whose = r"\W*(?:(?:but|and|so|cos|because) )*(?:(?:my|mi|our|his|her|the) )?"
    return re.compile(rf"{whose}(?:{any_of(words().lists['kin'])})(?!\w)")


def clauses(said: str) -> list[str]:
    """The parts of a text that say one thing each."""
    return re.split(f"{_BREAK}|(?={_TURN})", said)


def _is_open(said: str) -> bool:
    """Whether it stays open which hour they want: they say so, or each is for other days, or for another case."""
    days = _standing("days").findall(said)
    by_day = len(days) > 1 or any(day.endswith("s") and len(day) > 4 for day in days)
    return words().holds("undecided", said) or by_day or len(re.findall(r"\b(?:when|if)\b", said)) > 1


def _least(said: str) -> int:
    """The lowest score of an hour that is left open: where they can't decide, a lone number is one as well."""
    return BARE if words().holds("undecided", said) else 0


def _choices(said: str, found: list[Time]) -> list[list[Time]]:
    """The hours, those together that are a choice of two: "9 or 10", "from 8 till 9"."""
    choices: list[list[Time]] = []
    moved, undecided = words().holds("changed", said), words().holds("undecided", said)
    for time in found:
        between = said[choices[-1][-1].span[1] : time.span[0]] if choices else ""
        changed = moved and between.strip() == "to"
        loose = undecided and not between.strip()
        if choices and not changed and (_CHOICE.fullmatch(between) or loose):
            choices[-1].append(time)
        else:
            choices.append([time])
    return choices


def _score(said: str, choices: list[list[Time]], at: int) -> int:
    """How likely a choice is the one that they want, by what stands before and behind it."""
    choice = choices[at]
    start, end = choice[0].span[0], choice[-1].span[1]
    previous = choices[at - 1][-1].span[1] if at else 0
    following = choices[at + 1][0].span[0] if at + 1 < len(choices) else len(said)
    before, behind = _last_clause(said[previous:start]), clauses(said[end:following])[0][:BEHIND]
    asked = _says("asked", before) or _starts("asked_behind", behind)
    hinted = _says("hinted", before) or _starts("hinted_behind", behind)
    other = _says("other", before) or _starts("other_behind", behind)
    refused = _says("refused", _NO_REFUSAL.sub("", before)[-NEAR:]) or _is_refused_behind(
        said[end:following], at + 1 < len(choices)
    )
    if words().holds("changed", said) and re.match(r"\s*to\s*\Z", said[end:following]):
        refused = True
    alone = not _standing("around").sub("", before + behind).strip(" -~'\"*…")
    return (
        ASKED * asked
        + HINTED * hinted
        + OTHER * other
        + REFUSED * refused
        + (ALONE + LAST * (at + 1 == len(choices))) * alone
        + STATED * ((not asked and _SUBJECT.match(before) is not None) or _SUBJECT.match(behind) is not None)
        + REASON * (_REASONED.match(before) is not None)
        + OTHER * speaks_of_others(before)
        + BARE * all(time.bare for time in choice)
        + EARLY * (5 <= choice[0].hour < EVENING and choice[0].sure)
    )


def _last_clause(before: str) -> str:
    """From the last break on; a turn ("but", "so") belongs to what comes behind it."""
    clause = re.split(_BREAK, before)[-1]
    turns = [match.start() for match in re.finditer(_TURN, clause)]
    return clause[turns[-1] :] if turns else clause


def _is_refused_behind(text: str, another: bool) -> bool:
    """Whether what follows an hour takes it back: "never that hour", ". no 10.15 pm", ", wait"."""
    turned = any_of(words().lists["turned"])
    return words().holds("refused_behind", text) or bool(
        another
        and re.search(
            rf"(?:[,.;!?\n…]\s*|\A\s*(?=no))(?:{turned})(?!\w)(?! later| earlier| problem| matter| more)", text
        )
    )


def _says(name: str, text: str) -> bool:
    return words().holds(name, text)


def _starts(name: str, text: str) -> bool:
    """Whether one of the words stands behind an hour, with no more than two others between."""
    return re.match(rf"\W*(?:[\w']+\W+){{0,2}}(?:{_standing(name).pattern})", text) is not None


@lru_cache(maxsize=64)
def _standing(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{any_of(words().lists[name])})(?!\w)")
