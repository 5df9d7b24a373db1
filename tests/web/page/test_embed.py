"""The assistant inside another site, put there by one line."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser, FrameLocator, Page, expect

from bot.web.options import Options
from bot.web.server import WebServer, start_web
from tests.web.fakes import FakeAssistant
from tests.web.site import Site

pytestmark = pytest.mark.asyncio(loop_scope="session")
FOREIGN = """<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>Zone</title>
<style>* {{ color: red !important; all: revert; }} div, button {{ display: none !important; }}</style></head>
<body><h1>The zone's own site</h1>
<script src="{origin}/embed.js" async {attributes}></script></body></html>"""


@pytest.fixture
def options(request: pytest.FixtureRequest) -> Options:
    """Any site of this machine may embed the page."""
    chosen: Options = getattr(request, "param", Options(frame_ancestors=("http://localhost:*",)))
    return chosen


class ForeignSite:
    """Another site, under another name, with a policy that allows what embedding needs and no more."""

    def __init__(self, site: Site) -> None:
        self.lang, self.attributes = "zh-CN", ""
        self._site = site

    async def get(self, _: web.Request) -> web.Response:
        origin = self._site.url
        policy = f"default-src 'none'; script-src {origin}; frame-src {origin}; img-src {origin}; style-src 'unsafe-inline'"
        text = FOREIGN.format(lang=self.lang, origin=origin, attributes=self.attributes)
        return web.Response(text=text, content_type="text/html", headers={"Content-Security-Policy": policy})


@pytest.fixture
def foreign(site: Site) -> ForeignSite:
    return ForeignSite(site)


@pytest_asyncio.fixture(loop_scope="session")
async def foreign_server(foreign: ForeignSite) -> AsyncIterator[WebServer]:
    app = web.Application()
    app.router.add_get("/", foreign.get)
    server = await start_web(app, "127.0.0.1", 0)
    yield server
    await server.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser, foreign_server: WebServer) -> AsyncIterator[Page]:
    context = await browser.new_context(locale="zh-CN")
    page = await context.new_page()
    page.set_default_timeout(10_000)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    await page.goto(f"http://localhost:{foreign_server.port}/")
    yield page
    await context.close()
    assert wrong == []


def frame_of(page: Page) -> FrameLocator:
    return page.frame_locator("iframe")


async def open_panel(page: Page) -> FrameLocator:
    await page.get_by_role("button", name="咨询园问").click()
    frame = frame_of(page)
    await frame.locator(".message").first.wait_for()
    return frame


async def test_one_line_puts_a_working_chat_into_a_foreign_page(page: Page, assistant: FakeAssistant) -> None:
    frame = await open_panel(page)
    await frame.locator("#question").fill("环评要批多久？")
    await frame.locator("#question").press("Enter")
    await expect(frame.locator(".reply")).to_have_count(2)
    await expect(frame.locator(".reply .words li").first).to_have_text("报告书：60日")
    assert assistant.acted[-1].text == "环评要批多久？"


async def test_the_foreign_pages_styles_do_not_reach_it(page: Page) -> None:
    button = page.get_by_role("button", name="咨询园问")
    await expect(button).to_be_visible()
    assert await button.evaluate("element => getComputedStyle(element).color") == "rgb(255, 255, 255)"


async def test_it_closes_from_inside_and_outside_and_keeps_the_conversation(page: Page) -> None:
    frame = await open_panel(page)
    await frame.locator("#question").fill("环评要批多久？")
    await frame.locator("#question").press("Enter")
    await expect(frame.locator(".reply")).to_have_count(2)
    await frame.locator("#close").click()
    await expect(frame.locator("#question")).to_be_hidden()
    await page.get_by_role("button", name="咨询园问").click()
    await expect(frame.locator(".reply")).to_have_count(2)
    await frame.locator("#question").press("Escape")
    await expect(frame.locator("#question")).to_be_hidden()
    await expect(page.get_by_role("button", name="咨询园问")).to_be_focused()
    await page.get_by_role("button", name="咨询园问").click()
    await page.get_by_role("button", name="收起咨询窗口").click()
    await expect(frame.locator("#question")).to_be_hidden()


async def test_no_other_page_can_close_it(page: Page) -> None:
    frame = await open_panel(page)
    await page.evaluate("window.postMessage({yuanwen: 'close'}, '*')")
    await page.wait_for_timeout(200)
    await expect(frame.locator("#question")).to_be_visible()


@pytest.mark.parametrize(
    ("lang", "attributes", "label"), [("en", "", "Ask Yuanwen"), ("zh", 'data-lang="en"', "Ask Yuanwen")]
)
async def test_it_speaks_the_sites_language(
    page: Page, foreign: ForeignSite, lang: str, attributes: str, label: str
) -> None:
    foreign.lang, foreign.attributes = lang, attributes
    await page.reload()
    await page.get_by_role("button", name=label).click()
    await expect(frame_of(page).locator("html")).to_have_attribute("lang", "en")


@pytest.mark.parametrize("options", [Options(frame_ancestors=("'self'",))], indirect=True)
async def test_a_site_that_is_not_named_cannot_embed_it(page: Page) -> None:
    await page.get_by_role("button", name="咨询园问").click()
    await page.wait_for_timeout(500)
    await expect(frame_of(page).locator("#question")).to_have_count(0)


async def test_on_a_phone_it_fills_the_screen(page: Page) -> None:
    await page.set_viewport_size({"width": 390, "height": 800})
    frame = await open_panel(page)
    box = await page.locator("iframe").bounding_box()
    assert box == {"x": 0, "y": 0, "width": 390, "height": 800}
    await expect(frame.locator("#close")).to_be_visible()
