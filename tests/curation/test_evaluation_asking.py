"""Questions are read, chosen and put to the assistant, a conversation each."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.curation.evaluation import report
from bot.curation.evaluation.asking import ask_all
from bot.curation.evaluation.questions import Right, chosen, read_questions
from bot.domain.catalogue import KnowledgeSet
from bot.domain.errors import InvalidInput
from bot.domain.messages import Inbound
from bot.domain.text import Audience, Language
from bot.ports import OutboxMessage, TurnResult
from tests.curation.evaluated import question, result, trace, turn

FILE = """
kind: follow_up
questions:
  - id: follow-zh-001
    lang: zh
    split: dev
    ask: who
    turns:
      - {text: 环评找谁, right: {outcome: [answered], records_each: [[matter/eia], [body/bureau]]}}
      - {text: and in English?, lang: en, right: {outcome: [answered, social], never: ["8"]}}
"""


class EchoingAssistant:
    """Answers with the text itself and remembers what it was asked."""

    def __init__(self) -> None:
        self.heard: list[Inbound] = []

    async def handle(self, message: Inbound) -> TurnResult:
        self.heard.append(message)
        await asyncio.sleep(0)
        return result(message.text, "procedure/permit", traces=(trace("procedure/permit", 0.9),))

    async def events(self, channel: str, conversation: str, after: int) -> list[OutboxMessage]:
        return []

    async def wait(self, channel: str, conversation: str, after: int, seconds: float) -> bool:
        return False


def test_questions_are_read_with_their_turns(tmp_path: Path) -> None:
    (tmp_path / "follow_up.yaml").write_text(FILE, encoding="utf-8")
    (tmp_path / "gate.yaml").write_text("floors: {}")
    (found,) = read_questions(tmp_path)
    assert (found.id, found.kind, found.split, found.ask) == ("follow-zh-001", "follow_up", "dev", "who")
    assert found.audience is Audience.PUBLIC
    assert [each.language for each in found.turns] == [Language.ZH, Language.EN]
    assert found.turns[0].right.records == {"matter/eia", "body/bureau"}
    assert found.turns[1].right == Right(("answered", "social"), never=("8",))


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("split: dev", "split: train", "follow-zh-001: ValueError split is dev or test"),
        ("never:", "nevr:", "nevr"),
        ("lang: zh", "", "KeyError 'lang'"),
        ("kind: follow_up", "kind: [", "not readable as YAML"),
    ],
)
def test_a_malformed_question_is_named(tmp_path: Path, old: str, new: str, problem: str) -> None:
    (tmp_path / "follow_up.yaml").write_text(FILE.replace(old, new), encoding="utf-8")
    with pytest.raises(InvalidInput, match=problem):
        read_questions(tmp_path)


def test_questions_are_chosen_by_kind_and_split() -> None:
    all_of_them = [question(), question(split="test"), question(kind="traps")]
    assert chosen(all_of_them, ["direct"], "dev") == (all_of_them[0],)
    with pytest.raises(InvalidInput, match="kinds are direct, traps"):
        chosen(all_of_them, ["nonsense"])
    with pytest.raises(InvalidInput, match="splits are dev and test"):
        chosen(all_of_them, split="train")


async def test_each_question_has_a_conversation_of_its_own() -> None:
    assistant = EchoingAssistant()
    talk = question(turn("one"), turn("two"), id="follow-en-001")
    staff = question(id="staff-en-001", audience=Audience.STAFF)
    counted: list[int] = []
    found = await ask_all(assistant, [talk, staff], counted.append)
    assert [each.question.id for each in found] == ["follow-en-001", "staff-en-001"]
    assert counted == [1, 2]
    heard = {message.external_id: message for message in assistant.heard}
    assert heard["follow-en-001:1"].conversation == heard["follow-en-001:2"].conversation
    assert heard["staff-en-001:1"].conversation != heard["follow-en-001:1"].conversation
    assert heard["staff-en-001:1"].audience is Audience.STAFF
    assert all(message.language is None for message in assistant.heard)


async def test_the_report_tells_failures_with_their_trace() -> None:
    wrong_one = question(turn("one"), turn("two", Right(("refused",))), id="follow-en-001")
    found = await ask_all(EchoingAssistant(), [question(), wrong_one])
    lines = list(report.failure_lines(found, 5))
    assert lines[:4] == [
        "follow-en-001 (dev, duration, public)",
        "  ✓ one",
        "  ✗ two",
        "      outcome answered, not refused",
    ]
    assert any("procedure/permit 0.90" in line for line in lines)
    assert list(report.failure_lines(found, 0)) == []
    data = report.as_data(found, KnowledgeSet())
    assert [each["right"] for each in data["questions"]] == [True, False]
    assert data["understood_by"] == "rasa (model-1): 3"
