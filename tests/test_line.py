"""Threads that wait for a database with one writer: first come, first served."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from actions.store.turns import Line

PATIENCE = 20


@pytest.fixture
def line() -> Line:
    return Line()


def waiting(line: Line, work: Callable[[], None]) -> threading.Thread:
    """A thread that does its work once it is its turn; it stands in line when this returns."""
    before = len(line._waiting)
    thread = threading.Thread(target=lambda: (line.acquire(PATIENCE), work(), line.release()))
    thread.start()
    while len(line._waiting) == before and thread.is_alive():
        threading.Event().wait(0.001)
    return thread


def test_who_waited_longest_is_next(line: Line) -> None:
    order: list[int] = []
    assert line.acquire(PATIENCE)
    threads = [waiting(line, lambda number=number: order.append(number)) for number in range(6)]
    line.release()
    for thread in threads:
        thread.join(PATIENCE)
    assert order == list(range(6))


def test_who_lets_go_and_wants_again_goes_to_the_end_of_the_line(line: Line) -> None:
    order: list[str] = []
    assert line.acquire(PATIENCE)
    other = waiting(line, lambda: order.append("other"))
    line.release()
    assert line.acquire(PATIENCE)
    order.append("again")
    line.release()
    other.join(PATIENCE)
    assert order == ["other", "again"]


def test_who_gives_up_waiting_is_not_waited_for(line: Line) -> None:
    assert line.acquire(PATIENCE)
    assert not line.acquire(0.01)
    line.release()
    assert line.acquire(0.01)
    line.release()


def test_only_one_is_inside_at_a_time(line: Line) -> None:
    inside, most = [0], [0]

    def work() -> None:
        inside[0] += 1
        most[0] = max(most[0], inside[0])
        threading.Event().wait(0.002)
        inside[0] -= 1

    assert line.acquire(PATIENCE)
    threads = [waiting(line, work) for _ in range(8)]
    line.release()
    for thread in threads:
        thread.join(PATIENCE)
    assert most == [1] and inside == [0]
