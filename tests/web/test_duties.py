"""The desk over HTTP: signing in and out, who may do what, forgery, and what only staff are told."""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pyotp
import pytest
import pytest_asyncio
from aiohttp import CookieJar
from aiohttp.test_utils import TestClient, TestServer
from openpyxl import load_workbook
from prometheus_client import CollectorRegistry

from bot.cli.duties import CURATING
from bot.curation.yaml_files import read_knowledge
from bot.domain.catalogue import KnowledgeSet
from bot.domain.staff import Role
from bot.service.assistant import ConversationService
from bot.service.coverage import CoverageReport
from bot.service.notices import Notices
from bot.service.staff_access import SESSION_LASTS, TRIES
from bot.web.application import build_web
from bot.web.desk_duties import Duties
from bot.web.desk_routes import add_duties
from bot.web.desk_session import StaffGate
from bot.web.metrics import Metrics
from bot.web.options import Options
from bot.web.words import page_words
from tests.house import UNSETTLED, House, make_house
from tests.minds import KNOWLEDGE, wording
from tests.web.fakes import FakeReadiness

CHAT = "/api/v1/conversations/conversation-1"
ASKED = "/who 路灯坏了 新划入"
STAFF_WORDS = "相关方（不是结论）"


@dataclass
class Desk:
    """A running desk over a house."""

    house: House
    server: TestServer
    clients: list[TestClient[Any, Any]]

    async def client(self) -> TestClient[Any, Any]:
        """A browser of its own."""
        client = TestClient(self.server, cookie_jar=CookieJar(unsafe=True))
        self.clients.append(client)
        return client

    async def signed_in(
        self, identifier: str, *offices: str, role: Role = Role.STAFF
    ) -> TestClient[Any, Any]:
        """The browser of somebody who has just signed in, with the CSRF word in every request."""
        await self.house.person(identifier, *offices, role=role)
        client = await self.client()
        answer = await (await client.post("/desk/login", json={"code": await self.code(identifier)})).json()
        client.session.headers["X-CSRF-Token"] = answer["csrf"]
        return client

    async def code(self, identifier: str) -> str:
        code, _ = await self.house.access.invite("cli:t", identifier)
        return code


@pytest.fixture(scope="module")
def knowledge() -> KnowledgeSet:
    return read_knowledge(KNOWLEDGE).knowledge


@pytest_asyncio.fixture
async def desk(knowledge: KnowledgeSet) -> AsyncIterator[Desk]:
    house = make_house(knowledge)
    gate = StaffGate(house.access)
    options = Options()
    assistant = ConversationService(house.handler, house.units, Notices())
    app = build_web(
        assistant, FakeReadiness(), Metrics(CollectorRegistry()), page_words(wording()), options, gate
    )
    coverage = CoverageReport(house.units, house.clock, house.minds)
    duties = Duties(house.cases, house.drafts, coverage, house.revisions, CURATING, house.clock)
    add_duties(app, gate, duties, page_words(wording(), "staff_pages"), options)
    server = TestServer(app)
    await server.start_server(access_log=None)
    running = Desk(house, server, [])
    yield running
    for client in running.clients:
        await client.session.close()
    await server.close()


async def told(client: TestClient[Any, Any], text: str = ASKED, **headers: str) -> str:
    response = await client.post(f"{CHAT}/messages", json={"text": text}, headers=headers)
    assert response.status == 200
    return "\n".join(reply["text"] for reply in (await response.json())["replies"])


# -- in and out -----------------------------------------------------------------------------------------------


async def test_the_form_signs_in_and_leads_to_the_second_factor(desk: Desk) -> None:
    await desk.house.person("li")
    client = await desk.client()
    page = await (await client.get("/desk/login?lang=en")).text()
    assert "Staff sign-in" in page
    response = await client.post("/desk/login", data={"code": await desk.code("li")}, allow_redirects=False)
    assert (response.status, response.headers["Location"]) == (303, "/desk/factor")
    cookie = response.headers["Set-Cookie"]
    for attribute in (
        "HttpOnly",
        "SameSite=Strict",
        "Path=/",
        f"Max-Age={int(SESSION_LASTS.total_seconds())}",
    ):
        assert attribute in cookie
    page = await (await client.get("/desk/factor")).text()
    fields = dict(re.findall(r'name="(csrf|salt)" value="([^"]+)"', page))
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page)
    assert secret is not None
    factor = pyotp.TOTP(secret[1].replace(" ", ""))
    now = desk.house.clock.now
    wrong = await client.post("/desk/factor", data={**fields, "totp": "000000"})
    assert wrong.status == 401
    done = await client.post("/desk/factor", data={**fields, "totp": factor.at(now())}, allow_redirects=False)
    assert (done.status, done.headers["Location"]) == (303, "/desk/coverage")
    me = await (await client.get("/desk/me")).json()
    assert (me["person"], me["second_factor"]) == ("li", True)
    # Signed out, this browser needs the six digits only.
    await client.post("/desk/logout", data={"csrf": me["csrf"]})
    assert (await client.get("/desk/me")).status == 401
    desk.house.clock.advance(60)
    again = await client.post("/desk/login", data={"totp": factor.at(now())}, allow_redirects=False)
    assert again.status == 303
    assert (await client.get("/desk/me")).status == 200


async def test_cookies_go_over_https_only_where_the_site_is(desk: Desk) -> None:
    from aiohttp import web

    from bot.service.staff_access import SignedIn

    response = web.Response()
    person = await desk.house.person("li")
    StaffGate(desk.house.access, secure=True).sign_in(response, SignedIn(person, "token", "device"))
    assert all(cookie["secure"] for cookie in response.cookies.values())
    assert len(response.cookies) == 2


async def test_guessing_ends_soon(desk: Desk) -> None:
    await desk.house.person("li")
    client = await desk.client()
    for _ in range(TRIES):
        assert (await client.post("/desk/login", json={"code": "AAAAA-AAAAA"})).status == 401
    response = await client.post("/desk/login", json={"code": await desk.code("li")})
    assert (response.status, response.headers["Retry-After"]) == (429, "900")
    form = await client.post("/desk/login", data={"code": "AAAAA-AAAAA"})
    assert form.status == 429
    assert "十五分钟后" in await form.text()


async def test_nothing_is_done_from_another_site_s_page(desk: Desk) -> None:
    client = await desk.signed_in("li", role=Role.ADMINISTRATOR)
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert (await client.post("/desk/logout", headers=headers)).status == 401
        assert (await client.post("/desk/login", json={"code": "x"}, headers=headers)).status == 403
        assert STAFF_WORDS not in await told(client, **headers)
    del client.session.headers["X-CSRF-Token"]
    assert (await client.post("/desk/logout")).status == 403
    assert (await client.post("/desk/drafts/1/publish")).status == 403
    assert (await client.get("/desk/me")).status == 200


async def test_a_form_of_this_site_is_let_in_whatever_its_origin_says(desk: Desk) -> None:
    await desk.house.person("li")
    client = await desk.client()
    # What Chromium sends from a page without a referrer.
    headers = {"Origin": "null", "Sec-Fetch-Site": "same-origin"}
    answer = await client.post(
        "/desk/login", data={"code": await desk.code("li")}, headers=headers, allow_redirects=False
    )
    assert answer.status == 303
    assert (await client.post("/desk/login", data={"code": "x"}, headers={"Origin": "null"})).status == 403


async def test_a_form_that_is_not_as_expected_is_refused(desk: Desk) -> None:
    client = await desk.client()
    for body in (b"[]", b"{", b"\xff"):
        response = await client.post("/desk/login", data=body, headers={"Content-Type": "application/json"})
        assert response.status == 400


# -- who may do what ------------------------------------------------------------------------------------------

EVERYBODY = frozenset(Role)
CURATORS = frozenset({Role.CURATOR, Role.ADMINISTRATOR})
ROUTES = [
    ("GET", "/desk/me", EVERYBODY),
    ("GET", "/desk/factor", EVERYBODY),
    ("POST", "/desk/factor", EVERYBODY),
    ("GET", "/desk/responsibilities.xlsx", EVERYBODY),
    ("POST", "/desk/responsibilities.xlsx", CURATORS),
    ("GET", "/desk/coverage", EVERYBODY),
    ("GET", "/desk/cases", EVERYBODY),
    ("GET", "/desk/cases/B1", EVERYBODY),
    ("POST", "/desk/cases/B1/decision", EVERYBODY),
    ("POST", "/desk/cases/B1/close", EVERYBODY),
    ("GET", "/desk/drafts", CURATORS),
    ("GET", "/desk/drafts/1", CURATORS),
    ("POST", "/desk/drafts/1/publish", CURATORS),
    ("POST", "/desk/drafts/1/reject", CURATORS),
    ("POST", "/desk/logout", EVERYBODY),
]  # fmt: skip


def test_every_route_of_the_desk_stands_in_the_table(desk: Desk) -> None:
    known = {(method, re.sub(r"\{\w+\}", "X", path)) for method, path, _ in ROUTES}
    known = {(m, p.replace("/B1", "/X").replace("/drafts/1", "/drafts/X")) for m, p in known}
    found = set()
    for route in desk.server.app.router.routes():
        path = route.resource.canonical if route.resource else ""
        if path.startswith("/desk") and route.method != "HEAD" and path != "/desk/login":
            found.add((route.method, re.sub(r"\{\w+\}", "X", path)))
    assert found == known


@pytest.mark.parametrize("role", list(Role))
async def test_every_route_asks_for_the_right_role(desk: Desk, role: Role) -> None:
    client = await desk.signed_in("li", role=role)
    for method, path, allowed in ROUTES:
        status = (await client.request(method, path, json={}, allow_redirects=False)).status
        if role in allowed:
            assert status not in (401, 403) or path == "/desk/factor", (method, path, status)
        else:
            assert status == 403, (method, path, status)


async def test_without_a_session_nothing_is_told(desk: Desk) -> None:
    client = await desk.client()
    for method, path, _ in ROUTES:
        for headers in ({}, {"Authorization": "Bearer nonsense.nonsense"}, {"Cookie": "yuanwen_staff=x.y"}):
            response = await client.request(method, path, json={}, headers=headers)
            assert response.status == 401, (method, path)
            assert (await response.json())["error"]["code"] == "unauthorized"


async def test_a_browser_without_a_session_is_led_to_the_sign_in(desk: Desk) -> None:
    client = await desk.client()
    response = await client.get("/desk/coverage", headers={"Accept": "text/html"}, allow_redirects=False)
    assert (response.status, response.headers["Location"]) == (303, "/desk/login")


async def test_whoever_is_revoked_is_out_at_once(desk: Desk) -> None:
    client = await desk.signed_in("li", role=Role.ADMINISTRATOR)
    assert (await client.get("/desk/me")).status == 200
    await desk.house.access.revoke("cli:t", "li")
    for method, path, _ in ROUTES:
        assert (await client.request(method, path, json={})).status == 401


# -- the chat page --------------------------------------------------------------------------------------------


async def test_a_session_gives_the_staff_s_answer_by_cookie_and_by_bearer(desk: Desk) -> None:
    client = await desk.signed_in("li")
    public = await desk.client()
    assert STAFF_WORDS in await told(client)
    assert STAFF_WORDS not in await told(public)
    login = await public.post("/desk/login", json={"code": await desk.code("li")})
    token = (await login.json())["token"]
    stranger = await desk.client()
    assert STAFF_WORDS in await told(stranger, Authorization=f"Bearer {token}")
    assert STAFF_WORDS not in await told(stranger)
    await desk.house.access.revoke("cli:t", "li")
    assert STAFF_WORDS not in await told(client)


async def test_what_staff_were_told_is_read_with_their_session_only(desk: Desk) -> None:
    client, public = await desk.signed_in("li"), await desk.client()
    await told(client)
    await told(public, "环评找谁")
    headers = {"Accept": "application/json"}

    async def events(reader: TestClient[Any, Any]) -> str:
        return str(await (await reader.get(f"{CHAT}/events", headers=headers)).json())

    assert STAFF_WORDS in await events(client)
    assert STAFF_WORDS not in await events(public)
    await desk.house.access.revoke("cli:t", "li")
    assert STAFF_WORDS not in await events(client)


async def test_a_stream_ends_with_its_session(desk: Desk) -> None:
    client = await desk.signed_in("li")
    await told(client)
    response = await client.get(f"{CHAT}/events")
    await response.content.readuntil(b"\n\n")
    await response.content.readuntil(b"\n\n")
    await desk.house.access.revoke("cli:t", "li")
    async with desk.house.units() as work:
        found = await work.conversations.find("web", "s.li.conversation-1")
        assert found is not None
        from bot.ports import OutboxMessage

        await work.outbox.append([OutboxMessage(found, "reply", {"text": "after the end"})])
        await work.commit()
    assert b"after the end" not in await response.content.read()


async def test_nobody_names_a_staff_conversation(desk: Desk) -> None:
    public = await desk.client()
    response = await public.get("/api/v1/conversations/s.li.conversation-1/events")
    assert response.status == 400


# -- duties ---------------------------------------------------------------------------------------------------


async def test_the_matrix_goes_out_and_comes_back_as_a_draft(desk: Desk) -> None:
    curator = await desk.signed_in("zhou", role=Role.CURATOR)
    other = await desk.signed_in("wu", role=Role.CURATOR)
    response = await curator.get("/desk/responsibilities.xlsx")
    assert response.headers["Content-Disposition"].endswith('.xlsx"')
    data = await response.read()
    unchanged = await (await curator.post("/desk/responsibilities.xlsx", data=data)).json()
    assert unchanged == {"draft": None, "problems": [], "changes": []}
    book = load_workbook(io.BytesIO(data))
    sheet: Any = book.active
    keys = [cell.value for cell in sheet[1]]
    row = next(cell.row for cell in sheet["A"] if cell.value == "sanitation-existing")
    sheet.cell(row, keys.index("caution_en") + 1).value = "Ask first where it is."
    sheet.cell(row, keys.index("caution_zh") + 1).value = "请先问清地点。"
    out = io.BytesIO()
    book.save(out)
    changed = await (await curator.post("/desk/responsibilities.xlsx", data=out.getvalue())).json()
    assert changed["draft"] == 1
    assert "changed matter/sanitation-existing" in changed["changes"][0]
    assert "请先问清地点。" in changed["changes"][0]
    assert (await curator.post("/desk/drafts/1/publish", json={})).status == 403
    published = await (await other.post("/desk/drafts/1/publish", json={})).json()
    assert (published["state"], published["revision"], published["reviewer"]) == ("published", 2, "wu")
    wrong = await curator.post("/desk/responsibilities.xlsx", data=b"no sheet")
    assert wrong.status == 400
    large = await curator.post("/desk/responsibilities.xlsx", data=io.BytesIO(b"x" * (2 * 1024 * 1024 + 1)))
    assert large.status == 413


async def test_a_case_is_listed_filtered_and_decided(desk: Desk) -> None:
    staff = await desk.signed_in("li")
    qian = await desk.signed_in("qian", "zone-admin-committee")
    await told(staff, f"#k:n:{UNSETTLED}")
    assert "已提交权责待定事项" in await told(staff, "路灯坏了三盏")
    (case,) = (await (await qian.get("/desk/cases?state=open")).json())["cases"]
    assert (case["matter"], case["words"], case["overdue"]) == (UNSETTLED, "路灯坏了三盏", False)
    assert (await (await qian.get("/desk/cases?overdue=1")).json())["cases"] == []
    assert (await qian.get("/desk/cases?state=none")).status == 400
    path = f"/desk/cases/{case['number']}"
    decision = {"lead": "local-townships", "effective_from": "2027-01-01"}
    incomplete = await qian.post(f"{path}/decision", json=decision)
    assert "basis" in (await incomplete.json())["error"]["message"]
    decision["basis"] = {"zh": "职责会商纪要", "en": "Minutes on responsibilities"}  # type: ignore[assignment]
    decided = await (await qian.post(f"{path}/decision", json=decision)).json()
    assert (decided["state"], decided["decided_by"], decided["draft"]) == ("decided", "qian", 1)
    assert (await qian.post(f"{path}/decision", json=decision)).status == 409
    assert (await staff.post(f"{path}/close", json={"why": "x"})).status == 403


async def test_coverage_tells_what_is_unsettled_and_asked(desk: Desk) -> None:
    client = await desk.signed_in("li")
    await told(client)
    page = await (await client.get("/desk/coverage?lang=en", headers={"Accept": "text/html"})).text()
    assert "Coverage of responsibilities" in page
    assert "Newly included" in page
    figures = await (await client.get("/desk/coverage")).json()
    row = next(each for each in figures["matters"] if each["id"] == UNSETTLED)
    assert (row["status"], row["asked"], row["cases"], row["overdue"]) == ("unsettled", 1, 0, 0)
