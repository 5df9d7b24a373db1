"""What Telegram shows: safe whatever the text holds, with sources folded away and buttons that Telegram takes."""

from __future__ import annotations

import logging
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram_rendering import TelegramPart, keyboard, render
from bot.channels.telegram_split import LIMIT, units
from bot.channels.telegram_words import TelegramWords
from bot.domain.messages import Attachment, Button, Enclosure, Reply, SourceLine
from bot.domain.text import Language
from bot.ports import OutboxMessage
from bot.service.wire import reply_to_wire
from tests.minds import wording
from tests.telegram_server.markup import shown

LAW = SourceLine("《建筑法》", "2019-04-23", True, "第八条")
LIST = SourceLine("《名录》<2021>", "2021", False, "第三条")

EMPTY: dict[str, Any] = {"buttons": [], "sources": [], "attachments": []}


def words(language: Language) -> TelegramWords:
    return TelegramWords(wording(), language)


def show(kind: str = "reply", **payload: Any) -> list[TelegramPart]:
    return render(OutboxMessage("c", kind, payload), words)  # type: ignore[arg-type]


def reply(text: str, lang: str = "zh", **more: Any) -> list[TelegramPart]:
    return show(lang=lang, **reply_to_wire(Reply(text, **more)))


def test_a_plain_reply() -> None:
    (part,) = reply("办理时限：7个工作日。")
    assert part == TelegramPart("办理时限：7个工作日。", "办理时限：7个工作日。")


def test_markup_in_a_text_is_shown_as_it_was_written() -> None:
    (part,) = reply("<b>1 < 2 & 3</b> <script>")
    assert part.html == "&lt;b&gt;1 &lt; 2 &amp; 3&lt;/b&gt; &lt;script&gt;"
    assert shown(part.html) == part.plain


def test_sources_unfold_below_the_text() -> None:
    (part,) = reply("七个工作日。", sources=(LAW, LIST))
    assert part.html == (
        "七个工作日。\n\n<blockquote expandable>依据与来源\n"
        "· 《建筑法》 第八条 · 截至 2019-04-23 · 已核对\n"
        "· 《名录》&lt;2021&gt; · 截至 2021 · 待主管部门确认</blockquote>"
    )
    assert shown(part.html) == part.plain


def test_an_article_that_was_not_checked_is_not_shown() -> None:
    (part,) = reply("See the list.", "en", sources=(LIST,))
    assert "第三条" not in part.plain
    assert "as of 2021 · to be confirmed by the office" in part.plain


def test_sources_that_do_not_fit_come_as_a_message_of_their_own() -> None:
    first, second = reply("字" * (LIMIT - 10), sources=(LAW,), buttons=(Button("找工作人员", "#h"),))
    assert first.rows == ()
    assert second.html.startswith("<blockquote expandable>依据与来源\n")
    assert second.rows == ((Button("找工作人员", "#h"),),)


def test_buttons_stand_below_the_last_part() -> None:
    *rest, last = reply("\n\n".join("字" * 1500 for _ in range(5)), buttons=(Button("是", "#h"),))
    assert len(rest) == 2
    assert [part.rows for part in rest] == [(), ()]
    assert last.rows == ((Button("是", "#h"),),)


@given(
    st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=300).map(lambda text: text * 30),
    st.lists(st.tuples(st.text("<>&法律abc", min_size=1, max_size=400), st.booleans()), max_size=30),
)
def test_whatever_a_reply_holds_telegram_takes_it(text: str, sources: list[tuple[str, bool]]) -> None:
    lines = tuple(SourceLine(title, "2026", checked, "第1条") for title, checked in sources)
    for part in reply(text, sources=lines):
        assert shown(part.html) == part.plain
        assert 1 <= units(part.plain.strip()) <= LIMIT


def test_short_labels_share_a_row() -> None:
    rows = keyboard(
        [
            Button(label, "#h")
            for label in ("要多久", "谁审批", "办成后拿到什么结果", "依据", "找工作人员", "more")
        ]
    )
    assert [[button.label for button in row] for row in rows] == [
        ["要多久", "谁审批"], ["办成后拿到什么结果"], ["依据", "找工作人员"], ["more"],
    ]  # fmt: skip


def test_a_long_label_is_cut_and_a_value_too_long_is_left_out(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        rows = keyboard(
            [Button("字" * 80, "#h"), Button("a", "x" * 54), Button(" ", "#h"), Button("ok", "字" * 17)]
        )
    assert [[button.label for button in row] for row in rows] == [["字" * 63 + "…"], ["ok"]]
    assert len(caplog.records) == 2


def test_what_the_person_said_and_what_only_the_desk_is_shown_is_not_sent() -> None:
    assert show("echo", text="hello") == []
    assert show("event", event="unreachable", why="blocked") == []


def test_an_answer_knows_what_it_answers() -> None:
    first, second = show(text="字" * 5000, message_id="u901.-1001.1790000000.11", lang="zh")
    assert (first.answers, second.answers) == (11, None)


def test_a_new_answer_is_marked_and_written_over_the_old_one() -> None:
    payload = {"text": "七个字的一句话。" * 600, "lang": "zh", "edits": "u901.7.1790000000.11", **EMPTY}
    message = OutboxMessage("c", "reply", payload, replaces=("21",))
    first, second = render(message, words)
    assert first.plain.startswith("您修改了问题，以下是更新后的答复：\n\n七")
    assert (first.replaces, second.replaces) == (21, None)


def test_what_is_left_over_of_the_old_answer_is_taken_back() -> None:
    payload = {"text": "short", "lang": "en", "edits": "u901.7.1790000000.11", **EMPTY}
    parts = render(OutboxMessage("c", "reply", payload, replaces=("21", "22", "23")), words)
    assert [part.replaces for part in parts] == [21, None, None]
    assert [part.deletes for part in parts] == [None, 22, 23]


def test_a_message_that_came_over_telegram_is_sent_on_as_it_is() -> None:
    (part,) = show(text="", copies="u901.-1002/56.1790000000.11", lang="zh")
    assert part.copies == (-1002, 11)


def test_what_an_operator_sends_beside_words_is_sent_on() -> None:
    photo, contact = Enclosure("photo", "f"), Enclosure("contact")
    enclosed = {"lang": "zh", "enclosures": [asdict(photo), asdict(contact)]}
    text, file = show("operator", text="请看附件", **enclosed)
    assert (text.plain, file.encloses, file.plain) == ("工作人员：\n请看附件", photo, "")
    (alone,) = show("operator", text="", **enclosed)
    assert (alone.encloses, alone.plain) == (photo, "工作人员：")


def test_what_an_operator_takes_back_is_deleted() -> None:
    payload = {"text": "", "lang": "zh", "edits": "d1", "deleted": True}
    parts = render(OutboxMessage("c", "operator", payload, replaces=("21",)), words)
    assert parts == [TelegramPart(deletes=21)]


def test_a_person_is_marked_as_one() -> None:
    (part,) = show("operator", text="您好 <b>", lang="zh")
    assert part.html == "工作人员：\n您好 &lt;b&gt;"


def test_a_change_of_who_holds_the_conversation() -> None:
    (part,) = show("mode", mode="claimed", lang="en")
    assert part.plain == "You are now talking with a member of staff."
    assert show("mode", mode="offered", lang="en") == []


def test_files_that_can_be_reached_are_named() -> None:
    files = [
        {"name": "plan.pdf", "content_type": "application/pdf", "url": url}
        for url in ("https://zone.example/1", "/2")
    ]
    part, file = show(text="Your plan.", attachments=files, lang="en")
    assert part.plain == "Your plan.\n\nplan.pdf: https://zone.example/1"
    assert file.file == Attachment("plan.pdf", "application/pdf", "/2")


def test_an_odd_payload_is_an_error() -> None:
    with pytest.raises(KeyError):
        show(odd=1)


def test_both_languages_have_the_same_words() -> None:
    zh, en = (wording().blocks(language, "telegram") for language in Language)
    assert zh == en
    assert [name for name, _ in words(Language.ZH).commands()] == [
        name for name, _ in words(Language.EN).commands()
    ]


@pytest.mark.parametrize("language", Language)
def test_the_menu_is_as_telegram_wants_it(language: Language) -> None:
    commands = words(language).commands()
    assert [name for name, _ in commands] == [
        "start",
        "help",
        "lang",
        "plan",
        "human",
        "who",
        "link",
        "cancel",
        "forget",
    ]
    assert all(3 <= len(description) <= 256 for _, description in commands)
