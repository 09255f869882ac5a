"""All actions: importing this registers each of them in `actions/moment.py`."""

from __future__ import annotations

import actions.care
import actions.choosing
import actions.drafts
import actions.evening.answering
import actions.evening.asking
import actions.evening.changing
import actions.evening.journal
import actions.evening.looking_back
import actions.exercise
import actions.explaining
import actions.finishing
import actions.practice
import actions.talk

#: The modules in which they are.
MODULES = (
    actions.care,
    actions.choosing,
    actions.drafts,
    actions.evening.answering,
    actions.evening.asking,
    actions.evening.changing,
    actions.evening.journal,
    actions.evening.looking_back,
    actions.exercise,
    actions.explaining,
    actions.finishing,
    actions.practice,
    actions.talk,
)
