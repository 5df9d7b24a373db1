"""How a message falls into questions, and what stays beside them as background."""

from __future__ import annotations

import pytest

from bot.dialogue.splitting import split_questions
from bot.domain.text import Audience
from tests.minds import minds


def split(text: str) -> list[tuple[str, str]]:
    lexicon = minds()[Audience.PUBLIC].lexicon
    return [(each.text.strip("?"), each.background) for each in split_questions(text, lexicon)]


@pytest.mark.parametrize(
    ("text", "questions"),
    [
        ("环评找谁批要多久要不要钱", ["环评找谁批", "要多久", "要不要钱"]),
        ("营业执照在哪办 还有社保登记在哪办", ["营业执照在哪办", "社保登记在哪办"]),
        ("想了解项目备案的流程以及施工许可的办理时限", ["想了解项目备案的流程", "施工许可的办理时限"]),
        ("请教两个问题：一是节能审查谁批，二是水土保持方案谁批", ["节能审查谁批", "水土保持方案谁批"]),
        ("1. 施工许可证要多久\n2. 需要哪些材料", ["施工许可证要多久", "需要哪些材料"]),
        ("①环评谁批②能评谁批", ["环评谁批", "能评谁批"]),
        ("1、消防验收找谁；2、多长时间", ["消防验收找谁", "多长时间"]),
        ("1) who handles unpaid wages\n2) where do I report an accident", ["who handles unpaid wages", "where do i report an accident"]),
        ("What papers do I need, plus how long does it take", ["what papers do i need", "how long does it take"]),
        ("Who runs it? How long?", ["who runs it", "how long"]),
    ],
)  # fmt: skip
def test_several_questions(text: str, questions: list[str]) -> None:
    assert [question for question, _ in split(text)] == questions


@pytest.mark.parametrize(
    "text",
    ["环评和能评分别要多久", "50亿以上的项目有几个", "2022年签约了多少项目", "第1.5条是什么", "How long do the EIA and the review take?"],
)  # fmt: skip
def test_one_question(text: str) -> None:
    assert len(split(text)) == 1


@pytest.mark.parametrize(
    ("text", "question", "background"),
    [
        ("昨天有工人摔下来了，要报给哪个部门", "要报给哪个部门", "昨天有工人摔下来了"),
        ("施工许可证要多久，我们下个月就要投产了", "施工许可证要多久", "我们下个月就要投产了"),
        ("谁都不管，到底找谁", "到底找谁", "谁都不管"),
        ("如果我们不收费对外排水，排水许可要不要办", "排水许可要不要办", "如果我们不收费对外排水"),
        ("A contractor fell off our roof, whom do we notify?", "whom do we notify", "a contractor fell off our roof"),
        ("When the building is finished, who does the acceptance?", "who does the acceptance", "when the building is finished"),
        ("We will rent a plant. What do we need?", "what do we need", "we will rent a plant."),
    ],
)  # fmt: skip
def test_background_is_no_question(text: str, question: str, background: str) -> None:
    assert split(text) == [(question, background)]


def test_courtesy_is_no_background() -> None:
    assert split("你好！请问房产证怎么办？谢谢") == [("请问房产证怎么办", "")]


def test_a_statement_alone_is_what_is_said() -> None:
    assert split("路灯不亮了。垃圾也没人清。") == [("路灯不亮了。", ""), ("垃圾也没人清。", "")]


def test_a_sole_question_is_understood_with_its_background() -> None:
    lexicon = minds()[Audience.PUBLIC].lexicon
    (asked,) = split_questions("听说报告书15天出，能保证吗", lexicon)
    assert asked.heard == "听说报告书15天出,能保证吗"
