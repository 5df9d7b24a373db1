"""The chat page in a real Chromium, against a real server over the fake assistant."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, async_playwright, expect

from bot.web.options import Options
from tests.web.fakes import FakeAssistant
from tests.web.scenes import answers
from tests.web.site import Site, running

# No sandbox: tests often run as root. The rest keeps the browser from calling its maker.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
NAMES = ("chromium", "chromium-browser", "google-chrome")
LOCAL = ("127.0.0.1", "localhost")
BROKEN_RULES = ("Content Security Policy", "Trusted", "Refused to")

OpenPage = Callable[..., Awaitable[Page]]
expect.set_options(timeout=10_000)  # a machine that does much else at the same time


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One browser for all tests."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip("no Chromium on this machine: install Debian's package 'chromium' to test the page")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=[*FLAGS])
        yield browser
        await browser.close()


@pytest.fixture
def assistant() -> FakeAssistant:
    return FakeAssistant(answers)


@pytest.fixture
def options(request: pytest.FixtureRequest) -> Options:
    """The site's options: the default ones, or those that the test is parametrised with."""
    chosen: Options = getattr(request, "param", Options())
    return chosen


@pytest_asyncio.fixture(loop_scope="session")
async def site(assistant: FakeAssistant, options: Options) -> AsyncIterator[Site]:
    async with running(assistant, options) as site:
        yield site


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(browser: Browser, site: Site) -> AsyncIterator[OpenPage]:
    """Opens the chat page in a browser of its own (or in ``context``); afterwards nothing may have gone wrong in it."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []
    hosts: set[str] = set()

    def listen(message: ConsoleMessage) -> None:
        if any(rule in message.text for rule in BROKEN_RULES):
            wrong.append(message.text)

    async def open_one(path: str = "/", context: BrowserContext | None = None, **options: object) -> Page:
        if context is None:
            context = await browser.new_context(**{"locale": "zh-CN", **options})  # type: ignore[arg-type]
            contexts.append(context)
        page = await context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", listen)
        page.on("request", lambda request: hosts.add(urlsplit(request.url).hostname or ""))
        await page.goto(site.url + path)
        await page.locator(".message").first.wait_for()
        return page

    yield open_one
    for context in contexts:
        await context.close()
    assert wrong == []
    assert hosts <= {*LOCAL}
