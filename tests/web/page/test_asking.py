"""Asking on the page: greeting, answers, buttons, sources, languages, a new conversation."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from bot.domain.messages import Attachment, Button, Reply
from bot.domain.text import Language
from tests.web.fakes import FakeAssistant
from tests.web.page.conftest import OpenPage
from tests.web.page.steps import ask, conversation_of, sent_texts, texts

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_first_visit_is_greeted_with_example_questions(
    open_page: OpenPage, assistant: FakeAssistant
) -> None:
    page = await open_page()
    await expect(page.locator(".message")).to_have_count(1)
    await expect(page.locator(".reply .words")).to_contain_text("您好，我是XX经济开发区的办事助手")
    await expect(page.locator(".choice")).to_have_count(4)
    assert [(message.text, message.language) for message in assistant.acted] == [("/start", Language.ZH)]


async def test_the_conversations_id_cannot_be_guessed(open_page: OpenPage) -> None:
    ids = [await conversation_of(await open_page()) for _ in range(2)]
    assert ids[0] != ids[1]
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{22}", identifier) for identifier in ids)  # 128 bits


async def test_a_question_gets_its_answer_once(open_page: OpenPage, assistant: FakeAssistant) -> None:
    page = await open_page()
    await ask(page, "环评要批多久？")
    await expect(page.locator(".person")).to_have_count(1)
    await expect(page.locator(".person .bubble")).to_have_text("环评要批多久？")
    await expect(page.locator(".reply").last.locator("ul li").first).to_have_text("报告书：60日")
    await expect(page.locator("#question")).to_have_value("")
    await page.wait_for_timeout(800)  # longer than the page waits for its stream
    await expect(page.locator(".reply")).to_have_count(2)
    assert sent_texts(assistant) == ["环评要批多久？"]
    assert assistant.acted[-1].language is None  # found from the text


async def test_a_button_sends_its_value_and_shows_its_label(
    open_page: OpenPage, assistant: FakeAssistant
) -> None:
    page = await open_page()
    await page.get_by_role("button", name="环评要批多久").click()
    await expect(page.locator(".person .bubble")).to_have_text("环评要批多久")
    await expect(page.locator(".reply")).to_have_count(2)
    assert sent_texts(assistant) == ["#a:t:p/eia-approval"]
    assert assistant.acted[-1].language is Language.ZH  # that of the reply that offered the button
    await page.reload()
    await expect(page.locator(".person .bubble")).to_have_text("环评要批多久")


async def test_sources_unfold(open_page: OpenPage) -> None:
    page = await open_page()
    await ask(page, "环评要批多久？")
    sources = page.locator(".reply").last.locator("details")
    await expect(sources.locator(".source").first).to_be_hidden()
    await sources.locator("summary").click()
    checked, unchecked = await sources.locator(".source").all_inner_texts()
    assert checked.split("\n") == ["中华人民共和国生态环境法典 第一百零二条", "截至 2026-08-15", "已核对"]
    assert unchecked.split("\n") == [
        "建设项目环境影响评价分类管理名录（2021年版）",
        "截至 2026-11",
        "待主管部门确认",
    ]


async def test_unfolding_at_the_end_scrolls_the_conversation_and_nothing_else(open_page: OpenPage) -> None:
    page = await open_page(viewport={"width": 1100, "height": 640})
    await ask(page, "环评要批多久？")
    await page.locator("summary").last.click()
    await expect(page.locator(".source").last).to_be_in_viewport(ratio=1)
    moved = "[...document.querySelectorAll('html, body, main, form')].map(e => e.scrollLeft + e.scrollTop)"
    assert set(await page.evaluate(moved)) == {0}


async def test_lists_are_lists_and_lines_are_kept(open_page: OpenPage, assistant: FakeAssistant) -> None:
    assistant.answering = lambda _: (
        Reply("Title:\nsecond line\n· a\n· b\n\n3. c\n4. d\nend\n\n2026. no list"),
    )
    page = await open_page()
    words = page.locator(".reply .words").last
    kinds = await words.evaluate("element => [...element.children].map(child => child.tagName)")
    assert kinds == ["P", "UL", "OL", "P", "P"]
    assert (await words.locator("p").first.inner_text()).split("\n") == ["Title:", "second line"]
    assert await words.locator("ol").get_attribute("start") == "3"
    assert await words.locator("li").all_inner_texts() == ["a", "b", "c", "d"]


NASTY = "<img src=x onerror=alert(1)><script>alert(2)</script>&amp;[a](javascript:alert(3))"


async def test_whatever_is_said_stays_text(open_page: OpenPage, assistant: FakeAssistant) -> None:
    assistant.answering = lambda message: (
        Reply(
            message.text, (Button(NASTY, "#h"),), (), (Attachment(NASTY, "text/html", "javascript:alert(4)"),)
        ),
    )
    page = await open_page()
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    await ask(page, NASTY)
    await expect(page.locator(".bubble")).to_have_text(NASTY)
    await expect(page.locator(".reply .words").last).to_have_text(NASTY)
    await expect(page.locator(".reply .choice").last).to_have_text(NASTY)
    assert await page.locator(".log img, .log script, .log a").count() == 0
    assert dialogs == []


async def test_the_switch_changes_the_page_and_what_is_sent(
    open_page: OpenPage, assistant: FakeAssistant
) -> None:
    page = await open_page()
    await ask(page, "环评要批多久？")
    await page.locator("[data-language=en]").click()
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await expect(page).to_have_title(re.compile("Yuanwen"))
    await expect(page.locator("#question")).to_have_attribute("placeholder", "Type your question")
    await expect(page.locator("summary").last).to_have_text("Basis and sources (2)")
    await expect(page.locator("[data-language=en]")).to_have_attribute("aria-pressed", "true")
    await expect(page.locator(".message")).to_have_count(3)  # what was said stays as it was said
    await ask(page, "How long does it take?")
    assert assistant.acted[-1].language is Language.EN
    await page.reload()
    await expect(page.locator("html")).to_have_attribute("lang", "en")


async def test_a_button_that_chooses_a_language_switches_the_page(
    open_page: OpenPage, assistant: FakeAssistant
) -> None:
    assistant.answering = lambda _: (Reply("您好", (Button("English", "#l:en"),)),)
    page = await open_page()
    await page.get_by_role("button", name="English").click()
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await expect(page.locator(".message")).to_have_count(3)
    assert (assistant.acted[-1].text, assistant.acted[-1].language) == ("#l:en", Language.EN)


async def test_a_lone_greeting_is_given_again_in_the_language_chosen(open_page: OpenPage) -> None:
    page = await open_page()
    await page.locator("[data-language=en]").click()
    await expect(page.locator(".message")).to_have_count(1)
    await expect(page.locator(".reply .words")).to_contain_text("Hello, I am Yuanwen")


async def test_an_english_reader_starts_in_english(open_page: OpenPage, assistant: FakeAssistant) -> None:
    page = await open_page(locale="en-GB")
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    assert assistant.acted[0].language is Language.EN


async def test_a_reload_keeps_the_conversation(open_page: OpenPage, assistant: FakeAssistant) -> None:
    page = await open_page()
    await ask(page, "环评要批多久？")
    await ask(page, "要什么材料")
    before = await texts(page.locator(".message"))
    await page.reload()
    await expect(page.locator(".message")).to_have_count(5)
    assert await texts(page.locator(".message")) == before
    assert len(assistant.acted) == 3  # no second greeting
    await ask(page, "还要多久")
    assert (await texts(page.locator(".message")))[:5] == before


async def test_two_windows_show_the_same_conversation(open_page: OpenPage) -> None:
    page = await open_page()
    other = await open_page(context=page.context)
    await ask(page, "环评要批多久？")
    await expect(other.locator(".reply")).to_have_count(2)
    assert await texts(other.locator(".message")) == await texts(page.locator(".message"))


async def test_a_new_conversation_begins_empty_after_asking(open_page: OpenPage) -> None:
    page = await open_page()
    await ask(page, "环评要批多久？")
    first = await conversation_of(page)
    await page.locator("#new").click()
    await page.get_by_role("button", name="取消").click()
    await expect(page.locator(".message")).to_have_count(3)
    await page.locator("#new").click()
    await page.get_by_role("button", name="开始新对话").click()
    await expect(page.locator(".message")).to_have_count(1)
    assert await conversation_of(page) != first


async def test_a_reply_can_be_copied_with_its_sources(open_page: OpenPage) -> None:
    page = await open_page(permissions=["clipboard-read", "clipboard-write"])
    await ask(page, "环评要批多久？")
    await page.locator(".reply").last.get_by_role("button", name="复制").click()
    await expect(page.locator(".reply .copy").last).to_have_text("已复制")
    copied = await page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("建设项目生态环境影响报告书／报告表审批的法定期限")
    assert copied.endswith("· 建设项目环境影响评价分类管理名录（2021年版） (截至 2026-11; 待主管部门确认)")


async def test_a_slow_answer_is_announced(open_page: OpenPage, assistant: FakeAssistant) -> None:
    page = await open_page()
    assistant.gate.clear()
    await page.locator("#question").fill("环评要批多久？")
    await page.locator("#question").press("Enter")
    await expect(page.locator(".thinking")).to_have_text("正在查找")
    assistant.gate.set()
    await expect(page.locator(".reply")).to_have_count(2)
    await expect(page.locator(".thinking")).to_have_count(0)


async def test_a_person_takes_over_and_hands_back(open_page: OpenPage, assistant: FakeAssistant) -> None:
    page = await open_page()
    identifier = await conversation_of(page)
    await assistant.say(identifier, "mode", mode="claimed")
    await assistant.say(identifier, "operator", text="您好，我来为您解答。")
    await assistant.say(identifier, "mode", mode="bot")
    await expect(page.locator(".notice")).to_have_text(["您现在由人工服务", "现在由园问继续为您服务"])
    await expect(page.locator(".operator .who")).to_have_text("工作人员")
    await expect(page.locator(".operator .words")).to_have_text("您好，我来为您解答。")


async def test_days_and_times_are_shown(open_page: OpenPage) -> None:
    page = await open_page(timezone_id="Asia/Shanghai")
    await expect(page.locator(".day")).to_have_text("今天")
    assert re.fullmatch(r"\d\d:\d\d", await page.locator(".reply time").inner_text())


async def test_a_long_answer_is_shown_from_its_question(
    open_page: OpenPage, assistant: FakeAssistant
) -> None:
    assistant.answering = lambda _: (Reply("\n".join(f"· line {number}" for number in range(120))),)
    page = await open_page()
    await ask(page, "tell me everything")
    await expect(page.locator(".bubble")).to_be_in_viewport()
    await page.wait_for_timeout(900)
    await expect(page.locator(".bubble")).to_be_in_viewport()
    await expect(page.locator("#to-latest")).to_be_visible()
    await page.locator("#to-latest").click()
    await expect(page.locator(".reply li").last).to_be_in_viewport()
    await expect(page.locator("#to-latest")).to_be_hidden()


async def test_much_text_is_counted(open_page: OpenPage) -> None:
    page = await open_page()
    await page.locator("#question").fill("长" * 3599)
    await expect(page.locator("#length")).to_be_hidden()
    await page.locator("#question").fill("长" * 4001)
    await expect(page.locator("#length")).to_have_text("4001 / 4000 字")


async def test_enter_while_composing_does_not_send(open_page: OpenPage, assistant: FakeAssistant) -> None:
    page = await open_page()
    await page.locator("#question").fill("环评")
    await page.locator("#question").evaluate(
        "field => field.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true}))"
    )
    await page.locator("#question").press("Shift+Enter")
    assert await page.locator("#question").input_value() == "环评\n"
    assert sent_texts(assistant) == []
