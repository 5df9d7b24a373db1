"""The page when the network is not well: nothing said is lost, nothing is sent twice, nothing shown twice."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest
from playwright.async_api import Page, Route, expect

from bot.domain.messages import Reply
from bot.web.options import Options
from tests.web.fakes import FakeAssistant
from tests.web.page.conftest import OpenPage
from tests.web.page.steps import ask, conversation_of, sent_texts, texts, write
from tests.web.site import Site

pytestmark = pytest.mark.asyncio(loop_scope="session")
MESSAGES = "**/messages"
EVENTS = "**/events*"


async def test_offline_then_sent_again_acts_once(open_page: OpenPage, assistant: FakeAssistant) -> None:
    page = await open_page()
    await page.context.set_offline(True)
    await write(page, "环评要批多久？")
    await expect(page.locator(".person .state")).to_contain_text("没有发出去")
    await expect(page.locator("#status")).to_have_text("网络连接已断开，恢复后会自动重连")
    await page.get_by_role("button", name="重新发送").click()
    await expect(page.locator(".person .state")).to_contain_text("没有发出去")
    await page.context.set_offline(False)
    await expect(page.locator(".reply")).to_have_count(2)
    await expect(page.locator(".person .state")).to_have_text("")
    await expect(page.locator(".person")).to_have_count(1)
    assert sent_texts(assistant) == ["环评要批多久？"]


async def test_an_answer_lost_on_its_way_is_fetched_without_acting_again(
    open_page: OpenPage, assistant: FakeAssistant
) -> None:
    page = await open_page()
    await page.route(EVENTS, lambda route: route.abort())
    await page.reload(wait_until="commit")

    async def lose(route: Route) -> None:
        await route.fetch()  # the service acts …
        await route.abort()  # … and nobody hears of it

    await page.unroute(EVENTS)
    await page.route(MESSAGES, lose, times=1)
    await expect(page.locator(".reply")).to_have_count(1)
    await write(page, "环评要批多久？")
    await expect(page.locator(".reply")).to_have_count(2, timeout=10_000)
    if await page.get_by_role("button", name="重新发送").count():
        await page.get_by_role("button", name="重新发送").click()
    await expect(page.locator(".person .state")).to_have_text("")
    await expect(page.locator(".person")).to_have_count(1)
    assert sent_texts(assistant) == ["环评要批多久？"]
    assert assistant.handled >= 2


async def test_unsent_messages_outlive_a_reload(open_page: OpenPage, assistant: FakeAssistant) -> None:
    page = await open_page()
    await page.route(MESSAGES, lambda route: route.abort())
    await write(page, "环评要批多久？")
    await write(page, "要什么材料")
    await expect(page.locator(".person .retry")).to_have_count(2)
    await page.unroute(MESSAGES)
    await page.reload()
    await expect(page.locator(".reply")).to_have_count(3)
    assert sent_texts(assistant) == ["环评要批多久？", "要什么材料"]
    await page.reload()
    await expect(page.locator(".message")).to_have_count(5)


async def test_it_reconnects_by_itself_when_the_service_was_away(
    open_page: OpenPage, site: Site, assistant: FakeAssistant
) -> None:
    page = await open_page()
    identifier = await conversation_of(page)
    await site.stop()
    await assistant.say(identifier, "operator", text="said while nobody listened")
    await asyncio.sleep(3)
    await expect(page.locator("#status")).to_have_text("连接中断，正在重新连接")
    await site.start_again()
    await expect(page.locator(".operator")).to_have_count(1, timeout=15_000)
    await assistant.say(identifier, "operator", text="and this at once")
    await expect(page.locator(".operator .words")).to_have_text(
        ["said while nobody listened", "and this at once"]
    )
    await expect(page.locator("#status")).to_have_text("")
    await ask(page, "环评要批多久？")


async def hold_back_streams(page: Page) -> None:
    """As a proxy does that collects an answer until its end."""

    async def hold(route: Route) -> None:
        if route.request.resource_type != "eventsource":
            await route.continue_()

    await page.route(EVENTS, hold)
    await page.reload()
    await expect(page.locator(".message")).to_have_count(1)


async def test_a_proxy_that_holds_streams_back_only_costs_a_moment(
    open_page: OpenPage, assistant: FakeAssistant
) -> None:
    page = await open_page()
    await hold_back_streams(page)
    await ask(page, "环评要批多久？")
    await ask(page, "要什么材料")
    await expect(page.locator(".message")).to_have_count(5)
    await assistant.say(await conversation_of(page), "operator", text="您好")
    await expect(page.locator(".operator")).to_have_count(1, timeout=10_000)
    await expect(page.locator(".message")).to_have_count(6)


async def test_without_any_events_the_answer_is_shown_as_it_came(open_page: OpenPage) -> None:
    page = await open_page()
    await page.route(EVENTS, lambda route: route.abort())
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    await write(page, "环评要批多久？")
    await expect(page.locator(".reply")).to_have_count(2)


async def test_a_deleted_conversation_starts_over(open_page: OpenPage, assistant: FakeAssistant) -> None:
    page = await open_page()
    for number in range(3):
        await ask(page, f"问题{number}")
    assistant.answering, original = (lambda _: (Reply("您在这里的对话记录已经删除。"),)), assistant.answering
    await write(page, "/forget")
    await expect(page.locator(".message")).to_have_count(1)
    await expect(page.locator(".reply .words")).to_have_text("您在这里的对话记录已经删除。")
    assistant.answering = original
    await ask(page, "环评要批多久？")
    assert len(await texts(page.locator(".message"))) == 3


async def test_too_fast_waits_and_goes_on(open_page: OpenPage, assistant: FakeAssistant) -> None:
    page = await open_page()
    await ask(page, "环评要批多久？")
    error = {"error": {"code": "too_many_requests", "message": ""}}
    refuse = partial(Route.fulfill, status=429, json=error, headers={"Retry-After": "2"})
    await page.route(MESSAGES, refuse, times=1)
    await write(page, "要什么材料")
    await expect(page.locator(".person .state").last).to_have_text("发送得太快了，2 秒后自动重发")
    await expect(page.locator(".reply")).to_have_count(3, timeout=10_000)
    await expect(page.locator(".person .state").last).to_have_text("")
    assert sent_texts(assistant) == ["环评要批多久？", "要什么材料"]


@pytest.mark.parametrize("options", [Options(body_limit=300)], indirect=True)
async def test_too_long_says_so_and_does_not_block(open_page: OpenPage) -> None:
    page = await open_page()
    await write(page, "x" * 400)
    await expect(page.locator(".person .state")).to_have_text("内容太长，没有发出去。请分成几条发送。")
    await ask(page, "环评要批多久？")


@pytest.mark.parametrize("options", [Options(streams_per_conversation=1)], indirect=True)
async def test_a_window_without_a_place_for_a_stream_still_hears(
    open_page: OpenPage, assistant: FakeAssistant
) -> None:
    page = await open_page()
    other = await open_page(context=page.context)
    await ask(other, "环评要批多久？")
    await expect(page.locator(".reply")).to_have_count(2)
    await assistant.say(await conversation_of(page), "operator", text="您好")
    for each in (page, other):
        await each.bring_to_front()
        await expect(each.locator(".operator")).to_have_count(1, timeout=10_000)


async def test_where_nothing_may_be_kept_the_page_still_works(open_page: OpenPage) -> None:
    page = await open_page()
    await page.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('blocked', 'SecurityError') }})"
    )
    await page.reload()
    await page.locator(".message").first.wait_for()
    await ask(page, "环评要批多久？")
    await expect(page.locator(".message")).to_have_count(3)
