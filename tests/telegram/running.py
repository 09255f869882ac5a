"""The bot as a process of its own, on a stand-in for Telegram."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from chatting import PATIENCE
from standin import StandIn

from bot.settings import ROOT


class Running:
    """`mend telegram`, started, killed and started again on one database."""

    def __init__(
        self,
        tg: StandIn,
        folder: Path,
        *,
        token: str | None = None,
        gather: float = 0,
        variables: dict[str, str] | None = None,
        module: str = "bot",
    ) -> None:
        self._tg, self._module = tg, module
        self.folder, self._log = folder, folder / "printed.txt"
        self._environment = {
            **os.environ,
            "TELEGRAM_BOT_TOKEN": token or tg.token,
            "TELEGRAM_API_URL": f"http://127.0.0.1:{tg.port}",
            "MEND_DATA_DIR": str(folder),
            "MEND_GATHER_SECONDS": str(gather),
            **(variables or {"DATABASE_URL": ""}),
        }

    @property
    def database(self) -> str:
        """Where it keeps everything."""
        return f"sqlite:///{self.folder / 'mend.db'}"

    @property
    def printed(self) -> str:
        """All that it has printed, over all its lives."""
        return self._log.read_text("utf-8")

    def start(self) -> Running:
        """Start it, and don't wait."""
        with self._log.open("ab") as log:
            command = [sys.executable, "-m", self._module, "telegram"]
            self._process = subprocess.Popen(command, cwd=ROOT, env=self._environment, stdout=log, stderr=log)
        self._born = time.monotonic()
        return self

    __enter__ = start

    def __exit__(self, *_: object) -> None:
        self.kill()

    def until_it_polls(self) -> Running:
        """Wait until it fetches what people do."""
        self.until(lambda: any(call.method == "getUpdates" and call.at > self._born for call in self._tg.calls))
        return self

    def until(self, condition) -> None:
        """Wait for something that it does."""
        end = time.monotonic() + 3 * PATIENCE
        while not condition():
            assert self._process.poll() is None, f"it ended by itself:\n{self.printed}"
            assert time.monotonic() < end, f"it never came to pass; it printed:\n{self.printed}"
            time.sleep(0.01)

    def kill(self) -> float:
        """End it as a power cut does; the instant."""
        self._process.kill()
        self._process.wait()
        return time.monotonic()

    def told_to_stop(self) -> int:
        """Tell it to stop as a service manager does; its exit code."""
        self._process.send_signal(signal.SIGTERM)
        return self.ended()

    def ended(self) -> int:
        """Its exit code, once it has ended by itself."""
        return self._process.wait(timeout=PATIENCE)
