"""``GET …/events``: order, resuming, heartbeats, limits, and a clean end."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import ClientResponse

from bot.web.options import Options, Rate
from tests.web.conftest import Client, Connect
from tests.web.fakes import FakeAssistant

ID = "conversation-1"
PATH = f"/api/v1/conversations/{ID}"


@dataclass
class Event:
    id: int
    kind: str
    data: dict[str, Any]


async def block(response: ClientResponse) -> list[str]:
    """The lines up to the next empty one."""
    lines = []
    while line := (await asyncio.wait_for(response.content.readline(), 5)).decode().rstrip("\n"):
        lines.append(line)
    return lines


async def next_event(response: ClientResponse) -> Event:
    while True:
        fields = dict(line.split(": ", 1) for line in await block(response) if not line.startswith(":"))
        if "data" in fields:
            return Event(int(fields["id"]), fields["event"], json.loads(fields["data"]))


async def ask(client: Client, text: str, message_id: str) -> None:
    response = await client.post(f"{PATH}/messages", json={"text": text, "message_id": message_id})
    assert response.status == 200


async def test_what_was_said_and_what_is_said_next_arrive_in_order(client: Client) -> None:
    await ask(client, "one", "m1")
    async with client.get(f"{PATH}/events") as stream:
        assert stream.status == 200
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        assert stream.headers["Cache-Control"] == "no-store"
        assert stream.headers["X-Accel-Buffering"] == "no"
        first = [await next_event(stream) for _ in range(2)]
        await ask(client, "two", "m2")
        second = [await next_event(stream) for _ in range(2)]
    assert [event.id for event in first + second] == [1, 2, 3, 4]
    assert [event.kind for event in first + second] == ["echo", "reply"] * 2
    assert first[0].data["text"] == "one"
    assert first[0].data["message_id"] == "m1"
    assert first[0].data["seq"] == 1
    assert second[1].data["text"] == "You said: two"
    assert second[1].data["kind"] == "reply"


async def test_operators_and_changes_of_mode_arrive(client: Client, assistant: FakeAssistant) -> None:
    async with client.get(f"{PATH}/events") as stream:
        await assistant.say(ID, "mode", mode="claimed")
        await assistant.say(ID, "operator", text="第一行\n第二行")
        events = [await next_event(stream) for _ in range(2)]
    assert [(event.kind, event.data.get("mode"), event.data.get("text")) for event in events] == [
        ("mode", "claimed", None),
        ("operator", None, "第一行\n第二行"),
    ]


@pytest.mark.parametrize("how", ["header", "query", "header before query"])
async def test_it_resumes_after_the_last_event(client: Client, how: str) -> None:
    for number in range(3):
        await ask(client, f"text {number}", f"m{number}")
    headers = {"Last-Event-ID": "4"} if "header" in how else {}
    query = {"header": "", "query": "?after=4", "header before query": "?after=0"}[how]
    async with client.get(f"{PATH}/events{query}", headers=headers) as stream:
        assert (await next_event(stream)).id == 5


async def test_an_unreadable_last_event_id_starts_from_the_beginning(client: Client) -> None:
    await ask(client, "one", "m1")
    async with client.get(f"{PATH}/events", headers={"Last-Event-ID": "abc"}) as stream:
        assert (await next_event(stream)).id == 1


@pytest.mark.parametrize("after", ["-1", "x", "1.5", "9" * 17, "٣"])
async def test_400_for_an_unreadable_after(client: Client, after: str) -> None:
    response = await client.get(f"{PATH}/events", params={"after": after})
    assert response.status == 400
    assert (await response.json())["error"]["message"].startswith("after:")


async def test_heartbeats_keep_a_silent_stream_open(connect: Connect) -> None:
    client = await connect(Options(heartbeat=0.02))
    async with client.get(f"{PATH}/events") as stream:
        assert await block(stream) == ["retry: 2000", ": here"]
        assert [await block(stream) for _ in range(3)] == [[": alive"]] * 3
        await ask(client, "one", "m1")
        assert (await next_event(stream)).id == 1


async def test_asked_for_json_it_answers_at_once(client: Client) -> None:
    await ask(client, "one", "m1")
    response = await client.get(f"{PATH}/events?after=1", headers={"Accept": "application/json"})
    body = await response.json()
    assert [event["seq"] for event in body["events"]] == [2]
    assert body["more"] is False
    nothing = await client.get(
        "/api/v1/conversations/nobody-here/events", headers={"Accept": "application/json"}
    )
    assert await nothing.json() == {"events": [], "more": False}


async def test_a_long_conversation_comes_in_parts(client: Client, assistant: FakeAssistant) -> None:
    for number in range(1100):
        await assistant.say(ID, "operator", text=str(number))
    after, seen, more = 0, [], True
    while more:
        response = await client.get(f"{PATH}/events?after={after}", headers={"Accept": "application/json"})
        body = await response.json()
        seen += [event["seq"] for event in body["events"]]
        after, more = seen[-1], body["more"]
    assert seen == list(range(1, 1101))
    async with client.get(f"{PATH}/events?after=100") as stream:
        assert [(await next_event(stream)).id for _ in range(1000)] == list(range(101, 1101))


async def test_429_for_too_many_streams_of_one_conversation(connect: Connect) -> None:
    client = await connect(Options(streams_per_conversation=2))
    async with client.get(f"{PATH}/events") as one, client.get(f"{PATH}/events") as two:
        assert (one.status, two.status) == (200, 200)
        third = await client.get(f"{PATH}/events")
        assert third.status == 429
        assert third.headers["Retry-After"] == "15"
        async with client.get("/api/v1/conversations/conversation-2/events") as other:
            assert other.status == 200
        as_json = await client.get(f"{PATH}/events", headers={"Accept": "application/json"})
        assert as_json.status == 200


async def test_429_for_too_many_streams_from_one_address(connect: Connect) -> None:
    client = await connect(Options(streams_per_address=1))
    async with client.get(f"{PATH}/events") as one:
        assert one.status == 200
        assert (await client.get("/api/v1/conversations/conversation-2/events")).status == 429


async def test_429_for_reading_too_often(connect: Connect) -> None:
    client = await connect(Options(reads_per_address=Rate(2, 0.1)))
    headers = {"Accept": "application/json"}
    statuses = [(await client.get(f"{PATH}/events", headers=headers)).status for _ in range(3)]
    assert statuses == [200, 200, 429]


async def test_a_reader_that_leaves_gives_its_place_back(connect: Connect) -> None:
    client = await connect(Options(streams_per_conversation=1))
    for _ in range(5):
        async with asyncio.timeout(5):
            while True:
                async with client.get(f"{PATH}/events") as stream:
                    if stream.status == 200:
                        await block(stream)
                        break
                await asyncio.sleep(0.01)


async def test_streams_end_when_the_service_stops(client: Client) -> None:
    async with client.get(f"{PATH}/events") as stream:
        await block(stream)
        app = client.app
        assert app is not None
        await asyncio.wait_for(app.shutdown(), 2)
        assert await asyncio.wait_for(stream.content.read(), 2) == b""


async def test_a_failure_ends_the_stream_and_leaks_nothing(client: Client, assistant: FakeAssistant) -> None:
    async with client.get(f"{PATH}/events") as stream:
        await block(stream)
        assistant.event_failure = RuntimeError("secret words")
        await assistant.say(ID, "operator", text="hello")
        rest = await asyncio.wait_for(stream.content.read(), 5)
        assert b"secret" not in rest
    response = await client.get(f"{PATH}/events")
    assert response.status == 503
    assert "secret" not in await response.text()


async def test_head_opens_no_stream(client: Client) -> None:
    assert (await client.head(f"{PATH}/events")).status == 404
