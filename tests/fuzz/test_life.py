"""Whatever three people do, and whatever befalls the bot: no turn fails, and nobody meets another's words."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from life import Life
from talking import Clock

from bot.house import House

FIXED = settings(derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck))


def test_whatever_three_people_do_no_turn_fails_and_nobody_meets_anothers_words(
    fuzz_house: House, fuzz_clock: Clock
) -> None:
    class Here(Life):
        house, clock = fuzz_house, fuzz_clock

    run_state_machine_as_test(
        Here,
        settings=settings(
            FIXED, max_examples=8, stateful_step_count=20, phases=[Phase.generate], report_multiple_bugs=False
        ),
    )
