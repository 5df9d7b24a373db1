"""What a free text says of a project: several facts at once, amounts as people say them, and nothing that is not sure."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.planning.amounts import amounts, tidy
from bot.planning.book import PlanningBook
from bot.planning.fields import read_facts
from bot.planning.reading import read_answer, values_in

SAID: dict[str, dict[str, Any]] = {
    "我要买一块标准地建个半导体封装厂，厂房两万平，有员工宿舍": {
        "project_type": "new", "land": "standard", "floor_area": 20000, "dormitory": True,
    },
    "投资两个亿，建筑面积1.2万平，用电3000 kW": {"investment": 200_000_000, "floor_area": 12000, "electric_load": 3000},
    "我们是德资企业，租一层厂房3000平米，装修，不动结构，生产二类医疗器械": {
        "foreign_investment": True, "project_type": "leased", "floor_area": 3000, "building_works": "fit_out",
        "special_product": "device",
    },
    "老厂扩建，加盖一个车间4500平方米，总投资1.2亿元，占地30亩，环评报告表": {
        "project_type": "expansion", "building_works": "new_buildings", "floor_area": 4500, "investment": 120_000_000,
        "site_area": 20000, "eia_class": "form",
    },
    "没有宿舍，不涉及危化，内资，公司还没注册": {
        "dormitory": False, "hazchem": "none", "foreign_investment": False, "company_exists": False,
    },
    "非标准地，投资五千万，用地2公顷，厂房三万五千平方米，宿舍2500平": {
        "land": "ordinary", "investment": 50_000_000, "site_area": 20000, "floor_area": 35000, "dormitory": True,
        "civil_area": 2500,
    },
    "年能耗1500吨标准煤，工期18个月，2027年3月1日开工": {
        "energy_use": 1500, "construction_months": 18, "construction_start": "2027-03-01",
    },
    "We want to buy a plot of standard land and build a plant of 20,000 sqm with a staff dormitory, investment 200 million yuan": {
        "project_type": "new", "land": "standard", "floor_area": 20000, "dormitory": True, "investment": 200_000_000,
    },
    "lease a workshop, fit-out only, no hazardous chemicals, 800 kW of power": {
        "project_type": "leased", "building_works": "fit_out", "hazchem": "none", "electric_load": 800,
    },
    "a greenfield project, 2 hectares, capex RMB 1.5 billion, foreign investor": {
        "project_type": "new", "site_area": 20000, "investment": 1_500_000_000, "foreign_investment": True,
    },
    "二十亩地，投资半个亿": {"site_area": 13333.33, "investment": 50_000_000},
    "我想在开发区新建一个食品厂，投资3000万，用地20亩，建筑面积1.5万平米，用锅炉，没有宿舍": {
        "project_type": "new", "special_product": "food", "investment": 30_000_000, "site_area": 13333.33, "floor_area": 15000,
        "special_equipment": True, "dormitory": False,
    },
    "中外合资，租厂房，800千瓦，粉尘比较大": {
        "foreign_investment": True, "project_type": "leased", "electric_load": 800, "occupational_hazard": True,
    },
    "We are a German company, renovation without structural changes, 3,500 square metres, CNY 12 million of investment": {
        "foreign_investment": True, "project_type": "expansion", "floor_area": 3500, "investment": 12_000_000,
    },
    # Not said, or not for sure:
    "we export to foreign customers, our headquarters are in Shanghai": {},
    "有废水，自己处理": {},
    "这个地方 3000": {},
    "要不要建宿舍？": {},
    "投资强度300万元/亩": {},
    "报告书还是报告表": {},
    "我们总部项目想新建厂房": {},
    "万一以后要扩大呢": {},
    "一年用电500万千瓦时": {},
    "as well as that": {},
    "": {},
}  # fmt: skip


@pytest.mark.parametrize("text", SAID)
def test_what_is_said_is_heard(book: PlanningBook, text: str) -> None:
    assert values_in(book, text) == SAID[text]


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("两个亿", "", 200_000_000), ("1.2万平", "平", 12000), ("3000 kW", "kw", 3000), ("三千万元", "元", 30_000_000),
        ("一点五亿", "", 150_000_000), ("5,000平方米", "平方米", 5000), ("20 million yuan", "yuan", 20_000_000),
        ("twenty thousand sqm", "sqm", 20000), ("半个亿", "", 50_000_000), ("half a hectare", "hectare", 0.5),
        ("１２００平米", "平米", 1200), ("8千平", "平", 8000), ("2.5m yuan", "yuan", 2_500_000), ("百万元", "元", 1_000_000),
    ],
)  # fmt: skip
def test_amounts_are_read_as_people_say_them(text: str, unit: str, value: float) -> None:
    units = ["平", "平方米", "平米", "kw", "元", "yuan", "sqm", "hectare"]
    (found,) = amounts(tidy(text), units)
    assert (float(found.value), found.unit) == (value, unit)


@pytest.mark.parametrize(
    ("fact", "text", "value"),
    [
        ("floor_area", "2万", 20000), ("floor_area", "不足1000平方米", "below_1000"), ("floor_area", "below_1000", "below_1000"),
        ("project_type", "租赁厂房", "leased"), ("project_type", "New plant", "new"), ("dormitory", "不建宿舍", False),
        ("investment", "三千万", 30_000_000), ("start_date", "2026-12-01", "2026-12-01"), ("start_date", "2026-02-30", None),
        ("dormitory", "环评找谁", None), ("floor_area", "环评要多久", None), ("eia_class", "报告表", "form"),
    ],
)  # fmt: skip
def test_an_answer_is_read_for_what_was_asked(
    book: PlanningBook, fact: str, text: str, value: object
) -> None:
    assert read_answer(book.facts[fact], text) == value


_PIECES = st.sampled_from(
    ["投资", "厂房", "两", "千", "万", "亿", "个", "半", "点", "3", "12.5", "1,000", "平", "亩", "kW", " ", "，", "元", "million", "half a ", "twenty", "没有", "宿舍",
     "2027-13-45", "2027年2月1日开工", "9" * 400, "²", "－", "百万", "/亩", "no ", "\u0000", "\ud83d\ude00"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(_PIECES | st.text(max_size=4), max_size=14).map("".join))
def test_whatever_is_written_is_read_without_harm(book: PlanningBook, text: str) -> None:
    said = values_in(book, text)
    assert read_facts(book, said).values == said
    for fact in book.facts.values():
        answer = read_answer(fact, text)
        if answer is not None:
            read_facts(book, {fact.id: answer})
