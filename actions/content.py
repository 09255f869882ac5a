"""Content files read strictly: an unknown, missing or ill-shaped key is refused, naming the file and the key."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from actions.errors import OperatorError

#: The safe loader, in C where there is one: ten times as fast.
SAFE = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class ContentError(OperatorError):
    """A content file is wrong; the message names the file, the key and the cure."""


@dataclass(frozen=True)
class Node:
    """A piece of a YAML file that knows where it stands, so that a mistake can be pointed at.

    Every method that finds something wrong raises `ContentError`.
    """

    value: Any
    path: Path
    key: str = ""

    @classmethod
    def read(cls, path: Path) -> Node:
        """The whole of the file `path`."""
        try:
            return cls(yaml.load(path.read_text(encoding="utf-8"), Loader=SAFE), path)  # noqa: S506 - the loader is a safe one
        except UnicodeDecodeError:
            raise ContentError(f"{path}: is not UTF-8 text; save it as UTF-8") from None
        except OSError as error:
            raise ContentError(f"{path}: can't be read ({error.strerror})") from None
        except yaml.YAMLError as error:
            line = f", line {error.problem_mark.line + 1}" if getattr(error, "problem_mark", None) else ""
            raise ContentError(f"{path}{line}: is not valid YAML ({getattr(error, 'problem', error)})") from None

    def wrong(self, reason: str) -> ContentError:
        """An error that points at this piece."""
        return ContentError(f"{self.path}: {self.key or 'the file'}: {reason}")

    def only(self, *keys: str, optional: tuple[str, ...] = ()) -> Node:
        """This piece, once it is sure to hold exactly `keys`, and of others at most the `optional` ones."""
        if not isinstance(self.value, dict):
            raise self.wrong(f"must hold the keys {', '.join(keys)}")
        for key in self.value:
            if key not in keys + optional:
                raise self.wrong(f"unknown key {key!r}; known are {', '.join(keys + optional)}")
        for key in keys:
            if key not in self.value:
                raise self.wrong(f"the key {key!r} is missing")
        return self

    def __getitem__(self, key: str) -> Node:
        if not isinstance(self.value, dict) or key not in self.value:
            raise self.wrong(f"the key {key!r} is missing")
        return Node(self.value[key], self.path, f"{self.key}.{key}" if self.key else key)

    def names(self) -> list[str]:
        """The keys of a mapping whose keys are free."""
        if not isinstance(self.value, dict) or not self.value:
            raise self.wrong("must be a mapping of names to values")
        return [str(key) for key in self.value]

    def items(self) -> list[Node]:
        """The entries of a list that must not be empty."""
        if not isinstance(self.value, list) or not self.value:
            raise self.wrong("must be a list with at least one entry")
        return [Node(item, self.path, f"{self.key}[{number}]") for number, item in enumerate(self.value, start=1)]

    def text(self, limit: int = 600) -> str:
        """A text of at most `limit` characters."""
        if not isinstance(self.value, str) or not self.value.strip():
            raise self.wrong("must be a text (put it in quotes if it is a number, yes or no)")
        if len(self.value.strip()) > limit:
            raise self.wrong(f"is {len(self.value.strip())} characters long; at most {limit} fit")
        return self.value.strip()

    def texts(self, limit: int = 600) -> list[str]:
        """A list of texts of at most `limit` characters each."""
        return [item.text(limit) for item in self.items()]

    def number(self) -> int:
        """A whole number."""
        if not isinstance(self.value, int):
            raise self.wrong("must be a number")
        return self.value

    def yes_or_no(self) -> bool:
        """True or false."""
        if not isinstance(self.value, bool):
            raise self.wrong("must be true or false")
        return self.value

    def share(self) -> float:
        """A number from 0 to 1."""
        if isinstance(self.value, bool) or not isinstance(self.value, (int, float)) or not 0 <= self.value <= 1:
            raise self.wrong("must be a number from 0 to 1")
        return float(self.value)
