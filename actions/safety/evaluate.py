"""How well danger is seen, on labelled lines: recall by kind and severity, false alarms by kind of harmless line."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from actions.safety.recognise import Danger  # and with it the encoder, which takes a second to load

NONE = "none"


@dataclass
class Rate:
    """So many of so many, and the ids of the lines that went wrong."""

    hits: int = 0
    of: int = 0
    wrong: list[str] = field(default_factory=list)

    def count(self, hit: bool, name: str, *, wrong: bool) -> None:
        """Count one line."""
        self.of += 1
        self.hits += hit
        if wrong:
            self.wrong.append(name)

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return self.hits / self.of if self.of else 0.0


@dataclass
class SafetyResult:
    """What was counted over a set."""

    recall: dict[tuple[str, str], Rate] = field(default_factory=dict)  #: (risk, severity) -> seen, with its right kind
    heard: dict[tuple[str, str], Rate] = field(default_factory=dict)  #: seen, or at least shown where people are
    alarms: dict[str, Rate] = field(default_factory=dict)  #: kind of harmless line -> taken for danger
    hints: dict[str, Rate] = field(default_factory=dict)  #: the same, or shown where people are
    severity: Rate = field(default_factory=Rate)  #: severity right, of what was seen
    who: Rate = field(default_factory=Rate)  #: whose danger it is right, of what was seen


def evaluate(read: Callable[[str], Danger | None], path: Path) -> SafetyResult:
    """Read every line of a file of `{"id","text","risk","severity","who"?,"kind"?}`, and count."""
    result = SafetyResult()
    for line in path.read_text("utf-8").splitlines():
        entry = json.loads(line)
        found, risk = read(entry["text"]), entry["risk"]
        danger = None if found is None or found.faint else found
        if risk == NONE:
            rate = result.alarms.setdefault(entry.get("kind", "harmless"), Rate())
            rate.count(danger is not None, entry["id"], wrong=danger is not None)
            hints = result.hints.setdefault(entry.get("kind", "harmless"), Rate())
            hints.count(found is not None, entry["id"], wrong=found is not None)
            continue
        heard = found is not None
        result.heard.setdefault((risk, entry["severity"]), Rate()).count(heard, entry["id"], wrong=not heard)
        seen = danger is not None and danger.risk == risk
        result.recall.setdefault((risk, entry["severity"]), Rate()).count(seen, entry["id"], wrong=not seen)
        if seen and danger is not None:
            right = danger.severity == entry["severity"]
            result.severity.count(right, entry["id"], wrong=not right)
            own = (danger.own or danger.others) == (entry.get("who") == ("writer" if risk == "abuse" else "other"))
            result.who.count(own, entry["id"], wrong=not own)
    return result
