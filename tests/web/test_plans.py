"""``/api/v1/plans``: the same plan by POST, by query and by id; what is wrong is said, and nothing more."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.documents.drawer import PlanDrawer
from bot.documents.sealing import read_seal
from bot.domain.catalogue import KnowledgeSet
from bot.planning.seal import is_whole, plan_from_json
from bot.service.plan_files import PlanFiles
from bot.service.plans import PlanService
from bot.web.application import add_plans
from bot.web.errors import answer_errors
from bot.web.options import Options, Rate
from tests.fakes.clock import FakeClock
from tests.fakes.unit_of_work import FakeUnitsOfWork
from tests.minds import wording
from tests.planning.conftest import shipped
from tests.service.test_plans import Knowledge

__all__ = ["shipped"]  # the fixture
PATH = "/api/v1/plans"
FACTS = {"project_type": "new", "land": "standard", "floor_area": 20000, "dormitory": True, "relics": None}
Client = TestClient[web.Request, web.Application]


@pytest_asyncio.fixture
async def client(shipped: KnowledgeSet) -> AsyncIterator[Client]:
    app = web.Application(middlewares=[answer_errors], client_max_size=64 * 1024)
    clock = FakeClock()
    planner = PlanService(Knowledge(shipped), FakeUnitsOfWork(clock), clock)
    files = PlanFiles(planner, PlanDrawer(wording()))
    add_plans(app, planner, files, Options(plans_per_address=Rate(9, 0.01)))
    async with TestClient(TestServer(app)) as found:
        yield found


async def test_the_same_plan_by_post_by_query_and_by_id(client: Client) -> None:
    posted = await (await client.post(PATH, json=FACTS)).json()
    wrapped = await (await client.post(PATH, json={"facts": FACTS})).json()
    query = "project_type=new&land=standard&floor_area=20000&dormitory=true&relics=null"
    asked = await (await client.get(f"{PATH}?{query}")).json()
    found = await client.get(f"{PATH}/{posted['id']}")
    assert posted == wrapped == asked == await found.json()
    assert found.headers["Cache-Control"] == "no-store"
    identifier = posted.pop("id")
    plan = plan_from_json(posted)
    assert is_whole(plan)
    assert plan.id == identifier


async def test_without_facts_it_tells_which_there_are(client: Client) -> None:
    schema = await (await client.get(PATH)).json()
    assert set(FACTS) <= set(schema["properties"])


@pytest.mark.parametrize(
    "body", ["", "{", "[]", '{"colour": 1}', '{"floor_area": "big"}', "[" * 5000, '{"facts": 3}']
)
async def test_a_wrong_body_is_refused(client: Client, body: str) -> None:
    response = await client.post(PATH, data=body)
    assert response.status == 400
    assert (await response.json())["error"]["code"] == "invalid_request"


async def test_a_large_body_is_refused(client: Client) -> None:
    response = await client.post(PATH, data=json.dumps({"colour": "x" * 70_000}))
    assert response.status == 413


@pytest.mark.parametrize(("identifier", "status"), [("0" * 32, 404), ("nothing", 400), ("A" * 32, 400)])
async def test_an_id_that_names_no_plan(client: Client, identifier: str, status: int) -> None:
    assert (await client.get(f"{PATH}/{identifier}")).status == status


async def test_too_many_plans_wait(client: Client) -> None:
    answers = [await client.post(PATH, json={}) for _ in range(10)]
    assert [answer.status for answer in answers] == [200] * 9 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0


async def test_the_files_of_a_plan(client: Client) -> None:
    plan = await (await client.post(PATH, json=FACTS)).json()
    begins = {
        "chart.png": b"\x89PNG",
        "notice.pdf": b"%PDF",
        "sheet.xlsx": b"PK",
        "calendar.ics": b"BEGIN:VCALENDAR",
    }
    for name, start in begins.items():
        answer = await client.get(f"{PATH}/{plan['id']}/{name}?lang=en")
        content = await answer.read()
        assert answer.status == 200
        assert content.startswith(start)
        shown = "inline" if name == "chart.png" else "attachment"
        assert answer.headers["Content-Disposition"].startswith(shown)
        if name in ("notice.pdf", "sheet.xlsx"):
            assert read_seal(content).intact
            assert read_seal(content).seal == plan["seal"]


async def test_files_that_there_are_not(client: Client) -> None:
    plan = await (await client.post(PATH, json=FACTS)).json()
    wanted = {
        f"{plan['id']}/other.png": 404,
        f"{'0' * 32}/chart.png": 404,
        "x/chart.png": 400,
        f"{plan['id']}/chart.png?lang=fr": 400,
    }
    for path, status in wanted.items():
        answer = await client.get(f"{PATH}/{path}")
        assert answer.status == status, path
