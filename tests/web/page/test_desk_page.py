"""The operators' page in a real browser: two operators and a person at once, keys, both languages, a phone."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Page, expect

from bot.domain.handover import Case
from bot.domain.staff import Role, StaffPerson
from bot.service.staff_access import Attempt, StaffAccess
from bot.service.staff_codes import Codes
from bot.service.suggestions import Suggestions
from bot.web.application import add_desk, add_desk_page
from bot.web.desk import DeskRoutes
from bot.web.desk_access import COOKIE, DeskAccess
from bot.web.server import start_web
from bot.web.words import page_words
from tests.minds import gazetteer, wording
from tests.service.desk_world import DeskWorld, FixedMinds
from tests.web.fakes import FakeAssistant
from tests.web.site import make_app

pytestmark = pytest.mark.asyncio(loop_scope="session")
IMAGES = Path(__file__).parents[3] / "docs" / "images"
CODES = Codes(b"a secret of the tests")


class DeskSite:
    """The desk over a world with one waiting person; pages signed in as anybody."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self.world = DeskWorld()
        self.staff = StaffAccess(self.world.units, self.world.clock, CODES)
        self.wrong: list[str] = []

    async def start(self) -> None:
        app = make_app(FakeAssistant())
        suggestions = Suggestions(gazetteer(), FixedMinds(), wording(), self.world.clock)
        add_desk(
            app, DeskRoutes(self.world.desk, DeskAccess(self.staff, CODES), suggestions, self.world.clock)
        )
        add_desk_page(app, page_words(wording(), "deskpage"))
        self._server = await start_web(app, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.port}"
        await self.world.say("谁负责招商引资")
        await self.world.say("转人工")

    async def page(self, name: str, **options: object) -> Page:
        """The desk as an operator sees it."""
        person = StaffPerson(
            name, f"{name}工", frozenset({Role.OPERATOR}), frozenset(), self.world.clock.now()
        )
        await self.staff.add("cli:test", person)
        code, _ = await self.staff.invite("cli:test", name)
        token = (await self.staff.sign_in(Attempt("127.0.0.1", code))).token
        context = await self._browser.new_context(**{"locale": "zh-CN", **options})  # type: ignore[arg-type]
        self._contexts.append(context)
        await context.add_cookies([{"name": COOKIE, "value": token, "url": self.url}])
        page = await context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("dialog", lambda dialog: dialog.accept())
        await page.goto(f"{self.url}/desk")
        await expect(page.locator("#me")).to_have_text(f"{name}工")
        return page

    async def stop(self) -> None:
        for context in self._contexts:
            await context.close()
        await self._server.stop()

    async def said(self) -> list[str]:
        """What operators said to the person."""
        return [item.payload["text"] for item in await self.world.told() if item.kind == "operator"]

    async def case(self) -> Case:
        return await self.world.case()


@pytest_asyncio.fixture(loop_scope="session")
async def desk(browser: Browser) -> AsyncIterator[DeskSite]:
    made = DeskSite(browser)
    await made.start()
    yield made
    await made.stop()
    assert made.wrong == []


async def test_claim_reply_note_and_close(desk: DeskSite) -> None:
    page = await desk.page("li")
    await page.locator("#cases button").first.click()
    await expect(page.locator(".line.person").first).to_contain_text("谁负责招商引资")
    await expect(page.locator(".line.bot").first).to_be_visible()
    await page.get_by_role("button", name="接手").click()
    await expect(page.locator("#case-state")).to_contain_text("li工 已接手")
    await page.locator("#text").fill("您好，我是<b>李</b>工")
    await page.locator("#text").press("Control+Enter")
    await expect(page.locator(".line.operator")).to_contain_text("您好，我是<b>李</b>工")
    assert await desk.said() == ["您好，我是<b>李</b>工"]
    await page.locator("#text").fill("老客户，电话里谈过")
    await page.get_by_role("button", name="存为内部备注").click()
    await expect(page.locator(".line.note")).to_contain_text("老客户")
    assert "老客户" not in str(await desk.world.told()), "a note is never shown to the person"
    await desk.world.say("好的，谢谢")
    await expect(page.locator(".line.person").last).to_contain_text("好的，谢谢")
    await page.get_by_role("button", name="结束", exact=True).click()
    await expect(page.locator("#case-state")).to_contain_text("已结束")
    await expect(page.locator("#text")).to_be_disabled()
    await page.get_by_role("button", name="已结束").click()
    await expect(page.locator("#cases button")).to_have_count(1)


async def test_two_operators_see_each_other_and_only_one_answers(desk: DeskSite) -> None:
    li, wang = await desk.page("li"), await desk.page("wang")
    for page in (li, wang):
        await page.locator("#cases button").first.click()
    await expect(li.locator("#others")).to_contain_text("wang工")
    await wang.get_by_role("button", name="接手").click()
    await expect(li.locator("#case-state")).to_contain_text("wang工 已接手")
    await expect(li.locator("#text")).to_be_disabled()
    await expect(li.get_by_role("button", name="接手")).to_be_disabled()
    await wang.locator("#suggested button").first.click()
    await expect(wang.locator(".line.operator")).to_have_count(1)
    await expect(li.locator(".line.operator")).to_have_count(1)
    assert (await desk.case()).operator == "wang"


async def test_keys_do_what_buttons_do(desk: DeskSite) -> None:
    page = await desk.page("li")
    await expect(page.locator("#cases button")).to_have_count(1)
    await page.keyboard.press("j")
    await expect(page.locator("#case-title")).to_be_focused()
    await page.keyboard.press("c")
    await expect(page.locator("#case-state")).to_contain_text("处理中")
    await page.keyboard.press("r")
    await expect(page.locator("#text")).to_be_focused()
    await page.keyboard.type("jkcx")
    assert (await desk.case()).operator == "li", "keys are letters while somebody writes"
    await page.keyboard.press("Escape")
    await page.keyboard.press("b")
    await expect(page.locator("#case-state")).to_contain_text("已交还助手")
    await page.keyboard.press("?")
    await expect(page.locator("#key-list kbd")).to_have_count(9)


async def test_transfer_and_a_new_request_in_the_title(desk: DeskSite) -> None:
    page = await desk.page("li")
    assert "1" in await page.title()
    await page.locator("#cases button").first.click()
    await page.locator("#offices").select_option("construction-office")
    await expect(page.locator("#card")).to_contain_text("建设")


async def test_a_draft_stays_with_its_conversation(desk: DeskSite) -> None:
    page = await desk.page("li")
    await page.locator("#cases button").first.click()
    await page.locator("#text").fill("还没写完")
    await page.reload()
    await page.locator("#cases button").first.click()
    await expect(page.locator("#text")).to_have_value("还没写完")


@pytest.mark.parametrize("width", [1280, 390])
async def test_it_is_accessible_in_both_languages_and_on_a_phone(
    desk: DeskSite, width: int, tmp_path: Path
) -> None:
    page = await desk.page("li", viewport={"width": width, "height": 844})
    await page.locator("#cases button").first.click()
    await expect(page.locator(".line.person").first).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing sticks out"
    if width > 1000:
        await page.get_by_role("button", name="EN", exact=True).click()
        await expect(page.get_by_role("button", name="Claim")).to_be_visible()
    results = await Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa"]})
    assert results.violations_count == 0, results.generate_report()
    kept = IMAGES if os.environ.get("PICTURES") else tmp_path
    await page.screenshot(path=kept / ("desk.png" if width > 1000 else "desk-phone.png"))


async def test_who_is_not_signed_in_is_sent_to_sign_in(desk: DeskSite, browser: Browser) -> None:
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(f"{desk.url}/desk")
    await page.wait_for_url("**/desk/login")
    await context.close()
