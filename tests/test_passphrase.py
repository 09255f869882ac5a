"""The lock as it is kept: when it is locked, what opens it, and how long nothing is tried."""

from __future__ import annotations

import json

import pytest

from actions.store import Store
from actions.store.lock import NEW, SILENCE, WHAT, Lock, keep_lock, lock_of, may_be_passphrase

PHRASE, SALT = "Blue horse 17", b"0123456789abcdef"
HOUR = 3600


@pytest.fixture(scope="module")
def lock() -> Lock:
    return Lock().set_to(PHRASE, SALT, at=0.0)


def test_ten_minutes_of_silence_lock_it_and_every_doing_begins_them_anew(lock: Lock) -> None:
    assert not lock.locked(SILENCE - 1) and lock.locked(SILENCE)
    assert not lock.used(SILENCE - 1).locked(2 * SILENCE - 2)
    assert lock.closed().locked(1), "by hand it is locked at once"
    assert not Lock().locked(10 * HOUR), "without a passphrase nothing is ever locked"


@pytest.mark.parametrize(
    "typed", [PHRASE, "blue horse 17", "BLUE HORSE 17", " Blue  horse 17\n", "Ｂlue horse 17"], ids=repr
)
def test_what_a_phone_does_to_a_passphrase_does_not_matter(lock: Lock, typed: str) -> None:
    assert lock.opens_with(typed)


@pytest.mark.parametrize("typed", ["Blue horse 18", "Blue hors 17", "Bluehorse17", "Blue horse 17.", "Blue", ""])
def test_anything_else_does_not_open_it(lock: Lock, typed: str) -> None:
    assert not lock.opens_with(typed)


def test_accents_and_signs_are_compared_as_they_are_seen() -> None:
    lock = Lock().set_to("caf\N{LATIN SMALL LETTER E WITH ACUTE} 🌧 он лгал", SALT, 0.0)
    assert lock.opens_with("cafe\N{COMBINING ACUTE ACCENT} 🌧 он лгал") and not lock.opens_with("cafe 🌧 он лгал")


def test_the_hash_is_argon2id_at_the_advised_costs_and_each_salt_makes_another(lock: Lock) -> None:
    assert lock.phrase.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert Lock().set_to(PHRASE, SALT[::-1], 0.0).phrase != lock.phrase


@pytest.mark.parametrize(
    "wrong, minutes", [(1, 0), (2, 0), (3, 5), (4, 0), (6, 10), (9, 20), (12, 40), (15, 60), (18, 60), (3000, 60)]
)
def test_after_each_three_wrong_tries_the_pause_is_twice_as_long_up_to_an_hour(
    lock: Lock, wrong: int, minutes: int
) -> None:
    at = 0.0
    for _ in range(wrong):
        at += 2 * HOUR
        lock = lock.missed(at)
    assert lock.minutes_left(at) == minutes
    assert lock.minutes_left(at + 60 * minutes) == 0
    assert lock.minutes_left(at + 60 * minutes - 1) == min(1, minutes)
    assert lock.used(at).missed(at).minutes_left(at) == 0, "once it was open, they are counted anew"


def test_what_was_asked_waits_for_ten_minutes_and_only_while_it_is_open(lock: Lock) -> None:
    asking = Lock().asking(NEW, 0.0)
    assert asking.waits_for(NEW, SILENCE - 1) and asking.listens(SILENCE - 1) and not asking.waits_for(WHAT, 1.0)
    assert not asking.waits_for(NEW, SILENCE) and not asking.listens(SILENCE)
    changing = lock.used(100.0).asking(NEW, 100.0)
    assert changing.waits_for(NEW, 200.0) and not changing.closed().waits_for(NEW, 200.0)
    assert not changing.used(200.0).waits_for(NEW, 200.0), "whatever else they do, it is no longer asked"


@pytest.mark.parametrize("text", ["abcd", "  abcd ", "x" * 200, "🌧🌧🌧🌧"])
def test_a_passphrase_has_4_to_200_characters(text: str) -> None:
    assert may_be_passphrase(text)


@pytest.mark.parametrize("text", ["", "abc", "  abc  ", "x" * 201])
def test_what_is_shorter_or_longer_is_none(text: str) -> None:
    assert not may_be_passphrase(text)


def test_it_comes_back_from_the_database_as_it_was_and_none_is_nothing(store: Store, lock: Lock) -> None:
    kept_lock = lock.asking(WHAT, 5.0).heard("7").heard("").heard("8").heard("7").missed(6.0)
    assert kept_lock.typed == ("7", "8")
    with store.begin() as kept:
        person = kept.people.meet("test", "1", 0.0)
        assert person.lock is None and lock_of(person) == Lock()
        keep_lock(person, kept_lock)
    with store.begin() as kept:
        person = kept.people.find("test", "1")
        assert lock_of(person) == kept_lock and "horse" not in json.dumps(person.lock).casefold()
        keep_lock(person, Lock())
        assert person.lock is None


def test_only_so_many_messages_are_remembered(lock: Lock) -> None:
    for number in range(250):
        lock = lock.heard(str(number))
    assert lock.typed == tuple(map(str, range(150, 250)))
