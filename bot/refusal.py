"""What an operator can mend is said in one clear line, on standard error, with exit code 1."""

from __future__ import annotations

from collections.abc import Callable
from typing import IO

import click
from rich.console import Console

from actions.errors import OperatorError

#: Goes to standard error, so that a piped conversation holds the conversation only.
console = Console(stderr=True, highlight=False, soft_wrap=True)


class Refusal(click.ClickException):
    """Something that the operator can mend: one clear line, exit code 1, no traceback."""

    def show(self, file: IO[str] | None = None) -> None:
        """Print the line."""
        complain(self.message)


def complain(message: str) -> None:
    """Say on standard error what is wrong, in one line."""
    console.print(f"mend: {message}", style="red", markup=False)


def clear(work: Callable[[], None]) -> None:
    """Do `work`; turn every error that an operator can mend into one clear line."""
    try:
        work()
    except OperatorError as error:
        raise Refusal(str(error)) from None
