"""The desk over HTTP: who may, what happens, and two operators who see each other."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import Application, Request

from bot.domain.conversation import Mode
from bot.domain.messages import Inbound
from bot.domain.staff import Role, StaffPerson
from bot.service.staff_access import Attempt, StaffAccess
from bot.service.staff_codes import Codes
from bot.service.suggestions import Suggestions
from bot.web.application import add_desk
from bot.web.desk import DeskRoutes
from bot.web.desk_access import COOKIE, CSRF, DeskAccess
from tests.minds import gazetteer, wording
from tests.service.desk_world import DeskWorld, FixedMinds
from tests.web.fakes import FakeAssistant
from tests.web.site import make_app

Client = TestClient[Request, Application]
CODES = Codes(b"a secret of the tests")
CASE = "/desk/api/cases/1"
POSTS = ("claim", "reply", "suggestion", "canned", "change", "note", "transfer", "back", "close")


class Site:
    """The desk over a world with one case, and sessions for anybody."""

    def __init__(self) -> None:
        self.world = DeskWorld()
        self.staff = StaffAccess(self.world.units, self.world.clock, CODES)
        self.clients: list[Client] = []

    async def start(self) -> None:
        app = make_app(FakeAssistant())
        suggestions = Suggestions(gazetteer(), FixedMinds(), wording(), self.world.clock)
        access = DeskAccess(self.staff, CODES)
        add_desk(app, DeskRoutes(self.world.desk, access, suggestions, self.world.clock))
        self.server = TestServer(app)
        await self.server.start_server(access_log=None)

    def client(self) -> Client:
        made = TestClient[Request, Application](self.server)
        self.clients.append(made)
        return made

    async def session(self, name: str, *roles: Role, offices: tuple[str, ...] = ()) -> Desk:
        person = StaffPerson(name, f"{name}工", frozenset(roles), frozenset(offices), self.world.clock.now())
        await self.staff.add("cli:test", person)
        code, _ = await self.staff.invite("cli:test", name)
        token = (await self.staff.sign_in(Attempt("127.0.0.1", code))).token
        return Desk(self.client(), token)


class Desk:
    """One browser."""

    def __init__(self, client: Client, token: str) -> None:
        self.client = client
        self.cookie = {"Cookie": f"{COOKIE}={token}"}
        self.csrf = CODES.csrf(token)

    async def get(self, path: str) -> tuple[int, Any]:
        async with self.client.get(path, headers=self.cookie) as answer:
            return answer.status, await answer.json()

    async def post(self, path: str, body: Any = None, csrf: str | None = None) -> tuple[int, Any]:
        headers = {**self.cookie, CSRF: self.csrf if csrf is None else csrf}
        async with self.client.post(path, json=body or {}, headers=headers) as answer:
            return answer.status, await answer.json()


@pytest_asyncio.fixture
async def site() -> AsyncIterator[Site]:
    made = Site()
    await made.start()
    await made.world.say("谁负责招商引资")
    await made.world.say("转人工")
    yield made
    for client in made.clients:
        await client.close()
    await made.server.close()


@pytest.mark.parametrize("role", [None, *Role])
async def test_every_route_against_every_role(site: Site, role: Role | None) -> None:
    desk = await site.session("li", role) if role else Desk(site.client(), "made-up")
    allowed = role in (Role.OPERATOR, Role.ADMINISTRATOR)
    refused = 401 if role is None else 403
    for path in ("/desk/api/queue", "/desk/api/recent", CASE):
        assert (await desk.get(path))[0] == (200 if allowed else refused), path
    if not allowed:
        assert (await desk.get("/desk/api/events"))[0] == refused
    for name in POSTS:
        status, _ = await desk.post(
            f"{CASE}/{name}", {"text": "您好", "id": "x", "office": "y", "message_id": "1"}
        )
        assert (status in (200, 400, 403, 409)) if allowed else (status == refused), name
    assert (await desk.post("/desk/api/presence", {"case": None}))[0] == (200 if allowed else refused)


async def test_a_change_needs_the_pages_token(site: Site) -> None:
    desk = await site.session("li", Role.OPERATOR)
    other = await site.session("wang", Role.OPERATOR)
    for csrf in ("", "x", other.csrf, "汉"):
        if csrf.isascii():
            assert (await desk.post(f"{CASE}/claim", csrf=csrf))[0] == 403
    assert (await site.world.case()).state is Mode.QUEUED


async def test_who_is_revoked_is_out_at_once(site: Site) -> None:
    desk = await site.session("li", Role.OPERATOR)
    assert (await desk.get("/desk/api/queue"))[0] == 200
    await site.staff.revoke("cli:test", "li")
    assert (await desk.get("/desk/api/queue"))[0] == 401


async def test_the_queue_and_the_card(site: Site) -> None:
    desk = await site.session("li", Role.OPERATOR)
    site.world.clock.advance(120)
    _, queue = await desk.get("/desk/api/queue")
    (case,) = queue["cases"]
    assert (case["state"], case["waiting"], case["ticking"]) == ("queued", 120, True)
    assert case["question"] == "谁负责招商引资"
    assert queue["csrf"] == desk.csrf
    assert {each["id"] for each in queue["offices"]} >= {"investment-office", "construction-office"}
    _, card = await desk.get(CASE)
    assert [line["speaker"] for line in card["lines"]][:2] == ["person", "bot"]
    assert card["suggestions"]
    assert card["suggestions"][0]["sources"]
    assert (await desk.get("/desk/api/cases/99"))[0] == 404
    assert (await desk.get("/desk/api/cases/x"))[0] == 404


async def test_two_operators_and_one_case(site: Site) -> None:
    li, wang = await site.session("li", Role.OPERATOR), await site.session("wang", Role.OPERATOR)
    results = await asyncio.gather(li.post(f"{CASE}/claim"), wang.post(f"{CASE}/claim"))
    assert sorted(status for status, _ in results) == [200, 409]
    lost = next(body for status, body in results if status == 409)
    assert lost["error"]["code"] == "taken"
    assert lost["error"]["message"].startswith((await site.world.case()).operator_name)
    await li.post("/desk/api/presence", {"case": 1})
    _, seen = await wang.post("/desk/api/presence", {"case": None})
    assert seen["present"] == [{"name": "li工", "id": "li", "case": 1}]


async def test_replies_suggestions_and_canned_words_reach_the_person(site: Site) -> None:
    desk = await site.session("li", Role.OPERATOR)
    await desk.post(f"{CASE}/claim")
    for _ in range(2):
        assert (await desk.post(f"{CASE}/reply", {"text": "您好", "message_id": "a"}))[0] == 200
    _, card = await desk.get(CASE)
    chosen = card["suggestions"][0]
    await desk.post(f"{CASE}/suggestion", {"id": chosen["id"]})
    await desk.post(f"{CASE}/canned", {"id": "more"})
    said = [item.payload for item in await site.world.told() if item.kind == "operator"]
    assert [each["text"] for each in said] == ["您好", chosen["text"], said[2]["text"]]
    assert said[1]["sources"] == chosen["sources"]
    assert "请补充说明" in said[2]["text"]
    await desk.post(f"{CASE}/change", {"message_id": "a", "text": "您好！"})
    assert (await site.world.last("operator"))["edits"] == said[0]["message_id"]
    status, body = await desk.post(f"{CASE}/suggestion", {"id": "#a:w:m/no-such-thing"})
    assert (status, body["error"]["code"]) == (400, "invalid_request")


async def test_notes_transfer_back_and_close(site: Site) -> None:
    desk = await site.session("li", Role.OPERATOR)
    await desk.post(f"{CASE}/note", {"text": "老客户"})
    assert "老客户" not in str(await site.world.told())
    _, card = await desk.get(CASE)
    assert "老客户" in card["lines"][-1]["text"]
    _, moved = await desk.post(f"{CASE}/transfer", {"office": "construction-office"})
    assert moved["case"]["office"]["id"] == "construction-office"
    assert (await desk.post(f"{CASE}/transfer", {"office": "nowhere"}))[0] == 400
    assert (await desk.post(f"{CASE}/close"))[1]["case"]["state"] == "closed"
    status, body = await desk.post(f"{CASE}/back")
    assert (status, body["error"]["code"]) == (409, "not_possible")
    _, recent = await desk.get("/desk/api/recent")
    assert [case["id"] for case in recent["cases"]] == [1]


async def test_other_offices_conversations_are_not_seen(site: Site) -> None:
    li = await site.session("li", Role.OPERATOR)
    await li.post(f"{CASE}/transfer", {"office": "construction-office"})
    other = await site.session("qian", Role.OPERATOR, offices=("investment-office",))
    assert (await other.get("/desk/api/queue"))[1]["cases"] == []
    assert (await other.get(CASE))[0] == 403
    assert (await other.get("/desk/api/events?case=1"))[0] == 403


@pytest.mark.parametrize("body", [{"text": ""}, {"text": 5}, {"text": "x" * 4001}, {}])
async def test_malformed_words(site: Site, body: Any) -> None:
    desk = await site.session("li", Role.OPERATOR)
    assert (await desk.post(f"{CASE}/reply", body))[0] == 400


async def test_the_stream_shows_the_queue_and_each_line(site: Site) -> None:
    desk = await site.session("li", Role.OPERATOR)
    _, card = await desk.get(CASE)
    headers = {**desk.cookie, "Last-Event-ID": card["last"]}
    async with desk.client.get("/desk/api/events?case=1", headers=headers) as stream:

        async def until(event: str) -> Any:
            while True:
                line = (await asyncio.wait_for(stream.content.readline(), 10)).decode()
                if line == f"event: {event}\n":
                    return json.loads((await stream.content.readline()).decode().removeprefix("data: "))

        assert (await until("queue"))["cases"][0]["state"] == "queued"
        await desk.post(f"{CASE}/claim")
        assert (await until("queue"))["cases"][0]["operator"]["name"] == "li工"
        await site.world.assistant.handle(Inbound("web", "m9", "conversation-1", "在吗"))
        while (line := await until("line"))["speaker"] != "person":
            pass
        assert line["text"] == "在吗"
