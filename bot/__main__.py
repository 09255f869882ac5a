"""The command line: `mend --help`. A command's module is imported when that command is given: the receiver is small."""

from __future__ import annotations

from importlib import import_module

import click

from bot import logs

#: Where each command is.
COMMANDS = {
    **dict.fromkeys(("run", "chat", "telegram", "check"), "bot.talking"),
    "train": "bot.talking:train_command",
    **dict.fromkeys(("receive", "work", "evenings"), "bot.fleet.commands"),
    "coach": "bot.coaching",
    **dict.fromkeys(("understand", "safety", "evaluate"), "bot.measuring"),
    "when": "bot.when",
    **dict.fromkeys(("migrate", "new-key", "change-key"), "bot.keeping"),
    **dict.fromkeys(("backup", "restore", "admin"), "bot.operating"),
}


class Commands(click.Group):
    """The commands, each imported when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, in the order in which help shows them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command with this name, if there is one."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        return getattr(import_module(module), name or cmd_name.replace("-", "_"))


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Mend helps couples rebuild trust after it was broken, one question at a time.

    Start with `mend run`. It talks on Telegram when TELEGRAM_BOT_TOKEN is set (in the environment or in .env), else
    here in the terminal.
    """
    logs.configure()


if __name__ == "__main__":
    main()
