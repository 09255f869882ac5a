"""Rasa without what it needs for training and for other channels: half the memory, and half the time to start.

Where Mend only talks, Rasa would still load TensorFlow, Keras, JAX and the clients of a dozen messengers, because its
modules that predict import those that train. None of it is ever called (`mend train` is a process of its own), so the
few modules through which it all comes in are stood in for by names with nothing behind them.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import spec_from_loader
from types import ModuleType
from typing import Any

#: Modules that are for training only. Through them come TensorFlow and all that it brings along.
TRAINING = ("rasa.utils.train_utils", "rasa.graph_components.validators.default_recipe_validator")
#: A package that imports every messenger Rasa knows; what is asked of it itself stands in one of its modules.
CHANNELS, CHANNEL = "rasa.core.channels", "rasa.core.channels.channel"


class _NotHere(type):
    """A class of a module that is not loaded: it can be named, and nothing else."""

    def __call__(cls, *_: Any, **__: Any) -> Any:
        raise RuntimeError(f"{cls.__module__}.{cls.__name__} is for training, and is not loaded where Mend talks")


class _StandIn(MetaPathFinder, Loader):
    """Stands in for these modules when they are imported."""

    def find_spec(self, name: str, path: Any, target: Any = None) -> ModuleSpec | None:
        """Says that these modules come from here."""
        if name not in (*TRAINING, CHANNELS):
            return None
        spec = spec_from_loader(name, self)
        if name == CHANNELS:
            spec.submodule_search_locations = PathFinder.find_spec(name, path).submodule_search_locations
        return spec

    def create_module(self, spec: ModuleSpec) -> None:
        """The usual kind of module."""

    def exec_module(self, module: ModuleType) -> None:
        """Have it find names only when they are asked for."""
        module.__getattr__ = _from_channel if module.__name__ == CHANNELS else _placeholders(module.__name__)


def _from_channel(name: str) -> Any:
    return getattr(import_module(CHANNEL), name)


def _placeholders(module: str) -> Any:
    def named(name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        return _NotHere(name, (), {"__module__": module})

    return named


def without_training() -> None:
    """Import Rasa without these modules, from here on. To be called before Rasa is imported for the first time."""
    if not any(isinstance(finder, _StandIn) for finder in sys.meta_path):
        sys.meta_path.insert(0, _StandIn())
