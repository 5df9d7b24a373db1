"""``/healthz``, ``/readyz``, ``/metrics``."""

from __future__ import annotations

from aiohttp.test_utils import TestClient, TestServer

from bot.web.options import Options
from tests.web.conftest import Client
from tests.web.fakes import FakeAssistant, FakeReadiness, StuckReadiness
from tests.web.site import make_app

MESSAGES = "/api/v1/conversations/conversation-1/messages"


async def test_alive(client: Client) -> None:
    response = await client.get("/healthz")
    assert (response.status, await response.json()) == (200, {"status": "ok"})


async def test_ready_tells_each_part(client: Client) -> None:
    response = await client.get("/readyz")
    assert response.status == 200
    assert await response.json() == {
        "status": "ready",
        "database": "ready",
        "nlu": "ready",
        "understands": "rasa",
        "revision": 7,
    }


async def test_not_ready_is_503_and_says_what(client: Client, readiness: FakeReadiness) -> None:
    readiness.ready = False
    readiness.parts["database"] = "away"
    response = await client.get("/readyz")
    assert response.status == 503
    assert (await response.json())["status"] == "not_ready"
    assert (await response.json())["database"] == "away"


async def test_a_check_that_fails_is_not_ready_and_leaks_nothing(
    client: Client, readiness: FakeReadiness
) -> None:
    readiness.failure = RuntimeError("postgresql://user:secret@host")
    response = await client.get("/readyz")
    assert (response.status, await response.json()) == (503, {"status": "not_ready"})


async def test_a_check_that_hangs_is_not_ready(assistant: FakeAssistant) -> None:
    app = make_app(assistant, StuckReadiness(), Options(check_limit=0.02))
    async with TestClient(TestServer(app)) as client:
        assert (await client.get("/readyz")).status == 503
        assert (await client.get("/healthz")).status == 200


async def test_metrics_count_turns_and_requests(client: Client, assistant: FakeAssistant) -> None:
    for number in range(3):
        await client.post(MESSAGES, json={"text": "hi", "lang": "en", "message_id": f"m{number}"})
    assistant.failure = RuntimeError("x")
    await client.post(MESSAGES, json={"text": "hi"})
    await client.request("PROPFIND", "/nowhere/at/all")
    response = await client.get("/metrics")
    assert response.headers["Content-Type"].startswith("text/plain")
    text = await response.text()
    for line in [
        'yuanwen_turns_total{channel="web",language="en",outcome="answered",source="rasa"} 3.0',
        'yuanwen_turn_errors_total{channel="web",error="RuntimeError"} 1.0',
        'yuanwen_turn_seconds_count{channel="web"} 3.0',
        'yuanwen_http_requests_total{method="POST",route="/api/v1/conversations/{id}/messages",status="200"} 3.0',
        'yuanwen_http_requests_total{method="POST",route="/api/v1/conversations/{id}/messages",status="503"} 1.0',
        'yuanwen_http_requests_total{method="other",route="unmatched",status="404"} 1.0',
        'yuanwen_nlu_state{yuanwen_nlu_state="ready"} 1.0',
        "yuanwen_knowledge_revision 7.0",
        "yuanwen_ready 1.0",
        "yuanwen_event_streams 0.0",
    ]:
        assert line in text.splitlines(), line


async def test_metrics_follow_the_nlu_and_the_streams(client: Client, readiness: FakeReadiness) -> None:
    readiness.parts |= {"nlu": "away", "revision": 8}
    readiness.ready = False
    async with client.get("/api/v1/conversations/conversation-1/events"):
        lines = (await (await client.get("/metrics")).text()).splitlines()
    assert 'yuanwen_nlu_state{yuanwen_nlu_state="away"} 1.0' in lines
    assert 'yuanwen_nlu_state{yuanwen_nlu_state="ready"} 0.0' in lines
    assert "yuanwen_knowledge_revision 8.0" in lines
    assert "yuanwen_ready 0.0" in lines
    assert "yuanwen_event_streams 1.0" in lines
