"""A backup holds everything as it was at one moment, opens with nothing but the master key, and brings nobody back."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic import command
from opening import opened
from talking import CHANNEL, Person

from actions.errors import OperatorError
from actions.store import Kept, Store, StoreError, backup, sealed_file
from actions.store.alone import alone
from actions.store.backup import PART, PLAIN, back_up
from actions.store.files import Held
from actions.store.keys import MASTER
from actions.store.master import KeyGiven
from actions.store.migrations import config
from actions.store.restore import restore
from actions.store.runs import text_of

pytestmark = pytest.mark.sqlite

NOW = 1_760_000_000.0
Elsewhere = Callable[[], Store]


@pytest.fixture
def elsewhere(tmp_path: Path, store: Store) -> Elsewhere:
    """Makes new, empty places for the same operator's database: the master key is there, and nothing else."""

    def place() -> Store:
        folder = tmp_path / f"place-{len(list(tmp_path.glob('place-*')))}"
        folder.mkdir()
        shutil.copy2(store.path.with_name("master.key"), folder)
        return Store(f"sqlite:///{folder / 'mend.db'}")

    return place


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """Where the backup goes."""
    (tmp_path / "backups").mkdir()
    return tmp_path / "backups" / "monday.backup"


def writes(kept: Kept, chat: str, words: str) -> None:
    """Someone answers something."""
    person = kept.people.meet("telegram", chat, NOW)
    run = kept.runs.begin(person, "apology", "hurt", "named", NOW)
    kept.runs.answer(run, "named", [("1", words)], NOW)


def words_of(kept: Kept, chat: str) -> list[str] | None:
    """What someone wrote; nothing when they are not known."""
    person = kept.people.find("telegram", chat)
    return None if person is None else [text_of(answer) for answer in kept.runs.versions(person)]


def filled(store: Store, *chats: str) -> Store:
    """A database in which these people wrote."""
    with store.begin() as kept:
        for chat in chats:
            writes(kept, chat, f"the words of {chat}")
    return store


def files(store: Store) -> dict[str, bytes]:
    """What is beside a database, and it itself; but for what SQLite and the lock keep there."""
    beside = [path for path in store.path.parent.iterdir() if path.is_file()]
    return {path.name: path.read_bytes() for path in beside if not path.name.endswith((".lock", "-wal", "-shm"))}


def refusal(store: Store, file: Path) -> str:
    """The one line with which a backup is refused. Nothing has changed then, and nothing is left lying about."""
    store.scrub()
    before = files(store)
    with pytest.raises(OperatorError) as refused:
        restore(store, file)
    assert files(store) == before
    assert "\n" not in str(refused.value) and str(file) in str(refused.value)
    return str(refused.value)


# -- making one ----------------------------------------------------------------------------------------------------


def test_everything_that_was_kept_is_there_again(person: Person, tmp_path: Path, target: Path) -> None:
    person.welcomed().says("1")
    person.says("I found the albatross letters in his coat")
    house = person.house.tools.store
    with house.begin() as kept:
        before = opened(kept)
    back_up(house, target)
    person.says("and this came after the backup")
    folder = tmp_path / "new machine"
    folder.mkdir()
    shutil.copy2(house.path.with_name("master.key"), folder)
    there = Store(f"sqlite:///{folder / 'mend.db'}")
    assert restore(there, target).replaced is None
    with there.begin() as kept:
        assert opened(kept) == before
        known = kept.people.find(CHANNEL, person.chat)
        assert "I found the albatross letters in his coat" in [text_of(one) for one in kept.runs.versions(known)]
    there.close()


def test_made_while_turns_go_on_it_holds_whole_turns_and_holds_nobody_up(
    store: Store, elsewhere: Elsewhere, target: Path
) -> None:
    done, stop = [0], threading.Event()

    def talk() -> None:
        while not stop.is_set():
            with store.begin() as kept:  # one turn: the update and the answer, or neither
                kept.inbox.add("telegram", done[0], "1", {"kind": "text", "text": "words"}, NOW)
                writes(kept, "1", f"{done[0]} " + "and so on " * 500)
            done[0] += 1

    talking = threading.Thread(target=talk)
    talking.start()
    try:
        for _ in range(5):
            at_least = done[0]
            back_up(store, target)
            at_most = done[0] + 1
            there = elsewhere()
            restore(there, target)
            with there.begin() as kept:
                numbers = [int(words.split()[0]) for words in words_of(kept, "1") or ()]
                updates = len(opened(kept)["inbox"])
            there.close()
            assert at_least <= len(numbers) <= at_most and numbers == list(range(updates))
    finally:
        stop.set()
        talking.join()
    assert done[0] > 20


def test_only_its_owner_can_read_it_and_nothing_else_is_left_beside_it(store: Store, target: Path) -> None:
    filled(store, "4242424242")
    umask = os.umask(0)
    try:
        size = back_up(store, target)
    finally:
        os.umask(umask)
    assert [path.name for path in target.parent.iterdir()] == [target.name]
    assert stat.S_IMODE(target.stat().st_mode) == 0o600 and target.stat().st_size == size
    content = target.read_bytes()
    assert not [words for words in (b"SQLite", b"CREATE TABLE", b"telegram") if words in content]


def test_while_it_is_made_others_cannot_read_what_is_not_locked_yet(
    store: Store, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    modes = {}

    def looked(content: Path, out: object, master: object) -> None:
        modes.update({path.name: stat.S_IMODE(path.stat().st_mode) for path in target.parent.iterdir()})
        seal(content, out, master)

    seal = sealed_file.seal
    monkeypatch.setattr(backup, "seal", looked)
    umask = os.umask(0)
    try:
        back_up(store, target)
    finally:
        os.umask(umask)
    assert modes == {PLAIN: 0o600, PART: 0o600}


def test_what_a_crash_left_is_gone_with_the_next_backup(store: Store, target: Path) -> None:
    for name in (PLAIN, f"{PLAIN}-wal", f"{PLAIN}-journal", PART):
        (target.parent / name).write_bytes(b"left behind")
    back_up(store, target)
    assert [path.name for path in target.parent.iterdir()] == [target.name]


def test_a_backup_that_fails_leaves_the_old_one_and_nothing_else(
    store: Store, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    back_up(store, target)
    old = target.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup, "seal", full)
    with pytest.raises(StoreError, match="No space left"):
        back_up(store, target)
    assert target.read_bytes() == old and [path.name for path in target.parent.iterdir()] == [target.name]


def test_two_backups_at_once_do_not_get_in_each_others_way(store: Store, target: Path, monkeypatch) -> None:
    seal = sealed_file.seal

    def meanwhile(*about: object) -> None:
        with pytest.raises(Held, match="another backup"):
            back_up(store, target.with_name("tuesday.backup"))
        seal(*about)

    monkeypatch.setattr(backup, "seal", meanwhile)
    back_up(store, target)
    assert [path.name for path in target.parent.iterdir()] == [target.name]


def test_a_newer_backup_takes_an_older_ones_place(store: Store, elsewhere: Elsewhere, target: Path) -> None:
    back_up(filled(store, "1"), target)
    back_up(filled(store, "2"), target)
    there = elsewhere()
    restore(there, target)
    with there.begin() as kept:
        assert words_of(kept, "2") == ["the words of 2"]
    there.close()


@pytest.mark.parametrize(
    "where, says",
    [
        ("nowhere/monday.backup", "nowhere"),
        ("backups", "is a folder"),
        ("mend.db", "no backup"),
        ("master.key", "no backup"),
    ],
)
def test_what_is_no_place_for_a_backup_is_refused_and_left_as_it_is(
    store: Store, tmp_path: Path, target: Path, where: str, says: str
) -> None:
    filled(store, "1")
    key = store.path.with_name("master.key").read_bytes()
    with pytest.raises(StoreError, match=says):
        back_up(store, tmp_path / where)
    assert store.path.with_name("master.key").read_bytes() == key
    with store.begin() as kept:
        assert words_of(kept, "1")


def test_without_a_database_there_is_no_backup_and_none_is_made(tmp_path: Path, target: Path) -> None:
    with pytest.raises(StoreError, match="MEND_DATA_DIR"):
        back_up(Store(f"sqlite:///{tmp_path / 'elsewhere' / 'mend.db'}"), target)
    assert not target.exists() and not (tmp_path / "elsewhere").exists()


def test_words_that_are_not_locked_yet_are_locked_first(store: Store, target: Path) -> None:
    with store.rebuilding() as connection:
        command.downgrade(config(connection, store.vault), "0004")
    with pytest.raises(StoreError, match="start Mend once"):
        back_up(store, target)
    assert list(target.parent.iterdir()) == []


# -- what does not open --------------------------------------------------------------------------------------------


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> int:
    """Small chunks, so that a small backup has many; how long they are in the file."""
    monkeypatch.setattr(sealed_file, "CHUNK", 5000)
    return 5000 + sealed_file.TAG


FIRST = sealed_file.HEAD + sealed_file.MARK


@pytest.mark.parametrize("left", [10, 40, FIRST - 1, FIRST, FIRST + 7, FIRST + 5016, FIRST + 3 * 5016, -1, -5016])
def test_a_backup_that_was_cut_short_is_refused(store: Store, target: Path, small: int, left: int) -> None:
    back_up(filled(store, "1"), target)
    target.write_bytes(target.read_bytes()[:left])
    assert ("cut short" if left != 10 else "no backup") in refusal(store, target)


@pytest.mark.parametrize("swapped", [(0, 1), (1, 3), (2, 5)])
def test_a_backup_in_another_order_is_refused(store: Store, target: Path, small: int, swapped: tuple[int, int]) -> None:
    back_up(filled(store, "1"), target)
    whole = target.read_bytes()
    chunks = [whole[at : at + small] for at in range(FIRST, len(whole), small)]
    first, second = swapped
    chunks[first], chunks[second] = chunks[second], chunks[first]
    target.write_bytes(whole[:FIRST] + b"".join(chunks))
    assert "changed" in refusal(store, target)


def test_a_backup_that_was_put_together_from_two_is_refused(store: Store, target: Path, small: int) -> None:
    other = target.with_name("other.backup")
    back_up(filled(store, "1"), target)
    back_up(store, other)
    one, two = target.read_bytes(), other.read_bytes()
    assert len(one) == len(two)
    target.write_bytes(one[: FIRST + small] + two[FIRST + small :])
    assert "changed" in refusal(store, target)


def test_a_backup_with_something_added_is_refused(store: Store, target: Path) -> None:
    back_up(filled(store, "1"), target)
    target.write_bytes(target.read_bytes() + b"x")
    assert "changed" in refusal(store, target)


@pytest.mark.parametrize("at", [0, 23, 24, 60, 63, 64, 90, FIRST, FIRST + 5000, FIRST + 5020, -17, -1])
def test_a_backup_in_which_one_bit_was_changed_is_refused(store: Store, target: Path, small: int, at: int) -> None:
    back_up(filled(store, "1"), target)
    content = bytearray(target.read_bytes())
    content[at] ^= 1
    target.write_bytes(content)
    assert any(said in refusal(store, target) for said in ("changed", "no backup"))


def test_a_backup_that_was_made_with_another_key_is_refused(store: Store, target: Path, tmp_path: Path) -> None:
    back_up(filled(store, "1"), target)
    other = Store(f"sqlite:///{tmp_path / 'other' / 'mend.db'}")
    other.migrate()
    other.close()
    assert "MEND_MASTER_KEY_FILE" in refusal(other, target)


def test_without_a_key_nothing_is_restored_and_no_key_is_made(store: Store, elsewhere: Elsewhere, target: Path) -> None:
    back_up(filled(store, "1"), target)
    there = elsewhere()
    key = there.path.with_name("master.key")
    key.unlink()
    with pytest.raises(OperatorError, match="missing: bring it back"):
        restore(there, target)
    assert not key.exists() and not there.path.exists()


@pytest.mark.parametrize(
    "content",
    [b"", b"holiday pictures" * 1000, b"SQLite format 3\0" + bytes(5000)],
    ids=["nothing", "something else", "a database"],
)
def test_what_is_no_backup_is_refused(store: Store, target: Path, content: bytes) -> None:
    target.write_bytes(content)
    assert "no backup" in refusal(store, target)


def test_a_file_that_is_not_there_is_refused(store: Store, target: Path) -> None:
    assert "No such file" in refusal(store, target)


def test_a_backup_of_a_newer_mend_is_refused(store: Store, elsewhere: Elsewhere, target: Path) -> None:
    with store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    back_up(store, target)
    there = elsewhere()
    with pytest.raises(StoreError, match="newer Mend"):
        restore(there, target)
    assert not there.path.exists()


def test_a_backup_of_a_damaged_database_is_refused(store: Store, elsewhere: Elsewhere, target: Path) -> None:
    filled(store, *map(str, range(50))).scrub()
    store.close()
    with store.path.open("r+b") as file:
        file.seek(store.path.stat().st_size // 2)
        file.write(b"\xff" * 8192)
    back_up(store, target)
    there = elsewhere()
    with pytest.raises(StoreError, match="damaged"):
        restore(there, target)
    assert not there.path.exists()


def test_after_a_change_of_keys_an_older_backup_opens_with_the_older_key(
    store: Store, elsewhere: Elsewhere, target: Path
) -> None:
    there = elsewhere()
    old = there.vault.source.read()
    back_up(filled(store, "1"), target)
    store.change_master_key(os.urandom(MASTER))
    assert "MEND_MASTER_KEY_FILE" in refusal(store, target)
    restore(Store(there.url, KeyGiven(old)), target)
    with there.begin() as kept:
        assert words_of(kept, "1") == ["the words of 1"]
    there.close()
    back_up(store, target)
    assert restore(store, target).left_out == 0


# -- bringing one back ---------------------------------------------------------------------------------------------


def test_while_a_mend_is_at_work_nothing_is_replaced(store: Store, target: Path) -> None:
    back_up(filled(store, "1"), target)
    with alone(store.url), pytest.raises(Held, match="stop it first"):
        restore(store, target)
    store.close()
    restore(store, target)


def test_what_is_replaced_is_kept_until_someone_deletes_it(store: Store, target: Path) -> None:
    back_up(filled(store, "1"), target)
    filled(store, "2").close()
    replaced = restore(store, target).replaced
    assert replaced == store.path.with_name("mend.db.replaced")
    with store.begin() as kept:
        assert words_of(kept, "1") and words_of(kept, "2") is None
    store.close()
    assert "delete it" in str(pytest.raises(StoreError, restore, store, target).value)
    old = Store(f"sqlite:///{replaced}")
    with old.begin() as kept:
        assert words_of(kept, "1") and words_of(kept, "2")
    old.close()
    replaced.unlink()
    restore(store, target)


def test_a_database_that_mend_was_killed_on_is_replaced_with_all_that_was_in_its_log(
    store: Store, elsewhere: Elsewhere, target: Path
) -> None:
    back_up(filled(store, "1"), target)
    filled(store, "2")
    there = elsewhere()
    for suffix in ("", "-wal", "-shm"):
        shutil.copy2(f"{store.path}{suffix}", f"{there.path}{suffix}")
    assert there.path.with_name("mend.db-wal").stat().st_size
    replaced = restore(there, target).replaced
    for path, chats in ((there.path, ("1",)), (replaced, ("1", "2"))):
        database = Store(f"sqlite:///{path}")
        with database.begin() as kept:
            assert [chat for chat in ("1", "2") if words_of(kept, chat)] == list(chats)
        database.close()


def test_a_restore_that_was_cut_short_can_be_done_again(store: Store, target: Path) -> None:
    back_up(filled(store, "1"), target)
    store.close()
    os.link(store.path, store.path.with_name("mend.db.replaced"))
    for suffix in ("", "-wal", "-journal"):
        store.path.with_name(f"mend.db.restoring{suffix}").write_bytes(b"half of it")
    restore(store, target)
    with store.begin() as kept:
        assert words_of(kept, "1")
    assert not list(store.path.parent.glob("*.restoring*"))


def test_a_backup_of_an_older_mend_is_brought_up_to_date(store: Store, elsewhere: Elsewhere, target: Path) -> None:
    filled(store, "1")
    with store.rebuilding() as connection:
        command.downgrade(config(connection, store.vault), "0005")
    back_up(store, target)
    there = elsewhere()
    restore(there, target)
    with there.begin() as kept:
        assert words_of(kept, "1") and "vanishing" in opened(kept)
    there.close()


# -- and nobody who was erased -------------------------------------------------------------------------------------


def test_whoever_was_erased_since_is_not_brought_back(store: Store, target: Path) -> None:
    back_up(filled(store, "1", "2"), target)
    with store.begin() as kept:
        gone = kept.people.find("telegram", "1")
        number, box = gone.id, kept.runs.versions(gone)[0].parts_box
        kept.people.forget(gone, NOW + 5)
    store.close()
    for _ in range(2):  # and not by a second restore of the same backup either
        done = restore(store, target)
        done.replaced.unlink()
        assert done.left_out == 1
        with store.begin() as kept:
            assert words_of(kept, "1") is None and words_of(kept, "2") == ["the words of 2"]
            assert not [rows for rows in opened(kept).values() for row in rows if row["owner"] == number]
        store.close()
        assert box not in store.path.read_bytes()
        with sqlite3.connect(store.path) as database:
            assert database.execute("SELECT number, erased_at FROM erasures").fetchall() == [(number, NOW + 5)]


def test_whoever_was_known_only_by_a_first_message_and_was_erased_since_is_not_brought_back(
    store: Store, target: Path
) -> None:
    with store.begin() as kept:
        kept.inbox.add("telegram", 1, "1", {"kind": "text", "text": "hello"}, NOW)
    back_up(store, target)
    with store.begin() as kept:
        kept.people.forget(kept.people.meet("telegram", "1", NOW), NOW + 5)
    store.close()
    restore(store, target)
    with store.begin() as kept:
        assert {name for name, rows in opened(kept).items() if rows} == set()


def test_whoever_was_erased_before_stays_erased(store: Store, target: Path, elsewhere: Elsewhere) -> None:
    with filled(store, "1").begin() as kept:
        kept.people.forget(kept.people.find("telegram", "1"), NOW)
    back_up(store, target)
    assert restore(store, target).left_out == 0
    there = elsewhere()
    restore(there, target)
    with sqlite3.connect(there.path) as database:
        assert database.execute("SELECT count(*) FROM erasures").fetchone() == (1,)


def test_where_it_cannot_be_read_who_was_erased_nothing_is_restored_unless_that_is_accepted(
    store: Store, target: Path
) -> None:
    back_up(filled(store, "1"), target)
    store.close()
    store.path.write_bytes(b"a broken disk" * 1000)
    with pytest.raises(StoreError, match="--erased-come-back"):
        restore(store, target)
    assert store.path.read_bytes() == b"a broken disk" * 1000
    restore(store, target, erased_come_back=True)
    with store.begin() as kept:
        assert words_of(kept, "1")
    assert store.path.with_name("mend.db.replaced").read_bytes() == b"a broken disk" * 1000
