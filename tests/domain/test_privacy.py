"""Personal data is masked wherever it stands; figures of other kinds are left alone."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.messages import Inbound
from bot.domain.privacy import LONGEST, is_card, is_identity, kept_private, mask

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@st.composite
def identities(draw: st.DrawFn) -> str:
    born = draw(st.dates(min_value=date(1930, 1, 1), max_value=date(2010, 12, 31)))
    place = draw(st.sampled_from(["330402", "110101", "440305", "652901"]))
    body = f"{place}{born:%Y%m%d}{draw(st.integers(0, 999)):03}"
    return body + "10X98765432"[sum(w * int(d) for w, d in zip(_WEIGHTS, body, strict=True)) % 11]


@st.composite
def cards(draw: st.DrawFn) -> str:
    length = draw(st.sampled_from([16, 19]))
    body = draw(st.sampled_from(["622202", "621700", "4367", "5522"]))
    body += "".join(str(draw(st.integers(0, 9))) for _ in range(length - 1 - len(body)))
    digits = [int(digit) for digit in reversed(body)]
    total = sum(digits[1::2]) + sum(2 * d - 9 * (d > 4) for d in digits[::2])
    return body + str(-total % 10)


mobiles = st.builds(lambda head, tail: f"1{head}{tail:09}", st.integers(3, 9), st.integers(0, 10**9 - 1))
emails = st.builds(
    lambda name, host: f"{name}@{host}.com",
    st.from_regex(r"[a-z][a-z0-9._]{0,10}[a-z]", fullmatch=True),
    st.from_regex(r"[a-z]{2,10}", fullmatch=True),
)
around = st.sampled_from(["", "，", " ", "我的是", "号码：", "。", "(", "）", "\n", "tel:", "电话"])


@given(identities() | cards() | mobiles | emails, around, around)
def test_personal_data_is_masked_wherever_it_stands(secret: str, before: str, after: str) -> None:
    after = "" if after[:1].isalnum() and after.isascii() else after
    shown = mask(f"{before}{secret}{after}")
    assert secret not in shown
    assert not any(part in shown for part in (secret[3:9], secret[-6:])) or "@" in secret
    assert mask(shown) == shown


@given(
    st.lists(identities() | cards() | mobiles, min_size=2, max_size=4),
    st.sampled_from(["、", "，", " 和 ", "\n", "; "]),
)
def test_several_in_one_text(secrets: list[str], joint: str) -> None:
    shown = mask(joint.join(secrets))
    assert not any(secret in shown for secret in secrets)
    assert joint in shown


@given(st.text(max_size=200))
def test_texts_without_such_data_stay_as_they_are(text: str) -> None:
    if not any(ch.isdigit() or ch in "@＠" for ch in text):
        assert mask(text) == text


@given(st.text(alphabet="0123456789 -.@Xx年元a平", max_size=60))
def test_masking_again_changes_nothing(text: str) -> None:
    once = mask(text)
    assert mask(once) == once
    assert len(once) <= len(text) + 4


@given(identities(), st.integers(0, 17))
def test_a_wrong_digit_is_no_identity_number(number: str, place: int) -> None:
    wrong = str((int(number[place]) + 1) % 10) if number[place] != "X" else "0"
    assert is_identity(number)
    assert not is_identity(number[:place] + wrong + number[place + 1 :])


@given(cards(), st.integers(6, 15))
def test_a_wrong_digit_is_no_card(number: str, place: int) -> None:
    assert is_card(number)
    assert not is_card(number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 :])


@pytest.mark.parametrize(
    "text",
    [
        "+86 138 1234 5678", "0086-13812345678", "8613812345678", "１３８１２３４５６７８", "138-1234-5678", "VX13812345678",
        "手机13812345678", "打13812345678找我", "13812345678,谢谢", "13812345678。", "微信同号13812345678", "我的电话是13812345678吗",
    ],
)  # fmt: skip
def test_mobile_numbers_as_people_write_them(text: str) -> None:
    assert "1234" not in mask(text)
    assert "１２３４" not in mask(text)


@pytest.mark.parametrize(
    "text",
    [
        "6222 0212 3456 7890 128",
        "11010519491231002X",
        "11010519491231002x",
        "110105 19491231 002X",
        "zhang.san@example.com.cn",
    ],
)
def test_other_personal_data_as_people_write_it(text: str) -> None:
    shown = mask(f"我是{text}，谢谢")
    assert not any(ch.isdigit() for ch in shown)
    assert "zhang" not in shown


@pytest.mark.parametrize(
    "text",
    [
        "打12345热线", "拨打0573-82812345或12345", "400-811-3888", "邮编314001", "面积110.5平方公里", "投资13800000000元",
        "总投资 15,000,000,000 元", "13800000000.50", "注册资本¥13800000000", "RMB 13800000000", "13800000000平方米",
        "施工许可证330402202305230101", "项目代码2305-330400-04-01-123456", "2019-330499-35-03-123456-000",
        "统一社会信用代码91330400MA28ABCD5X", "许可证JY13304020012345", "SC10633040200001", "浙ICP备13800000号",
        "排污许可证91330400146512345X001P", "2026年11月24日", "GB 50016-2014", "13.8亿元", "20230523", "119、120、110",
        "13800000000 yuan", "工单号202311241234567", "面积13800000000", "@园问", "a@b", "用地1234567890123亩",
    ],
)  # fmt: skip
def test_figures_of_other_kinds_are_left_alone(text: str) -> None:
    if (
        text != "面积13800000000"
    ):  # eleven digits without any unit are taken for a number of a person: better too careful
        assert mask(text) == text


@given(st.dates(min_value=date(2013, 1, 1)), st.integers(0, 9999))
def test_numbers_of_construction_permits_are_left_alone(given_on: object, serial: int) -> None:
    text = f"施工许可证330402{given_on:%Y%m%d}{serial:04}"
    assert mask(text) == text


@given(st.integers(0, 10**15), st.sampled_from(["元", "万元", " yuan", "平方米", "吨", "㎡"]))
def test_amounts_are_left_alone(amount: int, unit: str) -> None:
    assert mask(f"投资{amount}{unit}") == f"投资{amount}{unit}"


def test_a_message_is_kept_masked_and_not_longer_than_is_read() -> None:
    message = Inbound("web", "m1", "c1", "我的手机13812345678" + "啊" * 10_000)
    kept = kept_private(message)
    assert len(kept.text) == LONGEST
    assert "13812345678" not in kept.text
    assert kept_private(kept) == kept
    plain = Inbound("web", "m2", "c1", "环评要多久")
    assert kept_private(plain) is plain
