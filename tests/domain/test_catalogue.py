"""What an audience may not see is not in its catalogue; everything else can be looked up."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.domain.catalogue import Catalogue, KnowledgeSet, Revision
from bot.domain.records import Kind, Matter, ParkFact, Pathway, Procedure, Ref
from bot.domain.shapes import knowledge_of
from bot.domain.text import Audience
from tests import knowledge_values as make

REVISION = Revision(1, "0" * 64, datetime(2026, 11, 24, tzinfo=UTC))
SECRET = make.both("not for the public")


def catalogue(*records: dict[str, Any], audience: Audience = Audience.PUBLIC, **sections: Any) -> Catalogue:
    return Catalogue(knowledge(*records, **sections), REVISION, audience)


def knowledge(*records: dict[str, Any], **sections: Any) -> KnowledgeSet:
    values = [make.value(record) for record in records]
    values += [make.value(data, section) for section, entries in sections.items() for data in entries]
    return knowledge_of(values)


def ref(text: str) -> Ref:
    return Ref.parse(text)


def test_a_staff_record_is_not_there_for_the_public() -> None:
    records = [make.body(), make.body("secret-office", audience="staff")]
    assert catalogue(*records).get(ref("body/secret-office")) is None
    assert catalogue(*records, audience=Audience.STAFF).get(ref("body/secret-office")) is not None


@pytest.mark.parametrize(
    ("record", "field"),
    [
        (make.body(functions_staff=[SECRET]), "functions_staff"),
        (make.mechanism(assistant_use=SECRET), "assistant_use"),
        (make.matter(interim={"public": make.both("ask 12345"), "staff": SECRET}), "interim"),
        (make.matter(caution=SECRET, marks={"caution": {"audience": "staff"}}), "caution"),
        (make.procedure(notes=[SECRET], marks={"notes": {"audience": "staff"}}), "notes"),
    ],
)
def test_staff_fields_are_empty_for_the_public(record: dict[str, Any], field: str) -> None:
    place = ref(f"{record['kind']}/{record['id']}")
    assert "not for the public" in repr(catalogue(record, audience=Audience.STAFF).get(place))
    seen = catalogue(record).get(place)
    assert seen is not None
    assert "not for the public" not in repr(seen)
    assert "STAFF" not in repr(seen)
    assert not getattr(seen, field) or field == "interim"


def test_a_record_whose_heart_is_for_staff_is_held_back_whole() -> None:
    record = make.park(answer=SECRET, marks={"answer": {"audience": "staff"}})
    assert catalogue(record).get(ref("park/area")) is None


def test_no_id_of_a_hidden_record_is_left_anywhere() -> None:
    hidden = "hidden-thing"
    public = catalogue(
        make.body(hidden, audience="staff"),
        make.matter(hidden, audience="staff"),
        make.procedure(hidden, audience="staff"),
        make.body(parent=hidden),
        make.matter(
            lead=hidden, support=[{"body": hidden, "part": make.both("helps")}, {"body": "committee", "part": make.both("x")}],
            candidates=[hidden, "committee"], counterpart=[hidden], owner=hidden,
            marks={"name": {"owner": hidden, "checked": True}},
        ),
        make.procedure(prerequisites=[hidden], authority_body=hidden),
        make.mechanism(run_by=[hidden, "committee"]),
        make.pathway(steps=[{"procedure": hidden, "group": 1}, {"procedure": "permit", "group": 2}]),
        subjects=[
            {"id": "gone", "members": [f"matter/{hidden}", "matter/street-lights"]},
            {"id": "kept", "members": [f"body/{hidden}", "body/committee", "procedure/permit"]},
        ],
        ambiguous_names=[
            {"name": "it", "candidates": [f"body/{hidden}", "body/committee"], "default": f"body/{hidden}"},
            {"name": "gone", "candidates": [f"body/{hidden}"]},
        ],
    )  # fmt: skip
    assert hidden not in repr(public.knowledge)
    matter, pathway = public.get(ref("matter/street-lights")), public.get(ref("pathway/new-plant"))
    assert isinstance(matter, Matter)
    assert [support.body for support in matter.support] == ["committee"]
    assert (matter.lead, matter.owner, matter.candidates) == (None, "", ("committee",))
    assert isinstance(pathway, Pathway)
    assert [step.procedure for step in pathway.steps] == ["permit"]
    assert [subject.id for subject in public.knowledge.subjects] == ["kept"]
    (name,) = public.knowledge.ambiguous_names
    assert (name.name, name.candidates, name.default) == ("it", ("body/committee",), None)


def test_a_contact_point_for_staff_is_not_there_for_the_public() -> None:
    words = {"name": make.both("ticket"), "use": make.both("inside"), "basis": make.both("practice")}
    points = [{"id": "ticket", **words, "audience": "staff"}, {"id": "hotline", **words}]
    assert list(catalogue(contact_points=points).knowledge.contact_points) == ["hotline"]
    assert len(catalogue(contact_points=points, audience=Audience.STAFF).knowledge.contact_points) == 2


def test_records_stand_by_kind_and_id_however_they_were_read() -> None:
    records = [make.concept("b"), make.procedure("z"), make.concept("a"), make.body()]
    forwards, backwards = knowledge(*records), knowledge(*reversed(records))
    assert list(forwards.records) == list(backwards.records)
    assert [str(item) for item in forwards.records] == [
        "procedure/z",
        "body/committee",
        "concept/a",
        "concept/b",
    ]


def test_looking_up() -> None:
    found = catalogue(
        make.body(), make.body("office", parent="committee"), make.concept("permit"),
        make.procedure(), make.procedure("inspection", prerequisites=["permit", "permit"]),
        make.pathway(steps=[{"procedure": "permit", "group": 1}, {"procedure": "permit", "group": 2}]),
        make.matter(support=[{"body": "office", "part": make.both("helps")}]),
        make.matter("noise", status="unsettled", settled_by="none", lead=None, candidates=["office"]),
        make.mechanism(), make.park(),
        laws=[{"id": "act", "name": make.both("the act"), "gist": make.both("rules"), "checked": False}],
        subjects=[{"id": "permits", "members": ["procedure/permit", "concept/permit"]}],
    )  # fmt: skip
    assert found.with_id("permit") == (ref("procedure/permit"), ref("concept/permit"))
    assert isinstance(found.get(ref("park/area")), ParkFact)
    assert isinstance(found.procedure("permit"), Procedure)
    assert [body.id for body in found.parts_of("committee")] == ["office"]
    assert [item.id for item in found.requiring("permit")] == ["inspection"]
    assert [item.id for item in found.pathways_with("permit")] == ["new-plant"]
    assert [item.id for item in found.led_by("committee")] == ["street-lights"]
    assert [item.id for item in found.supported_by("office")] == ["street-lights"]
    assert [item.id for item in found.open_for("office")] == ["noise"]
    assert [item.id for item in found.run_by("committee")] == ["whistle"]
    assert len(found.of_kind(Kind.PROCEDURE)) == 2
    assert found.beside(ref("procedure/permit")) == (ref("concept/permit"),)
    assert found.law("act") is not None


def test_looking_up_what_is_not_there() -> None:
    found = catalogue()
    assert found.get(ref("park/area")) is None
    assert found.body(None) is None
    assert found.body("") is None
    assert found.matter("x") is None
    assert found.law("x") is None
    assert found.subject_of(ref("park/area")) is None
    assert found.beside(ref("park/area")) == ()
    for none in (found.with_id("x"), found.requiring("x"), found.led_by("x"), found.of_kind(Kind.PARK)):
        assert none == ()


def test_a_catalogue_cannot_be_changed() -> None:
    found = catalogue(make.body())
    with pytest.raises(TypeError):
        found.records[ref("body/other")] = found.records[ref("body/committee")]  # type: ignore[index]
    with pytest.raises(AttributeError):
        found.other = 1  # type: ignore[attr-defined]
