"""What a person does on the page, and what they see."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Locator, Page, expect

from tests.web.fakes import FakeAssistant


async def ask(page: Page, text: str) -> None:
    """Writes a question, sends it and waits for its answer."""
    before = await page.locator(".reply").count()
    await write(page, text)
    await expect(page.locator(".reply")).to_have_count(before + 1)


async def write(page: Page, text: str) -> None:
    """Writes a question and sends it."""
    await page.locator("#question").fill(text)
    await page.locator("#question").press("Enter")


async def conversation_of(page: Page) -> str:
    """The id of the page's conversation."""
    kept: dict[str, Any] = await page.evaluate("JSON.parse(localStorage.getItem('yuanwen.conversation'))")
    return str(kept["id"])


async def texts(messages: Locator) -> list[str]:
    """What the messages say, without times and controls."""
    return [text.strip() for text in await messages.locator(".words, .bubble").all_inner_texts()]


def sent_texts(assistant: FakeAssistant) -> list[str]:
    """What the assistant acted on, without greetings."""
    return [message.text for message in assistant.acted if message.text != "/start"]
