"""Saying hello to Telegram, and telling it what this bot can do."""

from __future__ import annotations

from telegram import Bot, BotCommand
from telegram.error import InvalidToken

from actions.errors import OperatorError
from actions.sentences import Sentences
from bot.settings import BOTFATHER
from bot.telegram.reaching import until_reached


class TelegramTrouble(OperatorError):
    """Telegram will not let this bot work."""


async def introduce(bot: Bot, sentences: Sentences) -> None:
    """Say hello, and set commands and descriptions; raises `TelegramTrouble` when Telegram refuses the token."""
    try:
        await until_reached(bot.initialize)
    except InvalidToken:
        raise TelegramTrouble(f"Telegram does not know this TELEGRAM_BOT_TOKEN: {BOTFATHER}") from None
    commands = [BotCommand(name, text) for name, text in sentences.commands.items()]
    await until_reached(lambda: bot.set_my_commands(commands))
    await until_reached(lambda: bot.set_my_description(sentences.description))
    await until_reached(lambda: bot.set_my_short_description(sentences.short_description))
