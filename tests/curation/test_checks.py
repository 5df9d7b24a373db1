"""Every check finds the smallest thing that is wrong, and nothing in what is right."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.curation.checks import CHECKS, check_folder, check_knowledge, dates
from bot.curation.yaml_files import KnowledgeFiles
from tests import knowledge_values as make
from tests.curation.folders import records, write
from tests.curation.planning_cases import PLANNING_WRONG

TODAY = date(2026, 11, 24)
Folder = Callable[..., KnowledgeFiles]


def text(zh: str, en: str) -> dict[str, str]:
    return {"zh": zh, "en": en}


def forms(zh: str = "", en: str = "") -> dict[str, list[str]]:
    return {"zh": [zh] if zh else [], "en": [en] if en else []}


def called(record: dict[str, Any], zh: str = "", en: str = "") -> dict[str, Any]:
    """The record with aliases that are its own."""
    name = record["id"].replace("-", " ")
    return {**record, "aliases": forms(zh or f"{name}俗名", en or f"the {name}")}


def also(record: dict[str, Any], zh: str) -> dict[str, Any]:
    """The record with one more alias."""
    aliases = record["aliases"]
    return {**record, "aliases": {**aliases, "zh": [*aliases["zh"], zh]}}


BODY = called(make.body())
PERMIT = called(make.procedure())
LIGHTS = called(make.matter())
LAW = {"id": "act", "name": text("照明法", "Lighting Act"), "gist": make.both("rules"), "checked": False}
OLD_LAW = {
    "id": "old-act", "name": text("中华人民共和国旧法（2010修正）", "Old Act (as amended in 2010)"), "gist": make.both("rules"),
    "checked": True, "superseded_by": text("新法典", "New Code"), "superseded_on": "2026-08-15",
}  # fmt: skip


@pytest.fixture
def found(tmp_path: Path) -> Callable[..., list[str]]:
    """The codes of all problems of a folder with one body and the records given."""

    def check(*items: dict[str, Any], **sections: Any) -> list[str]:
        files = records(tmp_path, BODY, *items, **sections)
        return [problem.code for problem in check_knowledge(files, TODAY)]

    return check


def test_nothing_is_found_in_what_is_right(found: Callable[..., list[str]]) -> None:
    right = [
        LIGHTS, PERMIT, called(make.park()), called(make.mechanism()), called(make.concept()), called(make.pathway()),
    ]  # fmt: skip
    assert found(*right, laws=[LAW, OLD_LAW]) == []


def limit(**changes: Any) -> dict[str, Any]:
    return {"value": 7, "unit": "working_days", "basis": make.both("the act"), "checked": True, **changes}


WRONG: dict[str, tuple[str, list[dict[str, Any]], dict[str, Any]]] = {
    "unknown key": ("unknown-key", [{**LIGHTS, "colour": "red"}], {}),
    "wrong type": ("wrong-type", [{**LIGHTS, "ask_location": "yes"}], {}),
    "missing language": ("missing-language", [{**LIGHTS, "caution": {"zh": "小心"}}], {}),
    "missing key": ("missing-key", [{key: LIGHTS[key] for key in LIGHTS if key != "scope"}], {}),
    "one id twice": ("duplicate-id", [PERMIT, called(make.procedure(), "另一个", "another")], {}),
    "one law twice": ("duplicate-id", [], {"laws": [LAW, LAW]}),
    "one ambiguous name twice": (
        "duplicate-id", [], {"ambiguous_names": [{"name": "委", "candidates": ["body/committee"]}] * 2},
    ),
    "id with a capital": ("malformed-id", [called(make.concept("Term"))], {}),
    "lead that is not there": ("dangling-id", [{**LIGHTS, "lead": "nobody"}], {}),
    "owner that is not there": ("dangling-id", [{**LIGHTS, "owner": "nobody"}], {}),
    "law that is not there": ("dangling-id", [{**LIGHTS, "laws": ["nothing"]}], {}),
    "support that is not there": ("dangling-id", [{**LIGHTS, "support": [{"body": "nobody", "part": make.both("x")}]}], {}),
    "candidate that is not there": ("dangling-id", [{**LIGHTS, "candidates": ["nobody"]}], {}),
    "counterpart that is not there": ("dangling-id", [{**LIGHTS, "counterpart": ["nowhere"]}], {}),
    "prerequisite that is not there": ("dangling-id", [{**PERMIT, "prerequisites": ["nothing"]}], {}),
    "authority that is not there": ("dangling-id", [{**PERMIT, "authority_body": "nobody"}], {}),
    "step that is not there": ("dangling-id", [called(make.pathway())], {}),
    "parent that is not there": ("dangling-id", [called(make.body("office", parent="nobody"))], {}),
    "runner that is not there": ("dangling-id", [called(make.mechanism(run_by=["nobody"]))], {}),
    "owner in a mark that is not there": ("dangling-id", [{**LIGHTS, "marks": {"scope": {"owner": "nobody"}}}], {}),
    "member that is not there": ("dangling-id", [], {"subjects": [{"id": "s", "members": ["body/committee", "park/x"]}]}),
    "candidate record that is not there": ("dangling-id", [], {"ambiguous_names": [{"name": "x", "candidates": ["body/x"]}]}),
    "default outside the candidates": (
        "dangling-id", [LIGHTS],
        {"ambiguous_names": [{"name": "灯", "candidates": ["body/committee"], "default": "matter/street-lights"}]},
    ),
    "mark on no field": ("misplaced-mark", [{**LIGHTS, "marks": {"colour": {"as_of": "2022"}}}], {}),
    "mark with a source too far": ("misplaced-mark", [{**LIGHTS, "marks": {"scope": {"source": 1}}}], {}),
    "procedures in a circle": (
        "cycle", [{**PERMIT, "prerequisites": ["review"]}, called(make.procedure("review", prerequisites=["permit"]))], {},
    ),
    "procedure before itself": ("cycle", [{**PERMIT, "prerequisites": ["permit"]}], {}),
    "bodies in a circle": (
        "cycle", [called(make.body("a-office", parent="b-office")), called(make.body("b-office", parent="a-office"))], {},
    ),
    "record in two subjects": (
        "two-subjects", [PERMIT, LIGHTS],
        {"subjects": [
            {"id": "one", "members": ["procedure/permit", "matter/street-lights"]},
            {"id": "two", "members": ["procedure/permit", "body/committee"]},
        ]},
    ),
    "subject of one": ("lonely-subject", [], {"subjects": [{"id": "one", "members": ["body/committee"]}]}),
    "public matter led by a staff body": (
        "staff-behind-public", [called(make.body("office", audience="staff")), {**LIGHTS, "lead": "office"}], {},
    ),
    "needed field for staff only": ("staff-behind-public", [{**LIGHTS, "marks": {"scope": {"audience": "staff"}}}], {}),
    "step before what it needs": (
        "pathway-order",
        [
            PERMIT, called(make.procedure("use", prerequisites=["permit"])),
            called(make.pathway(steps=[{"procedure": "use", "group": 1}, {"procedure": "permit", "group": 2}])),
        ],
        {},
    ),
    "step twice in a group": (
        "pathway-order", [PERMIT, called(make.pathway(steps=[{"procedure": "permit", "group": 1}] * 2))], {},
    ),
    "alias of two records": (
        "shared-name", [also(LIGHTS, "街灯"), also(called(make.concept()), "街 灯！")], {},
    ),
    "alias only of another record": (
        "shared-name out-of-reach", [called(make.matter(), "街灯"), called(make.concept(), "街 灯！")], {},
    ),
    "alias that is another's name": (
        "shared-name", [also(LIGHTS, "街灯"), called(make.concept(name=text("街灯", "street lamp")))], {},
    ),
    "question of two records": (
        "shared-question",
        [
            {**LIGHTS, "questions": forms(en="Who mends it?")},
            {**called(make.concept()), "questions": forms(en="who mends IT")},
        ],
        {},
    ),
    "alias twice": ("repeated-form", [{**LIGHTS, "aliases": {"zh": ["路灯", "路灯。"], "en": ["lamp"]}}], {}),
    "nothing to call it by in English": ("out-of-reach", [{**LIGHTS, "aliases": forms("路灯")}], {}),
    "aliases of one character": ("out-of-reach", [{**LIGHTS, "aliases": forms("灯", "lamps")}], {}),
    "TODO in a text": ("unfinished", [{**LIGHTS, "caution": text("小心", "TODO")}], {}),
    "TODO in an alias": ("unfinished", [called(make.matter(), "TODO: 路灯")], {}),
    "unequal numbers": ("unequal-numbers", [{**LIGHTS, "caution": text("3天内", "within 4 days")}], {}),
    "unequal units": ("unequal-numbers", [{**LIGHTS, "caution": text("3个工作日内", "within 3 days")}], {}),
    "English in Chinese": ("wrong-language", [{**LIGHTS, "caution": text("please take care", "please take care")}], {}),
    "Chinese in English": ("wrong-language", [{**LIGHTS, "caution": text("请注意", "请注意")}], {}),
    "words of the compiler": ("inner-reference", [{**LIGHTS, "caution": text("见 seed", "see the report")}], {}),
    "80 days": ("forbidden-claim", [{**LIGHTS, "caution": text("全程最多80天。", "At most 80 days in all.")}], {}),
    "committee that approves": (
        "forbidden-claim", [{**LIGHTS, "caution": text("由管委会批准。", "It is settled by law.")}], {},
    ),
    "filing that lets build": (
        "forbidden-claim", [{**LIGHTS, "caution": text("备案后即可以开工。", "You may start construction once the filing is done.")}], {},
    ),
    "unchecked time limit with an article": (
        "unchecked-article",
        [called(make.procedure(time_limit=limit(checked=False, basis=text("照明法第七条", "Lighting Act, Article 7"))))], {},
    ),
    "unchecked legal basis with an article in its summary": (
        "unchecked-article",
        [called(make.procedure(legal_basis=[{
            "law": make.both("the act"), "summary": text("见第七条", "see Article 7"), "checked": False,
        }]))],
        {},
    ),
    "note of an unchecked record with an article": (
        "unchecked-article", [called(make.procedure(confidence="medium", notes=[text("照明法第七条", "Lighting Act, Article 7")]))], {},
    ),
    "note marked unchecked with an article": (
        "unchecked-article",
        [called(make.procedure(
            notes=[text("照明法第七条", "Lighting Act, Article 7")], marks={"notes": {"checked": False}}
        ))],
        {},
    ),
    "unchecked law with an article in its name": (
        "unchecked-article", [], {"laws": [{**LAW, "name": text("照明法第七条", "Lighting Act, Article 7")}]},
    ),
    "article of a superseded law": ("superseded-article", [], {"laws": [{**OLD_LAW, "article": text("第七条", "Article 7")}]}),
    "article in the name of a superseded law": (
        "superseded-article", [], {"laws": [{**OLD_LAW, "name": text("旧法第七条", "Old Act, Article 7")}]},
    ),
    "text that cites a superseded law": (
        "superseded-article", [{**LIGHTS, "caution": text("依《旧法》第七条", "under Article 7 of the Old Act")}], {"laws": [OLD_LAW]},
    ),
    "basis on a superseded law": (
        "superseded-article",
        [called(make.procedure(legal_basis=[{
            "law": text("旧法", "Old Act"), "article": text("第七条", "Article 7"), "summary": make.both("x"), "checked": True,
        }]))],
        {"laws": [OLD_LAW]},
    ),
    "figure that is not told": (
        "figure-not-told",
        [called(make.park(figure={"number": 35, "unit": text("平方公里", "square kilometres")}, answer=text("面积36平方公里", "36 square kilometres")))],
        {},
    ),
    "days without a unit": ("days-without-unit", [called(make.procedure(time_limit=limit(unit=None)))], {}),
    "unit without days": ("days-without-unit", [called(make.procedure(reform_target=limit(value=None)))], {}),
    "proposal told as a service": (
        "proposal-as-service",
        [called(make.mechanism(status="recommended", what=text("已建立联席会议。", "A joint meeting has been set up.")))], {},
    ),
    "settled without a lead": ("settled-without-lead", [called(make.matter(lead=None))], {}),
    "settled by nothing": ("settled-without-lead", [{**LIGHTS, "settled_by": "none"}], {}),
    "unsettled with a lead": (
        "unsettled-matter",
        [called(make.matter(status="unsettled", settled_by="none", candidates=["committee"], interim={"public": make.both("x")}))], {},
    ),
    "unsettled without words": (
        "unsettled-matter", [called(make.matter(status="unsettled", settled_by="none", lead=None, candidates=["committee"]))], {},
    ),
    "unsettled without candidates": (
        "unsettled-matter",
        [called(make.matter(status="unsettled", settled_by="none", lead=None, interim={"public": make.both("x")}))], {},
    ),
    "unsettled yet settled": (
        "unsettled-matter",
        [called(make.matter(status="unsettled", lead=None, candidates=["committee"], interim={"public": make.both("x")}))], {},
    ),
    "asks where without a counterpart": ("no-counterpart", [{**LIGHTS, "ask_location": True}], {}),
    "one-sided counterpart": ("one-sided-counterpart", [called(make.matter("new-lights")), {**LIGHTS, "counterpart": ["new-lights"]}], {}),
    "date with words": ("malformed-date", [{**LIGHTS, "as_of": "2024-10（推定）"}], {}),
    "date that does not exist": ("malformed-date", [{**LIGHTS, "as_of": "2026-02-30"}], {}),
    "source date in another form": (
        "malformed-date", [{**LIGHTS, "sources": [{"title": make.both("x"), "date": "May 2022"}]}], {},
    ),
    "review overdue": ("review-overdue", [{**LIGHTS, "review_by": "2026-11-23"}], {}),
    "review of a field overdue": ("review-overdue", [{**LIGHTS, "marks": {"scope": {"review_by": "2026-11-23"}}}], {}),
    **PLANNING_WRONG,
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_found(case: str, found: Callable[..., list[str]]) -> None:
    code, items, sections = WRONG[case]
    assert set(found(*items, **sections)) == set(code.split())


def test_every_check_has_a_case(found: Callable[..., list[str]], tmp_path: Path) -> None:
    silent = {check.__name__ for check in (*CHECKS, dates.expired_reviews)}
    for number, (_, items, sections) in enumerate(WRONG.values()):
        files = records(tmp_path / str(number), BODY, *items, **sections)
        silent -= {check.__name__ for check in CHECKS if list(check(files))}
        silent -= {"expired_reviews"} if list(dates.expired_reviews(files, TODAY)) else set()
    assert silent == set()


ALLOWED: dict[str, tuple[list[dict[str, Any]], dict[str, Any]]] = {
    "names shared in one subject": (
        [called(make.matter(), "路灯", "lamp"), called(make.concept(), "路灯", "lamp")],
        {"subjects": [{"id": "lights", "members": ["matter/street-lights", "concept/term"]}]},
    ),
    "names shared by counterparts": (
        [
            called(make.matter(counterpart=["new-lights"]), "路灯", "lamp"),
            called(make.matter("new-lights", counterpart=["street-lights"]), "路灯", "lamp"),
        ],
        {},
    ),
    "names listed as ambiguous": (
        [called(make.matter(), "路灯"), called(make.concept(), "路灯")],
        {"ambiguous_names": [{"name": "路灯", "candidates": ["matter/street-lights", "concept/term"]}]},
    ),
    "80 days denied": ([{**LIGHTS, "caution": text("“最多80天”没有依据。", "“At most 80 days” has no basis and is not said.")}], {}),
    "unchecked article that is not shown": (
        [called(make.procedure(legal_basis=[{
            "law": make.both("x"), "summary": make.both("y"), "article": text("第七条", "Article 7"), "checked": False,
        }]))],
        {},
    ),
    "checked article in a record of medium confidence": (
        [called(make.procedure(
            confidence="medium", notes=[text("照明法第七条", "Lighting Act, Article 7")], marks={"notes": {"checked": True}},
        ))],
        {},
    ),
    "figure in ten thousands": (
        [called(make.park(
            figure={"number": 2.3, "unit": text("万平方米", "× 10,000 square metres")},
            answer=text("面积2.3万平方米", "It covers 23,000 square metres"),
        ))],
        {},
    ),
    "review due today": ([{**LIGHTS, "review_by": "2026-11-24"}], {}),
}  # fmt: skip


@pytest.mark.parametrize("case", ALLOWED)
def test_what_is_right_is_let_pass(case: str, found: Callable[..., list[str]]) -> None:
    items, sections = ALLOWED[case]
    assert found(*items, **sections) == []


def test_problems_say_where_and_what_to_do(tmp_path: Path) -> None:
    written = "records:\n- kind: matter\n  id: lamps\n  lead: nobody\n"
    write(tmp_path, lamps=written, laws="laws:\n- id: act\n  id: act\n")
    problems = check_folder(tmp_path, TODAY)
    assert str(problems[0]).startswith("lamps.yaml:2: missing-key: lamps: as_of: ")
    assert [problem.file for problem in problems] == sorted(problem.file for problem in problems)
    assert {"lamps.yaml", "laws.yaml"} == {problem.file for problem in problems}
    assert all(len(problem.message) > 10 for problem in problems)


def test_ids_of_malformed_records_are_not_missing(tmp_path: Path) -> None:
    files = records(tmp_path, BODY, {**LIGHTS, "lead": "office"}, {"kind": "body", "id": "office"})
    assert "dangling-id" not in [problem.code for problem in check_knowledge(files, TODAY)]
