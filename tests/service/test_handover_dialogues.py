"""Whole conversations in which people take part, from ``tests/dialogues/handover*.yaml``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.domain.zone_time import ZONE_TIME
from bot.ports import TurnResult
from bot.service.operator_desk import Operator, Words
from tests.service.desk_world import DeskWorld

FOLDER = Path(__file__).parent.parent / "dialogues"


def _dialogues() -> Iterator[Any]:
    for path in sorted(FOLDER.glob("handover*.yaml")):
        for dialogue in yaml.safe_load(path.read_text(encoding="utf-8"))["dialogues"]:
            yield pytest.param(dialogue, id=f"{path.stem}: {dialogue['name']}")


@pytest.mark.parametrize("dialogue", list(_dialogues()))
async def test_dialogue(dialogue: dict[str, Any]) -> None:
    begins = datetime.fromisoformat(dialogue.get("begins", "2026-11-24 09:00")).replace(tzinfo=ZONE_TIME)
    world = DeskWorld(begins, watched=not dialogue.get("nobody_there"))
    buttons: dict[str, str] = {}
    for turn in dialogue["turns"]:
        if "operator" in turn:
            await _act(world, turn)
        elif "minutes" in turn:
            await _pass(world, turn["minutes"])
        else:
            result = await world.say(buttons[turn["press"]] if "press" in turn else str(turn["says"]))
            buttons = {b.label: b.value for reply in result.replies for b in reply.buttons}
            _check(turn, result)
        await _check_desk(world, turn)


async def _act(world: DeskWorld, turn: dict[str, Any]) -> None:
    operator, case = Operator(turn["operator"], turn["operator"]), (await world.case()).id
    if "claims" in turn:
        await world.desk.claim(operator, case)
    elif "replies" in turn:
        await world.desk.reply(operator, case, Words(turn["replies"]))
    elif "notes" in turn:
        await world.desk.note(operator, case, turn["notes"])
    elif "transfers" in turn:
        await world.desk.transfer(operator, case, turn["transfers"])
    elif "hands_back" in turn:
        await world.desk.hand_back(operator, case)
    else:
        assert turn["closes"]
        await world.desk.close(operator, case)


async def _pass(world: DeskWorld, minutes: float) -> None:
    """Time passes, at most half an hour at once, as the clock's job would see it."""
    while minutes > 0:
        await world.pass_minutes(min(minutes, 30))
        minutes -= 30


def _check(turn: dict[str, Any], result: TurnResult) -> None:
    text = "\n".join(reply.text for reply in result.replies)
    where = f"after {turn}: {result.outcome} {result.mode}\n{text}"
    for name, found in (("outcome", result.outcome), ("mode", result.mode), ("lang", result.language)):
        assert turn.get(name, found.value) == found.value, where
    for words in turn.get("answer_has", ()):
        assert words in text, where
    for words in turn.get("answer_lacks", ()):
        assert words not in text, where
    labels = {button.label for reply in result.replies for button in reply.buttons}
    assert labels >= set(turn.get("buttons", ())), where
    assert not (turn.get("silent") and result.replies), where


async def _check_desk(world: DeskWorld, turn: dict[str, Any]) -> None:
    if "desk_has" in turn:
        assert await world.entries() == turn["desk_has"]
    if "told" in turn:
        said = [item.payload["text"] for item in await world.told() if item.kind in ("reply", "operator")][-1]
        for words in turn["told"]:
            assert words in said, f"after {turn}: {said}"
