"""``POST …/messages``: what comes back, what is refused, and that nothing leaks."""

from __future__ import annotations

import asyncio
import json
import logging

import pytest
from aiohttp import ClientResponse

from bot.domain.errors import Conflict, InvalidInput, NotFound, Refused, TryLater
from bot.domain.text import Audience, Language
from bot.web.options import Options, Rate
from tests.web.conftest import Client, Connect
from tests.web.fakes import FakeAssistant

PATH = "/api/v1/conversations/conversation-1/messages"


async def error_of(response: ClientResponse) -> dict[str, str]:
    body = await response.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message"}
    error: dict[str, str] = body["error"]
    return error


async def test_a_message_gives_its_turn(client: Client, assistant: FakeAssistant) -> None:
    response = await client.post(PATH, json={"text": "环评找谁", "lang": "zh", "message_id": "m1"})
    assert response.status == 200
    turn = await response.json()
    assert turn["id"] == "m1"
    assert turn["outcome"] == "answered"
    assert turn["lang"] == "zh"
    assert turn["mode"] == "bot"
    assert turn["replies"][0] == {
        "text": "You said: 环评找谁",
        "buttons": [],
        "sources": [],
        "attachments": [],
    }
    assert turn["records"] == ["procedure/eia-approval"]
    assert turn["understanding"]["source"] == "rasa"
    message = assistant.acted[0]
    assert (message.channel, message.conversation) == ("web", "conversation-1")
    assert (message.language, message.audience) == (Language.ZH, Audience.PUBLIC)


async def test_without_an_id_one_is_made(client: Client) -> None:
    turns = [await (await client.post(PATH, json={"text": "hi"})).json() for _ in range(2)]
    assert turns[0]["id"] != turns[1]["id"]
    assert len(turns[0]["id"]) == 32


async def test_the_same_id_acts_once(client: Client, assistant: FakeAssistant) -> None:
    body = {"text": "hi", "message_id": "m1"}
    first = await (await client.post(PATH, json=body)).json()
    second = await (await client.post(PATH, json=body)).json()
    assert first == second
    assert len(assistant.acted) == 1


async def test_an_id_counts_within_its_conversation(client: Client, assistant: FakeAssistant) -> None:
    for conversation in ("conversation-1", "conversation-2"):
        await client.post(
            f"/api/v1/conversations/{conversation}/messages", json={"text": "hi", "message_id": "1"}
        )
    assert len(assistant.acted) == 2


@pytest.mark.parametrize("text", ["", "   ", "x" * 4001, "长" * 20_000, "<b>&amp;</b>", "/intent{}", "\n"])
async def test_any_string_is_a_text(client: Client, assistant: FakeAssistant, text: str) -> None:
    response = await client.post(PATH, data=json.dumps({"text": text}, ensure_ascii=False).encode())
    assert response.status == 200
    assert assistant.acted[0].text == text


async def test_a_zero_character_does_not_reach_the_assistant(
    client: Client, assistant: FakeAssistant
) -> None:
    assert (await client.post(PATH, json={"text": "a\0b"})).status == 200
    assert assistant.acted[0].text == "a\N{REPLACEMENT CHARACTER}b"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", "body"),
        (b"{", "body"),
        (b"\xff\xfe{}", "body"),
        (b"[]", "body"),
        (b"null", "body"),
        (b"[" * 60_000, "body"),
        (b'{"text": ' + b"9" * 5000 + b"}", "body"),
        (b"{}", "text"),
        (b'{"text": null}', "text"),
        (b'{"text": 7}', "text"),
        (b'{"text": ["a"]}', "text"),
        (b'{"text": "\\ud800"}', "text"),
        (b'{"text": "a", "lang": "fr"}', "lang"),
        (b'{"text": "a", "lang": 1}', "lang"),
        (b'{"text": "a", "lang": {}}', "lang"),
        (b'{"text": "a", "message_id": 5}', "message_id"),
        (b'{"text": "a", "message_id": ""}', "message_id"),
        (b'{"text": "a", "message_id": "a b"}', "message_id"),
        (b'{"text": "a", "message_id": "' + b"x" * 101 + b'"}', "message_id"),
    ],
)
async def test_400_names_the_field(client: Client, assistant: FakeAssistant, body: bytes, field: str) -> None:
    response = await client.post(PATH, data=body)
    assert response.status == 400
    error = await error_of(response)
    assert error["code"] == "invalid_request"
    assert error["message"].startswith(f"{field}:")
    assert assistant.handled == 0


@pytest.mark.parametrize(
    "conversation", ["short", "x" * 65, "has.a.dot", "conver%20sation", "%E5%9B%AD" * 8, "..%2f..%2fetc"]
)
async def test_a_conversation_id_is_checked(client: Client, conversation: str) -> None:
    response = await client.post(f"/api/v1/conversations/{conversation}/messages", json={"text": "a"})
    assert response.status in (400, 404)
    await error_of(response)


async def test_413_for_a_body_over_64_kib(client: Client, assistant: FakeAssistant) -> None:
    assert (await client.post(PATH, json={"text": "x" * 64_000})).status == 200
    response = await client.post(PATH, json={"text": "x" * 66_000})
    assert response.status == 413
    assert (await error_of(response))["code"] == "too_large"
    assert assistant.handled == 1


async def test_404_for_what_is_not_there(client: Client) -> None:
    for method, path in [
        ("GET", "/nothing"),
        ("GET", PATH),
        ("DELETE", PATH),
        ("POST", "/"),
        ("PROPFIND", "/healthz"),
    ]:
        response = await client.request(method, path)
        assert response.status == 404, (method, path)
        assert (await error_of(response))["code"] == "not_found"


@pytest.mark.parametrize(
    ("failure", "status"),
    [
        (InvalidInput("secret words"), 400),
        (Refused("secret words"), 403),
        (NotFound("secret words"), 404),
        (Conflict("secret words"), 409),
        (TryLater("secret words"), 503),
        (RuntimeError("secret words"), 503),
        (KeyError("secret words"), 503),
    ],
)
async def test_an_error_leaks_nothing(
    client: Client,
    assistant: FakeAssistant,
    caplog: pytest.LogCaptureFixture,
    failure: Exception,
    status: int,
) -> None:
    assistant.failure = failure
    caplog.set_level(logging.DEBUG)
    response = await client.post(PATH, json={"text": "my own words"})
    assert response.status == status
    await error_of(response)
    shown = await response.text() + str(response.headers) + caplog.text
    assert "secret" not in shown
    assert "own words" not in shown
    assert "Traceback" not in shown
    assert ("Retry-After" in response.headers) == (status == 503)


async def test_a_turn_that_takes_too_long_gives_503_and_the_next_try_its_result(
    connect: Connect, assistant: FakeAssistant
) -> None:
    client = await connect(Options(turn_limit=0.05))
    assistant.gate.clear()
    body = {"text": "hi", "message_id": "m1"}
    assert (await client.post(PATH, json=body)).status == 503
    assistant.gate.set()
    assert (await client.post(PATH, json=body)).status == 200
    assert len(assistant.acted) == 1


async def test_a_turn_goes_on_when_its_sender_has_gone(client: Client, assistant: FakeAssistant) -> None:
    assistant.gate.clear()
    sending = asyncio.create_task(client.post(PATH, json={"text": "hi", "message_id": "m1"}))
    while not assistant.handled:  # noqa: ASYNC110 - the fake counts, it does not tell
        await asyncio.sleep(0)
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    assistant.gate.set()
    assert await assistant.wait("web", "conversation-1", 1, 5)
    assert len(assistant.acted) == 1


async def test_429_for_too_many_in_one_conversation(connect: Connect, assistant: FakeAssistant) -> None:
    client = await connect(Options(messages_per_conversation=Rate(2, 0.1)))
    statuses = [(await client.post(PATH, json={"text": "hi"})).status for _ in range(2)]
    assert statuses == [200, 200]
    response = await client.post(PATH, json={"text": "hi"})
    assert response.status == 429
    assert 1 <= int(response.headers["Retry-After"]) <= 10
    assert await error_of(response) == {
        "code": "too_many_requests",
        "message": "too many requests; please wait a moment and try again",
    }
    other = await client.post("/api/v1/conversations/conversation-2/messages", json={"text": "hi"})
    assert other.status == 200
    assert assistant.handled == 3


async def test_429_for_too_many_from_one_address(connect: Connect) -> None:
    client = await connect(Options(messages_per_address=Rate(3, 0.1)))
    statuses = []
    for number in range(4):
        path = f"/api/v1/conversations/conversation-{number}/messages"
        statuses.append((await client.post(path, json={"text": "hi"})).status)
    assert statuses == [200, 200, 200, 429]


async def test_the_log_has_no_texts_and_no_conversation_ids(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for _ in range(2):
        response = await client.post(
            PATH, json={"text": "my own words"}, headers={"X-Request-ID": "request-0001"}
        )
    assert response.headers["X-Request-ID"] == "request-0001"
    lines = [record.getMessage() for record in caplog.records if record.name == "bot.web.access_log"]
    assert len(lines) == 2
    assert lines[0].startswith("POST /api/v1/conversations/{id}/messages 200 ")
    assert "request=request-0001" in lines[0]
    assert lines[0].split("conversation=")[1] == lines[1].split("conversation=")[1] != "-"
    assert "own words" not in caplog.text
    assert "conversation-1" not in caplog.text
    assert "127.0.0.1" not in caplog.text


async def test_a_made_up_request_id_is_not_taken_over(client: Client) -> None:
    response = await client.get("/healthz", headers={"X-Request-ID": "x; rm -rf"})
    assert len(response.headers["X-Request-ID"]) == 32
