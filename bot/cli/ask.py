"""``yuanwen ask``: one question for a person, or JSON lines for a program."""

from __future__ import annotations

import asyncio
import json
from datetime import date
from typing import Annotated, Any, TypeVar
from uuid import uuid4

import typer

from bot.cli.lines import input_lines
from bot.cli.private import private_core
from bot.cli.ready import make_ready
from bot.cli.show import print_turn, trace_lines
from bot.domain.errors import InvalidInput, YuanwenError
from bot.domain.messages import Inbound
from bot.domain.text import Audience, Language
from bot.ports import Assistant
from bot.service.wire import to_wire
from bot.settings import Settings, read_settings

T = TypeVar("T", Language, Audience)


def ask(
    question: Annotated[str | None, typer.Argument(help="the question; missing with --jsonl")] = None,
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help="read JSON lines on standard input, answer each")
    ] = False,
    lang: Annotated[
        Language | None, typer.Option(help="language of the answer; the question's own when missing")
    ] = None,
    audience: Annotated[Audience, typer.Option(help="who asks")] = Audience.PUBLIC,
    explain: Annotated[bool, typer.Option("--explain", help="also print why it was decided so")] = False,
    at: Annotated[str, typer.Option(help="answer as of a day, as 2026-11-24: who was responsible then")] = "",
) -> None:
    """Answer a question, or many (--jsonl). Starts a private NLU server when none is configured, and stops it."""
    if not jsonl and not question:
        raise InvalidInput('nothing asked: write yuanwen ask "…", or --jsonl with lines on standard input')
    settings = read_settings()
    day = _day(at)
    make_ready(settings)
    if jsonl:
        asyncio.run(_answer_lines(settings, explain, day))
    else:
        message = Inbound("console", uuid4().hex, uuid4().hex, question or "", lang, audience)
        asyncio.run(_answer_one(settings, message, explain, day))


async def _answer_one(settings: Settings, message: Inbound, explain: bool, day: date | None) -> None:
    async with private_core(settings, day=day) as core:
        turn = await core.assistant.handle(message)
        print_turn(turn)
        if explain:
            print("\n".join(trace_lines(turn)))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InvalidInput(f"--at {text}: a day is written as 2026-11-24") from None


async def _answer_lines(settings: Settings, explain: bool, day: date | None) -> None:
    async with private_core(settings, day=day) as core:
        async for line in input_lines():
            if line.strip():
                answer = await answer_line(line, core.assistant, explain)
                print(json.dumps(answer, ensure_ascii=False), flush=True)


async def answer_line(line: bytes, assistant: Assistant, explain: bool = False) -> dict[str, Any]:
    """The answer to one JSON line; a malformed one gets an error object, never an exception."""
    identifier: Any = None
    try:
        data = _parse(line)
        identifier = data.get("id")
        turn = await assistant.handle(_message(data))
    except YuanwenError as error:
        return {"id": identifier, "outcome": "error", "error": str(error)}
    answer = {**to_wire(turn), "id": identifier}
    if explain:
        answer["trace"] = trace_lines(turn)
    return answer


def _parse(line: bytes) -> dict[str, Any]:
    try:
        data = json.loads(line)
    except (ValueError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidInput(f"not a JSON line: {str(error)[:120]}") from None
    if not isinstance(data, dict):
        raise InvalidInput("a line must be a JSON object with a text")
    return data


def _message(data: dict[str, Any]) -> Inbound:
    text = data.get("text")
    if not isinstance(text, str):
        raise InvalidInput("text: a string is needed")
    conversation = data.get("conversation")
    return Inbound(
        channel="console",
        external_id=uuid4().hex,
        conversation=f"c:{conversation}" if conversation is not None else uuid4().hex,
        text=text,
        language=_choice(Language, data.get("lang"), "lang"),
        audience=_choice(Audience, data.get("audience"), "audience") or Audience.PUBLIC,
    )


def _choice(kind: type[T], value: object, name: str) -> T | None:
    if value is None:
        return None
    try:
        return kind(str(value))
    except ValueError:
        allowed = ", ".join(each.value for each in kind)
        raise InvalidInput(f"{name}: must be one of {allowed}") from None
