"""The processes of a fleet, started as an operator starts them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot.settings import ROOT

PATIENCE = 60


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


class Process:
    """One of them. Started at once; killed at the end if it has not ended before."""

    def __init__(self, name: str, command: list[str], folder: Path, variables: dict[str, str]) -> None:
        self.name, self._log, self.metrics_port = name, folder / f"{name}.txt", free_port()
        environment = {**os.environ, **variables, "MEND_METRICS_PORT": str(self.metrics_port)}
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", *command], cwd=ROOT, env=environment, stdout=log, stderr=log
            )

    def __enter__(self) -> Process:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    @property
    def printed(self) -> str:
        """All that it has printed."""
        return self._log.read_text("utf-8")

    @property
    def lives(self) -> bool:
        """Whether it has not ended yet."""
        return self._process.poll() is None

    def until(self, condition: Callable[[], Any]) -> Any:
        """What `condition` gives, once it gives something."""
        end = time.monotonic() + PATIENCE
        while not (met := condition()):
            assert self.lives, f"{self.name} ended by itself:\n{self.printed}"
            assert time.monotonic() < end, f"it never came to pass; {self.name} printed:\n{self.printed}"
            time.sleep(0.02)
        return met

    def until_it_says(self, words: str) -> None:
        """Wait until it has printed these words."""
        self.until(lambda: words in self.printed)

    def number(self, metric: str) -> float:
        """What it shows to Prometheus under this name."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.metrics_port}/metrics") as page:
            lines = page.read().decode().splitlines()
        return next(float(line.split()[1]) for line in lines if line.startswith(f"{metric} "))

    def kill(self) -> float:
        """End it as a power cut does; the instant."""
        self._process.kill()
        self._process.wait()
        return time.monotonic()

    def is_told_to_stop(self) -> None:
        """Tell it to stop as a service manager does, and don't wait."""
        self._process.send_signal(signal.SIGTERM)

    def ended(self) -> int:
        """Its exit code, once it has ended by itself."""
        return self._process.wait(timeout=PATIENCE)
