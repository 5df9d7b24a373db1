"""``yuanwen chat``: talk to the assistant in the terminal."""

from __future__ import annotations

import asyncio
from typing import Annotated
from uuid import uuid4

import typer

from bot.cli.lines import input_lines
from bot.cli.private import private_core
from bot.cli.ready import make_ready
from bot.cli.show import print_turn, trace_lines
from bot.domain.messages import Inbound
from bot.domain.text import Audience, Language
from bot.settings import Settings, read_settings


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
    settings = read_settings()
    make_ready(settings)
    asyncio.run(_talk(settings, lang, audience, explain))


async def _talk(settings: Settings, lang: Language | None, audience: Audience, explain: bool) -> None:
    conversation = uuid4().hex
    async with private_core(settings, wait_for_nlu=False) as core:
        text, values, lines = "/start", list[str](), input_lines()
        while text:
            message = Inbound("console", uuid4().hex, conversation, text, lang, audience)
            turn = await core.assistant.handle(message)
            print_turn(turn)
            if explain:
                typer.secho("\n".join(trace_lines(turn)), dim=True)
            values = [button.value for reply in turn.replies for button in reply.buttons]
            print("> ", end="", flush=True)
            line = await anext(lines, b"")
            text = _pressed(line.decode("utf-8", "replace").strip(), values)


def _pressed(text: str, values: list[str]) -> str:
    """The value of the button whose number was typed, or the text itself."""
    if text.isdecimal() and 1 <= int(text) <= len(values):
        return values[int(text) - 1]
    return text
