"""One Mend at a time on a SQLite database: two would answer everyone twice, and ask everyone twice in the evening."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from actions.store.engine import file_of, unwritable
from actions.store.files import held

#: What is held, beside the database.
SUFFIX = ".lock"


@contextmanager
def alone(url: str) -> Iterator[None]:
    """Keep every other Mend from the SQLite database at `url`; raises `Held` where one is at work on it.

    `StoreError` when its folder can't be written. A server's database is not kept from anyone.
    """
    path = file_of(url)
    if path is None:
        yield
        return
    refusal = (
        f"another Mend is at work on the database {path}: stop it first, or set MEND_DATA_DIR to another folder for "
        "a database of its own"
    )
    with ExitStack() as stack:
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            stack.enter_context(held(path.with_suffix(SUFFIX), refusal))
        except OSError as error:
            raise unwritable(path, error) from None
        yield
