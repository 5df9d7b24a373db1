"""A boundary case from the button to the new revision: opened in a chat, told, decided, reviewed, published, answered by its day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.curation.yaml_files import read_knowledge
from bot.domain.cases import CaseDecision, CaseFilter, CaseState
from bot.domain.catalogue import KnowledgeSet
from bot.domain.errors import Conflict, InvalidInput, NotFound, Refused
from bot.domain.messages import Enclosure, Inbound
from bot.domain.records import Kind, Matter, Ref
from bot.domain.staff import Role, StaffPerson
from bot.domain.text import Audience
from bot.planning.holidays import Holidays
from tests.house import BASIS, UNSETTLED, House, buttons, make_house, texts
from tests.minds import KNOWLEDGE


@pytest.fixture(scope="module")
def knowledge() -> KnowledgeSet:
    return read_knowledge(KNOWLEDGE).knowledge


@pytest.fixture
def house(knowledge: KnowledgeSet) -> House:
    return make_house(knowledge)


# -- who is told what -----------------------------------------------------------------------------------------


async def test_a_linked_chat_gets_the_staff_s_answer_until_it_is_revoked(house: House) -> None:
    asked = "/who 路灯坏了 新划入"
    public = await house.say("100", asked)
    await house.person("li", "local-townships", chat="100")
    staff = await house.say("100", asked)
    assert "相关方（不是结论）" in texts(staff)
    assert "0000-0001" in texts(staff)
    assert f"#k:n:{UNSETTLED}" in buttons(staff)
    await house.access.revoke("cli:t", "li")
    after = await house.say("100", asked)
    assert (texts(after), buttons(after)) == (texts(public), buttons(public))
    assert "0000-0001" not in texts(public)


async def test_after_the_end_nothing_of_the_staff_s_talk_goes_on(house: House) -> None:
    await house.person("li", chat="100")
    before = await house.say("100", "/who 权责清单编制")
    assert any("responsibility-list-work" in record for record in before.records)
    await house.access.revoke("cli:t", "li")
    for text in ("依据是什么", "那谁配合呢", *buttons(before)):
        after = await house.say("100", text)
        assert not any("responsibility-list-work" in record for record in after.records), text


async def test_a_code_is_kept_nowhere(house: House) -> None:
    await house.person("li")
    code, _ = await house.access.invite("cli:t", "li")
    await house.say("100", f"/link {code}")
    assert code not in repr(house.units.state)
    assert code.replace("-", "") not in repr(house.units.state)


async def test_a_group_is_never_linked(house: House) -> None:
    await house.person("li")
    code, _ = await house.access.invite("cli:t", "li")
    refused = await house.say("-100200", f"/link {code}")
    assert "不能绑定" in texts(refused)
    assert "相关方（不是结论）" not in texts(await house.say("-100200", "/who 路灯坏了 新划入"))
    assert "已绑定" in texts(await house.say("100", f"/link {code}"))


async def test_the_terminal_and_the_page_link_nobody(house: House) -> None:
    for channel in ("web", "console"):
        result = await house.handler.handle_message(
            Inbound(channel, "1", "conversation", "/link AAAAA-AAAAA")
        )
        assert "不能绑定" in texts(result)


async def test_nobody_becomes_staff_by_saying_so(house: House) -> None:
    for message in (
        Inbound("telegram", "1", "5", "/who 路灯坏了 新划入", audience=Audience.STAFF),
        Inbound("web", "2", "abcdefgh", "/who 路灯坏了 新划入", audience=Audience.STAFF, sender="li"),
        Inbound("web", "3", "s.li.abcdefgh", "/who 路灯坏了 新划入", audience=Audience.STAFF, sender="li"),
    ):
        assert "相关方（不是结论）" not in texts(await house.handler.handle_message(message)), message


# -- opening --------------------------------------------------------------------------------------------------


async def test_a_case_is_opened_told_and_dated(house: House) -> None:
    await house.person("li", "construction-office", chat="100")
    await house.person("zhao", "local-townships", chat="200")
    await house.person("qian", "zone-admin-committee", chat="300")
    await house.person("sun", "tax-authority", chat="400")
    case = await house.opened()
    assert (case.matter, case.place, case.opened_by) == (UNSETTLED, "new", "li")
    assert (case.words, case.state) == ("新划入片区的路灯坏了三盏，已问过镇街", CaseState.OPEN)
    assert case.asker not in ("100", "li")
    told = (await house.heard("100"))[-1]
    assert case.number in told
    assert "不是规定的办理时限" in told
    assert case.number in (await house.heard("200"))[-1]
    assert case.number in (await house.heard("300"))[-1]
    assert case.number not in "".join(await house.heard("400"))
    working = [case.opened_at.date() + timedelta(days=n) for n in range(1, 30)]
    assert case.due == [day for day in working if Holidays.of().is_working(day)][4]


async def test_a_photo_or_a_place_is_kept_with_it(house: House) -> None:
    await house.person("li", chat="100")
    await house.say("100", f"#k:n:{UNSETTLED}")
    place = Enclosure("location", latitude=30.1, longitude=120.2)
    await house.say("100", "", place)
    async with house.units(reading=True) as work:
        (case,) = await work.cases.listed(CaseFilter(), 9)
    assert (case.words, case.enclosures) == ("", (place,))


async def test_the_public_opens_no_case_and_a_settled_matter_has_none(house: House) -> None:
    await house.say("1", f"#k:n:{UNSETTLED}")
    await house.say("1", "路灯坏了")
    await house.person("li", chat="100")
    await house.say("100", "#k:n:eia")
    await house.say("100", "说明")
    async with house.units(reading=True) as work:
        assert list(await work.cases.listed(CaseFilter(), 9)) == []


async def test_it_can_be_called_off(house: House) -> None:
    await house.person("li", chat="100")
    await house.say("100", f"#k:n:{UNSETTLED}")
    await house.say("100", "/cancel")
    await house.say("100", "路灯坏了")
    async with house.units(reading=True) as work:
        assert list(await work.cases.listed(CaseFilter(), 9)) == []


async def test_whoever_is_overdue_is_reminded_once(house: House) -> None:
    await house.person("li", chat="100")
    await house.person("qian", "zone-admin-committee", chat="300")
    case = await house.opened()
    await house.cases()
    count = len(await house.heard("300"))
    house.clock.advance(86_400 * 12)
    await house.cases()
    await house.cases()
    assert len(await house.heard("300")) == count + 1
    assert f"{case.number}" in (await house.heard("300"))[-1]


# -- deciding -------------------------------------------------------------------------------------------------


def decision(**changes: object) -> CaseDecision:
    made = CaseDecision(lead="local-townships", basis=BASIS, effective_from=date(2027, 1, 1))
    return replace(made, **changes)  # type: ignore[arg-type]


async def test_from_the_decision_to_the_answer(house: House) -> None:
    await house.person("li", chat="100")
    qian = await house.person("qian", "zone-admin-committee", role=Role.CURATOR)
    curator = await house.person("zhou", role=Role.CURATOR)
    case = await house.opened()
    decided = await house.cases.decide(qian, case.number, decision())
    assert decided.draft is not None
    # Whoever decided does not review it.
    with pytest.raises(Refused):
        await house.drafts.publish(qian, decided.draft)
    published = await house.drafts.publish(curator, decided.draft)
    assert published.revision == 2
    assert (await house.cases.read(qian, case.number)).state is CaseState.PUBLISHED
    asked = "/who 路灯坏了 新划入"
    assert "没有明确到单一责任单位" in texts(await house.say("7", asked))
    house.minds.day = date(2027, 1, 1)
    after = await house.say("7", asked)
    assert "职责会商纪要（2026年第3号）" in texts(after)
    assert "自2027年1月1日起" in texts(after)
    assert after.replies[0].sources[0].title == BASIS.zh
    house.minds.day = date(2026, 12, 31)
    then = await house.say("7", asked)
    assert "没有明确到单一责任单位" in texts(then)
    assert BASIS.zh not in repr(then.replies)


async def test_what_is_decided_for_a_day_to_come_can_be_decided_anew(house: House) -> None:
    await house.person("li", chat="100")
    qian = await house.person("qian", "zone-admin-committee")
    curator = await house.person("zhou", role=Role.CURATOR)
    cases = await house.opened(), await house.opened()
    days = date(2027, 1, 1), date(2027, 7, 1)
    for case, day in zip(cases, days, strict=True):
        decided = await house.cases.decide(qian, case.number, decision(effective_from=day))
        assert decided.draft is not None
        await house.drafts.publish(curator, decided.draft)
    record = house.revisions.all[-1].records[Ref(Kind.MATTER, UNSETTLED)]
    assert isinstance(record, Matter)
    assert [held.until for held in record.earlier] == list(days)


async def test_a_rejected_draft_opens_the_case_again(house: House) -> None:
    await house.person("li", chat="100")
    qian = await house.person("qian", "zone-admin-committee")
    curator = await house.person("zhou", role=Role.CURATOR)
    case = await house.opened()
    decided = await house.cases.decide(qian, case.number, decision())
    assert decided.draft is not None
    await house.drafts.reject(curator, decided.draft, "依据不清楚")
    again = await house.cases.read(qian, case.number)
    assert (again.state, again.decision, again.draft) == (CaseState.OPEN, None, None)
    with pytest.raises(Conflict):
        await house.drafts.publish(curator, decided.draft)
    closed = await house.cases.close(qian, case.number, "已由原单位处理")
    assert closed.state is CaseState.CLOSED
    with pytest.raises(Conflict):
        await house.cases.close(qian, case.number, "again")


async def test_what_has_changed_meanwhile_is_not_overwritten(house: House) -> None:
    await house.person("li", chat="100")
    qian = await house.person("qian", "zone-admin-committee")
    curator = await house.person("zhou", role=Role.CURATOR)
    first, second = await house.opened(), await house.opened()
    one = await house.cases.decide(qian, first.number, decision())
    other = await house.cases.decide(qian, second.number, decision(lead="housing-construction"))
    assert one.draft is not None
    assert other.draft is not None
    await house.drafts.publish(curator, one.draft)
    with pytest.raises(Conflict, match="has changed"):
        await house.drafts.publish(curator, other.draft)


async def test_who_may_do_what(house: House) -> None:
    await house.person("li", "construction-office", chat="100")
    case = await house.opened()
    stranger = await house.person("sun", "tax-authority")
    candidate = await house.person("zhao", case.candidates[0])
    convenor = await house.person("qian", "zone-admin-committee")
    admin = await house.person("root", role=Role.ADMINISTRATOR)

    async def numbers(person: StaffPerson) -> Sequence[str]:
        return [each.number for each in await house.cases.listed(person, CaseFilter())]

    assert await numbers(stranger) == []
    for person in (candidate, convenor, admin):
        assert await numbers(person) == [case.number]
    with pytest.raises(NotFound):
        await house.cases.read(stranger, case.number)
    with pytest.raises(NotFound):
        await house.cases.decide(stranger, case.number, decision())
    with pytest.raises(Refused):
        await house.cases.decide(candidate, case.number, decision())
    with pytest.raises(Refused):
        await house.drafts.listed(convenor)
    for wrong in (decision(lead="nobody"),):
        with pytest.raises(InvalidInput):
            await house.cases.decide(convenor, case.number, wrong)
    with pytest.raises(InvalidInput):
        await house.cases.close(admin, case.number, " ")
    assert (await house.cases.decide(admin, case.number, decision())).state is CaseState.DECIDED


async def test_everything_is_noted(house: House) -> None:
    await house.person("li", chat="100")
    qian = await house.person("qian", "zone-admin-committee")
    curator = await house.person("zhou", role=Role.CURATOR)
    decided = await house.cases.decide(qian, (await house.opened()).number, decision())
    assert decided.draft is not None
    await house.drafts.publish(curator, decided.draft)
    async with house.units(reading=True) as work:
        noted = [(each.actor, each.action) for each in reversed(await work.audit.recent(99))]
    assert noted[-3:] == [("li", "case.opened"), ("qian", "case.decided"), ("zhou", "draft.published")]
