"""What the page looks like. With PICTURES=1 in the environment the pictures of the documentation are taken anew."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.web.page.conftest import OpenPage
from tests.web.page.steps import ask

pytestmark = pytest.mark.asyncio(loop_scope="session")
IMAGES = Path(__file__).parents[3] / "docs" / "images"
DESKTOP: dict[str, Any] = {"viewport": {"width": 1120, "height": 960}, "device_scale_factor": 1.5}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True,
}  # fmt: skip


async def take(page: Page, folder: Path, name: str) -> None:
    await page.wait_for_timeout(900)  # movement has ended
    kept = IMAGES if os.environ.get("PICTURES") else folder
    kept.mkdir(parents=True, exist_ok=True)
    picture = await page.screenshot(path=kept / name)
    assert len(picture) > 40_000  # something is on it


async def test_desktop_in_chinese(open_page: OpenPage, tmp_path: Path) -> None:
    page = await open_page(timezone_id="Asia/Shanghai", **DESKTOP)
    await ask(page, "环评要批多久？")
    await page.locator("summary").last.click()
    await expect(page.locator(".source").last).to_be_in_viewport()
    await take(page, tmp_path, "chat.png")


async def test_phone_in_english(open_page: OpenPage, tmp_path: Path) -> None:
    page = await open_page(timezone_id="Asia/Shanghai", locale="en-GB", **PHONE)
    await ask(page, "How long does an EIA take?")
    await take(page, tmp_path, "chat-phone.png")
