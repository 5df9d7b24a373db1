"""``yuanwen chat``: talk to the assistant in the terminal."""

from __future__ import annotations

import asyncio
import sys
from typing import Annotated
from uuid import uuid4

import typer

from bot.cli.private import private_core
from bot.cli.show import print_turn, trace_lines
from bot.domain.messages import Inbound
from bot.domain.text import Audience, Language
from bot.settings import read_settings


def chat(
    lang: Annotated[
        Language | None, typer.Option(help="language of the answers; each message's own when missing")
    ] = None,
    audience: Annotated[Audience, typer.Option(help="who talks")] = Audience.PUBLIC,
    explain: Annotated[
        bool, typer.Option("--explain", help="also print why each turn was decided so")
    ] = False,
) -> None:
    """Talk in the terminal: type a message, or a button's number. An empty line, Ctrl-D or Ctrl-C ends it."""
    asyncio.run(_talk(lang, audience, explain))


async def _talk(lang: Language | None, audience: Audience, explain: bool) -> None:
    conversation = uuid4().hex
    async with private_core(read_settings(), wait_for_nlu=False) as core:
        text, values = "/start", list[str]()
        while text:
            message = Inbound("console", uuid4().hex, conversation, text, lang, audience)
            turn = await core.assistant.handle(message)
            print_turn(turn)
            if explain:
                typer.secho("\n".join(trace_lines(turn)), dim=True)
            values = [button.value for reply in turn.replies for button in reply.buttons]
            text = _pressed(await asyncio.to_thread(_read_line), values)


def _read_line() -> str:
    sys.stdout.write("> ")
    sys.stdout.flush()
    return sys.stdin.readline().strip()


def _pressed(text: str, values: list[str]) -> str:
    """The value of the button whose number was typed, or the text itself."""
    if text.isdecimal() and 1 <= int(text) <= len(values):
        return values[int(text) - 1]
    return text
