"""From settings to a bot that can take turns: checked, trained if that is needed, and loaded."""

from __future__ import annotations

from rich.console import Console

from bot import logs
from bot.house import House, build, open_store, read_content
from bot.settings import ROOT, Settings
from bot.training import train


def ready(settings: Settings, console: Console) -> House:
    """The bot, ready to take turns; trained first if that is needed. Raises what `build` and `train` raise."""
    if settings.log == "json":
        logs.configure("json")
        console.file = logs.Lines()
    with console.status("Waking up …"):
        read_content(settings=settings)  # what is wrong with content or database is said before a minute of training
        open_store(settings).close()
    model = train(ROOT, settings.models_dir, console)
    with console.status("Waking up …"):
        return build(settings, model)
