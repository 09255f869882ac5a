"""A process that may use only a share of a core: Linux control groups, of either version, for whoever may make some."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

GROUPS = Path("/sys/fs/cgroup")
#: Microseconds in which the share is used, and then the process waits for the next ones.
PERIOD = 10_000


@contextmanager
def group(name: str, share: float) -> Iterator[Path]:
    """A group of its own, whose processes have this share of a core in all; raises `ClickException` if none can be."""
    newer = (GROUPS / "cgroup.controllers").exists()
    folder = GROUPS / name if newer else GROUPS / "cpu" / name
    quota = int(share * PERIOD)
    limits = {"cpu.max": f"{quota} {PERIOD}"} if newer else {"cpu.cfs_period_us": PERIOD, "cpu.cfs_quota_us": quota}
    try:
        folder.mkdir()
        for limit, value in limits.items():
            (folder / limit).write_text(str(value))
    except OSError as error:
        reason = f"a process can't be held to a share of a core here ({error.strerror}): leave --share out, or be root"
        raise click.ClickException(reason) from None
    try:
        yield folder
    finally:
        for process in (folder / "cgroup.procs").read_text().split():
            ((folder.parent if newer else GROUPS / "cpu") / "cgroup.procs").write_text(process)
        folder.rmdir()


def hold(process: int, folder: Path) -> None:
    """From now on this process, with its threads, is one of the group's."""
    (folder / "cgroup.procs").write_text(str(process))
