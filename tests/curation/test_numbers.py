"""The same number in Chinese and English is the same; another number is not."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.curation.numbers import differences, quantities
from bot.domain.numerals import chinese_values, english_value
from bot.domain.text import Bilingual

EQUAL = [
    ("第七条", "Article 7"),
    ("第一千零九十五条", "Article 1095"),
    ("第九条第二款", "Article 9, second paragraph"),
    ("三个月内", "within 3 months"),
    ("三个月内", "within three months"),
    ("自收到之日起二十个工作日", "20 working days from receipt"),
    ("20个工作日", "20 business days"),
    ("7日内", "within 7 calendar days"),
    ("报告书60日，报告表30日", "60 days for a report, 30 days for a form"),
    ("由60日、30日压减至15日、7日", "cut from 60 and 30 days to 15 and 7 days"),
    ("20日（工作日）", "20 days (working days)"),
    ("150亿元", "15 billion yuan"),
    ("150亿元", "RMB 15 billion"),
    ("五十亿元", "RMB 5 billion"),
    ("20万元至100万元", "RMB 200,000 to RMB 1 million"),
    ("20至100万元", "200,000 to 1,000,000 yuan"),
    ("2至3亿元", "RMB 200–300 million"),
    ("500万千瓦时", "5 million kWh"),
    ("1000吨标准煤", "1,000 tonnes of standard coal"),
    ("10千伏", "10 kV"),
    ("23000㎡", "23,000 square metres"),
    ("2.3万平方米", "23,000 square metres"),
    ("122.48平方公里", "122.48 km²"),
    ("2026年8月15日施行", "in force since 15 August 2026"),
    ("2026年8月15日施行", "in force since 2026-08-15"),
    ("2019年5月", "May 2019"),
    ("二〇二二年五月", "May 2022"),
    ("约3%至5%", "about 3 to 5 per cent"),
    ("百分之三十", "30 percent"),
    ("两年内有效", "valid for 2 years"),
    ("两家企业", "two companies"),
    ("一般项目统一受理，一站办结", "ordinary projects are handled in one place"),
    ("第三方机构", "a third party"),
    ("三同时", "three simultaneities"),
    ("“三零”政策", 'the "three zeros" policy'),
    ("半年报一次", "reported every 6 months"),
    ("十三五规划", "the 13th Five-Year Plan"),
    ("浙政办发〔2018〕73号", "Zhe Zheng Ban Fa [2018] No. 73"),
    ("24小时服务", "24-hour service"),
    ("报告点名三家，不止三家", "The report names three; there are more"),
    ("十分重要，万一有问题", "It is important; in case of problems"),
    ("数十亿元投资", "investment of billions of yuan"),
    ("企业500强", "a Fortune 500 company"),
    ("", "no number"),
]  # fmt: skip

UNEQUAL = [
    ("第七条", "Article 8", "missing"),
    ("20个工作日", "20 calendar days", "counts"),
    ("20个工作日", "20 days", "working days"),
    ("20日", "20 working days", "working days"),
    ("3年", "3 months", "counts"),
    ("150亿元", "150 million yuan", "missing"),
    ("150亿元", "RMB 1.5 billion", "missing"),
    ("5亿元", "USD 500 million", "counts"),
    ("2026年8月15日", "15 September 2026", "missing"),
    ("2026年8月", "in 2026", "8 is missing in English"),
    ("收费以公布为准", "RMB 300", "300 is missing in Chinese"),
    ("六个中心", "7 centres", "missing"),
    ("报告书60日、报告表30日", "60 days for both", "30 is missing in English"),
    ("35平方公里", "35 square metres", "counts"),
    ("5个工作日，再加5日", "5 working days and 5 more working days", "counts"),
]  # fmt: skip


@pytest.mark.parametrize(("zh", "en"), EQUAL)
def test_the_same_in_both(zh: str, en: str) -> None:
    assert differences(Bilingual(zh, en)) == []


@pytest.mark.parametrize(("zh", "en", "what"), UNEQUAL)
def test_not_the_same(zh: str, en: str, what: str) -> None:
    assert any(what in difference for difference in differences(Bilingual(zh, en)))


DIGITS = "零一二三四五六七八九"


def chinese(number: int) -> str:
    """The textbook way to write a number below 10**12."""
    if number < 10:
        return DIGITS[number]
    for unit, size in (("亿", 10**8), ("万", 10**4), ("千", 1000), ("百", 100), ("十", 10)):
        if number >= size:
            head, rest = divmod(number, size)
            gap = "零" if rest and rest < size // 10 else ""
            return chinese(head) + unit + gap + (chinese(rest) if rest else "")
    raise AssertionError


@given(st.integers(0, 10**12 - 1))
def test_every_chinese_numeral_is_read_back(number: int) -> None:
    assert chinese_values(chinese(number)) == [number]


@given(st.integers(1000, 2999))
def test_years_are_read_digit_by_digit(year: int) -> None:
    spelt = "".join(DIGITS[int(digit)] for digit in str(year)).replace("零", "〇")
    assert chinese_values(spelt, as_year=True) == [year]


@given(st.integers(1, 99))
def test_every_english_numeral_is_read_back(number: int) -> None:
    ones = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    words = (ones + "seventeen eighteen nineteen").split()
    tens = "twenty thirty forty fifty sixty seventy eighty ninety".split()  # noqa: SIM905
    spelt = (
        words[number]
        if number < 20
        else tens[number // 10 - 2] + (f"-{words[number % 10]}" if number % 10 else "")
    )
    assert english_value(spelt) == number
    assert english_value(f"{spelt} hundred thousand") == number * 100_000


WAYS: dict[str, tuple[Callable[[int], str], Callable[[int], str]]] = {
    "plain": (lambda n: f"{n}个项目", lambda n: f"{n} projects"),
    "separators": (lambda n: f"{n}个项目", lambda n: f"{n:,} projects"),
    "days": (lambda n: f"{n}个工作日内", lambda n: f"within {n} working days"),
    "article": (lambda n: f"第{chinese(n)}条", lambda n: f"Article {n}"),
    "money": (lambda n: f"{n}万元", lambda n: f"RMB {n * 10_000:,}"),
    "billions": (lambda n: f"{n * 10}亿元", lambda n: f"{n} billion yuan"),
    "range": (lambda n: f"{n}至{n + 1}个月", lambda n: f"{n} to {n + 1} months"),
    "per cent": (lambda n: f"{n}.5%", lambda n: f"{n}.5 per cent"),
}


@given(st.integers(2, 5000), st.sampled_from(sorted(WAYS)))
def test_one_number_agrees_however_it_is_written(number: int, way: str) -> None:
    zh, en = WAYS[way]
    assert (
        differences(Bilingual(f"共{zh(number)}，以公布为准。", f"In all {en(number)}, as published.")) == []
    )


@given(st.integers(2, 5000), st.integers(2, 5000), st.sampled_from(sorted(WAYS)))
def test_two_numbers_never_agree(number: int, other: int, way: str) -> None:
    assume(abs(number - other) > 1)
    zh, en = WAYS[way]
    assert differences(Bilingual(f"共{zh(number)}。", f"In all {en(other)}."))


@given(st.dates(), st.sampled_from(["%d %B %Y", "%B %d, %Y", "%Y-%m-%d", "%d %b %Y"]))
def test_dates_agree_however_they_are_written(day, form: str) -> None:  # type: ignore[no-untyped-def]
    zh = f"{day.year}年{day.month}月{day.day}日起"
    en = day.strftime(form).replace(day.strftime("%Y"), str(day.year))
    assert differences(Bilingual(zh, f"since {en}")) == []


@given(st.text(max_size=60), st.sampled_from(["zh", "en"]))
def test_any_text_can_be_read(text: str, language: str) -> None:
    assert all(isinstance(item.value, Decimal) for item in quantities(text, language))


@given(st.text(alphabet="0123456789一二十百千万亿年月日个工作至第条.,% ", max_size=30))
def test_a_text_agrees_with_itself(text: str) -> None:
    numbers = [item.value for item in quantities(text, "zh")]
    assert numbers == [item.value for item in quantities(text, "zh")]
