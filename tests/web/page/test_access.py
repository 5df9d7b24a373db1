"""The page for everybody: keyboard, screen reader, contrast, small screens, reduced motion."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import Page, expect

from tests.web.fakes import FakeAssistant
from tests.web.page.conftest import OpenPage
from tests.web.page.steps import ask, conversation_of, sent_texts, write

pytestmark = pytest.mark.asyncio(loop_scope="session")
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations", "incomplete"],
}
PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 640}, "is_mobile": True, "has_touch": True}
SMALLEST_TARGET = 24  # CSS pixels, WCAG 2.2 AA


async def full_of_everything(page: Page, assistant: FakeAssistant) -> None:
    """Every kind of thing that the page can show, at once."""
    await ask(page, "环评要批多久？ how long")
    await ask(page, "要什么材料 papers")
    for summary in await page.locator("summary").all():
        await summary.click()
    identifier = await conversation_of(page)
    await assistant.say(identifier, "mode", mode="claimed")
    await assistant.say(identifier, "operator", text="您好 hello")
    await expect(page.locator(".operator")).to_have_count(1)
    await page.route("**/messages", lambda route: route.abort())
    await write(page, "unsent")
    await expect(page.locator(".retry")).to_have_count(1)
    await page.locator("#question").fill("x" * 4001)


async def violations(page: Page) -> list[str]:
    """What is wrong, and where a contrast could not be told."""
    # The picture behind the conversation and the fade above the field lie between text and background: without them
    # (they only bring the background nearer to itself) every contrast can be measured.
    await page.evaluate(
        """() => {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync("main::before, main::after { content: none !important }");
          document.adoptedStyleSheets = [sheet];
        }"""
    )
    results = (await Axe().run(page, options=RULES)).response
    unsure = [found for found in results["incomplete"] if found["id"] == "color-contrast"]
    return [
        f"{found['id']}: {node['html'][:160]} {node['failureSummary']}"
        for found in [*results["violations"], *unsure]
        for node in found["nodes"]
    ]


@pytest.mark.parametrize(
    ("scheme", "locale", "size"),  # every pair of two of them
    [
        ("light", "zh-CN", {}),
        ("dark", "zh-CN", PHONE),
        ("light", "en-GB", PHONE),
        ("dark", "en-GB", {}),
    ],
)
async def test_no_rule_of_accessibility_is_broken(
    open_page: OpenPage, assistant: FakeAssistant, scheme: str, locale: str, size: dict[str, Any]
) -> None:
    page = await open_page(locale=locale, color_scheme=scheme, reduced_motion="reduce", **size)
    await full_of_everything(page, assistant)
    assert await violations(page) == []
    await page.locator("#question").fill("")
    await page.locator("#new").click()
    assert await violations(page) == []


async def test_everything_works_with_the_keyboard(open_page: OpenPage, assistant: FakeAssistant) -> None:
    page = await open_page()
    focused = page.locator(":focus")
    await page.keyboard.press("Tab")
    await expect(focused).to_have_text("跳到输入框")
    await expect(focused).to_be_in_viewport()
    await page.keyboard.press("Enter")
    await expect(page.locator("#question")).to_be_focused()
    await page.keyboard.type("环评要批多久？")
    await page.keyboard.press("Enter")
    await expect(page.locator(".reply")).to_have_count(2)
    await expect(page.locator("#question")).to_be_focused()
    for _ in range(2):
        await page.keyboard.press("Shift+Tab")
    await expect(focused).to_have_text("改扩建有何不同")
    for _ in range(3):
        await page.keyboard.press("Shift+Tab")
    await expect(focused).to_have_text("复制")
    await page.keyboard.press("Shift+Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator(".reply .source").first).to_be_visible()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Space")
    await expect(page.locator(".reply")).to_have_count(3)
    assert sent_texts(assistant) == ["环评要批多久？", "#a:n:p/eia-approval"]


async def test_the_question_about_a_new_conversation_works_with_the_keyboard(open_page: OpenPage) -> None:
    page = await open_page()
    await page.locator("#new").press("Enter")
    await expect(page.locator("dialog")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.locator("dialog")).to_be_hidden()
    await expect(page.locator("#question")).to_be_focused()
    await expect(page.locator(".message")).to_have_count(1)


async def test_focus_can_be_seen(open_page: OpenPage) -> None:
    page = await open_page()
    stops = 0
    for _ in range(12):
        await page.keyboard.press("Tab")
        seen = await page.evaluate(
            """() => {
              const element = document.activeElement;
              if (element === document.body) return null;
              const ring = getComputedStyle(element), field = getComputedStyle(element.closest(".field") ?? element);
              return ring.outlineStyle !== "none" && parseFloat(ring.outlineWidth) >= 2 || field.boxShadow !== "none";
            }"""
        )
        if seen is not None:
            stops += 1
            assert seen
    assert stops >= 9


async def test_new_messages_are_read_out_and_old_ones_are_not(open_page: OpenPage) -> None:
    page = await open_page()
    log = page.get_by_role("log", name="对话内容")
    await expect(log).to_have_attribute("aria-live", "polite")
    await expect(log).to_have_attribute("aria-busy", "false")
    await ask(page, "How long?")
    assert await page.locator(".message h2").all_inner_texts() == ["园问", "您", "园问"]
    assert await page.locator(".reply .words").last.get_attribute("lang") == "en"
    quiet = page.locator("#log[aria-live=off][aria-busy=true]")
    await page.route("**/events*", lambda route: None)
    await page.reload(wait_until="domcontentloaded")
    await expect(quiet).to_have_count(1)


@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
async def test_it_fits_a_small_phone(open_page: OpenPage, assistant: FakeAssistant, locale: str) -> None:
    page = await open_page(locale=locale, **PHONE)
    await full_of_everything(page, assistant)
    await page.locator("#question").fill("")
    wide = await page.evaluate(
        "[document.documentElement.scrollWidth, document.querySelector('#log').scrollWidth]"
    )
    assert wide == [360, 360]
    await expect(page.locator("#question")).to_be_in_viewport()
    await expect(page.locator(".send")).to_be_in_viewport(ratio=1)
    for control in await page.locator("button:visible, summary:visible").all():
        box = await control.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= SMALLEST_TARGET, await control.inner_text()
    size = await page.locator("#question").evaluate("field => parseFloat(getComputedStyle(field).fontSize)")
    assert size >= 16  # less makes phones zoom in


async def test_a_low_window_still_shows_the_conversation(open_page: OpenPage) -> None:
    page = await open_page(
        viewport={"width": 640, "height": 300}
    )  # a phone on its side, or its keyboard open
    box = await page.locator("#log").bounding_box()
    assert box is not None
    assert box["height"] >= 120


async def test_the_end_stays_in_view_when_a_phones_keyboard_opens(open_page: OpenPage) -> None:
    page = await open_page(viewport={"width": 390, "height": 800})
    for _ in range(3):
        await ask(page, "要什么材料")
    await page.locator("#log").evaluate("log => log.scrollTo(0, log.scrollHeight)")
    await page.wait_for_timeout(100)
    await page.set_viewport_size({"width": 390, "height": 480})
    await expect(page.locator(".choice").last).to_be_in_viewport(ratio=1)


async def test_zoomed_text_breaks_nothing(open_page: OpenPage) -> None:
    page = await open_page(viewport={"width": 1280, "height": 900})
    await page.evaluate("document.documentElement.style.fontSize = '200%'")
    await ask(page, "环评要批多久？")
    assert await page.evaluate("document.documentElement.scrollWidth") == 1280
    await expect(page.locator(".send")).to_be_in_viewport(ratio=1)


async def test_reduced_motion_is_respected(open_page: OpenPage, assistant: FakeAssistant) -> None:
    page = await open_page(reduced_motion="reduce")
    assistant.gate.clear()
    await write(page, "环评要批多久？")
    await expect(page.locator(".thinking")).to_be_visible()
    names = await page.locator(".dots i, .message").evaluate_all(
        "all => all.map(e => getComputedStyle(e).animationName)"
    )
    assert set(names) == {"none"}
    assistant.gate.set()
