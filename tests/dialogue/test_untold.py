"""A record that is named does not answer for what it says nothing of: a gap is told, never a near answer."""

from __future__ import annotations

import pytest

from bot.dialogue.normal import normalise
from bot.dialogue.topic import find_topic
from bot.dialogue.untold import untold
from bot.domain.records import Ref
from bot.domain.text import Audience
from bot.domain.understanding import Ask
from tests.minds import minds

MIND = minds()[Audience.PUBLIC]


@pytest.mark.parametrize(
    ("text", "ask", "record", "gap"),
    [
        ("华为手机多少钱", Ask.PRICE, "body/huawei", "general"),
        ("启迪水务老板是谁", Ask.CONTACT, "body/hq-qidi-water", "contact"),
        ("宝龙广场停车费多少", Ask.PRICE, "park/baolong-plaza", "price"),
        ("how many seats does the basketball arena have", Ask.VALUE, "park/cba-basketball-centre", "general"),
        ("税务局有多少个窗口", Ask.VALUE, "body/tax", "general"),
        ("vat rate for manufacturing", Ask.VALUE, "matter/tax-affairs", "general"),
    ],
)
def test_what_a_record_does_not_speak_of_is_a_gap(text: str, ask: Ask, record: str, gap: str) -> None:
    assert untold(normalise(text), ask, [Ref.parse(record)], MIND) == gap


@pytest.mark.parametrize(
    ("text", "ask", "record"),
    [
        ("手机上能办完吗", Ask.HOW, "concept/max-once"),
        ("高企所得税税率多少", Ask.VALUE, "procedure/high-tech-enterprise-recognition"),
        ("安防园里有多少家企业", Ask.VALUE, "park/security-park-projects"),
        ("开发区面积是多少", Ask.VALUE, "park/area-econ-zone"),
    ],
)
def test_what_it_does_speak_of_is_answered(text: str, ask: Ask, record: str) -> None:
    assert untold(normalise(text), ask, [Ref.parse(record)], MIND) is None


@pytest.mark.parametrize(
    ("text", "ask", "record"),
    [
        ("两块面积相加是不是一百五十七平方公里", Ask.CONFIRM, "park/area-merged-total"),
        ("is the merged zone 157 km2 in all", Ask.CONFIRM, "park/area-merged-total"),
        ("没说明规模的那20个项目呢", Ask.VALUE, "park/projects-size-check"),
        ("are all 34 signed projects built by now", Ask.CONFIRM, "park/signed-projects"),
        ("八十天真能全批下来吗", Ask.CONFIRM, "concept/max-90-days"),
        ("150亿资金都到位了没", Ask.CONFIRM, "park/total-investment"),
        ("招商公司嘴上答应的免租算数不", Ask.CONFIRM, "mechanism/third-party-promotion-mechanism"),
    ],
)
def test_a_trap_leads_to_the_record_that_names_it(text: str, ask: Ask, record: str) -> None:
    topic = find_topic(normalise(text), ask, None, MIND)
    assert topic.winner is not None
    assert record in {
        str(topic.winner),
        *map(str, topic.rivals),
        *map(str, MIND.catalogue.beside(topic.winner)),
    }
