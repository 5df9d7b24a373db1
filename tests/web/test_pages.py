"""The pages, their files and the headers of every answer."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest

from bot.domain.text import Language
from bot.web.options import Options
from tests.web.conftest import Client, Connect
from tests.web.site import real_words

STATIC = Path(__file__).parents[2] / "bot" / "web" / "static"


async def page(client: Client, **headers: str) -> str:
    return await (await client.get("/", headers=headers)).text()


@pytest.mark.parametrize(
    ("query", "accept", "language"),
    [
        ("", "", "zh"),
        ("", "en-US,en;q=0.9", "en"),
        ("", "fr,en;q=0.5,zh;q=0.8", "zh"),
        ("", "de-DE", "zh"),
        ("", "zh;q=0,en;q=0.1", "en"),
        ("", "en;q=nonsense", "en"),
        ("?lang=en", "zh-CN", "en"),
        ("?lang=xx", "zh-CN", "zh"),
    ],
)
async def test_the_page_starts_in_the_readers_language(
    client: Client, query: str, accept: str, language: str
) -> None:
    response = await client.get(f"/{query}", headers={"Accept-Language": accept})
    assert response.status == 200
    assert response.headers["Vary"] == "Accept-Language"
    text = await response.text()
    assert f'<html lang="{language}">' in text
    assert real_words()[Language(language)]["disclaimer"] in text


async def test_the_page_runs_nothing_inline_and_names_no_other_host(client: Client) -> None:
    text = await page(client)
    assert not re.search(r"<script(?![^>]*\b(src=|type=\"application/json\"))", text)
    assert not re.search(r"\son\w+=|\sstyle=|<style", text)
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", text)


async def test_the_words_in_the_page_are_whole(client: Client) -> None:
    found = re.search(r'<script type="application/json" id="words">(.*?)</script>', await page(client), re.S)
    assert found
    assert json.loads(found[1]) == {language.value: dict(words) for language, words in real_words().items()}


async def test_every_file_of_the_page_is_there_and_kept_for_good(client: Client) -> None:
    addresses = re.findall(r'(?:src|href)="(/static/[^"]+)"', await page(client))
    assert len(addresses) > 10
    for address in addresses:
        response = await client.get(address)
        assert response.status == 200, address
        assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_file_is_packed_for_those_who_can_unpack_it(client: Client) -> None:
    address = re.findall(r'href="(/static/[^"]+chat.css)"', await page(client))[0]
    packed = await client.get(address, headers={"Accept-Encoding": "gzip"})
    plain = await client.get(address, headers={"Accept-Encoding": "identity"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Vary"] == "Accept-Encoding"
    assert await plain.read() == await packed.read() == (STATIC / "chat.css").read_bytes()
    assert len(gzip.compress((STATIC / "chat.css").read_bytes())) < 6000


async def test_an_old_address_of_a_file_still_serves_but_is_not_kept(client: Client) -> None:
    response = await client.get("/static/0123456789abcdef/chat.js")
    assert (response.status, response.headers["Cache-Control"]) == (200, "no-cache")


@pytest.mark.parametrize("name", ["nothing.js", "..%2f..%2fapplication.py", "%2e%2e", "chat.js%00"])
async def test_no_other_file_is_served(client: Client, name: str) -> None:
    assert (await client.get(f"/static/x/{name}")).status == 404


async def test_an_unchanged_page_is_not_sent_again(client: Client) -> None:
    for path in ("/", "/embed.js"):
        first = await client.get(path)
        again = await client.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status, await again.read()) == (304, b"")
        other = await client.get(path, headers={"If-None-Match": '"other"'})
        assert other.status == 200


@pytest.mark.parametrize("path", ["/", "/embed.js", "/healthz", "/metrics", "/nothing", "/static/x/chat.js"])
async def test_every_answer_is_careful(client: Client, path: str) -> None:
    headers = (await client.get(path)).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["Server"] == "yuanwen"
    assert headers["X-Request-ID"]
    assert "Set-Cookie" not in headers
    assert "Access-Control-Allow-Origin" not in headers


async def test_the_pages_policy_is_strict(client: Client) -> None:
    policy = (await client.get("/")).headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "http" not in policy
    for part in [
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
    ]:
        assert part in policy
    assert "require-trusted-types-for 'script'" in policy


@pytest.mark.parametrize(
    ("ancestors", "written"),
    [
        (("'self'",), "'self'"),
        (("https://zone.example", "'self'"), "https://zone.example 'self'"),
        ((), "'none'"),
    ],
)
async def test_who_may_embed_the_page_is_a_setting(
    connect: Connect, ancestors: tuple[str, ...], written: str
) -> None:
    client = await connect(Options(frame_ancestors=ancestors))
    policies = [(await client.get(path)).headers["Content-Security-Policy"] for path in ("/", "/healthz")]
    assert policies[0].endswith(f"frame-ancestors {written}")
    assert "frame-ancestors 'none'" in policies[1]


async def test_the_embedding_script_carries_its_words_and_no_others(client: Client) -> None:
    response = await client.get("/embed.js")
    assert response.headers["Content-Type"].startswith("text/javascript")
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    text = await response.text()
    words = real_words()
    for language in Language:
        assert words[language]["embed_open"] in text
        assert words[language]["disclaimer"] not in text
    assert "/*WORDS*/" not in text
