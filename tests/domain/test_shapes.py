"""Plain data and values are two forms of the same thing, and every departure is named by its place."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.shapes import ShapeErrors, digest_of, knowledge_of, plain, read_value
from tests import knowledge_values as make

RECORDS = [
    make.body(functions_staff=[make.both("x")], laws=["act"], parent="city"),
    make.matter(interim={"public": make.both("x"), "staff": make.both("y")}, ask_location=True, counterpart=["other"]),
    make.procedure(reform_target={"value": None, "unit": None, "basis": make.both("x"), "checked": False}),
    make.park(figure={"number": 157.48, "unit": make.both("km²")}, items=[make.both("x")], derived=True),
    make.mechanism(audience="staff", marks={"what": {"source": 0, "review_by": "2027-01-01"}}),
    make.concept(aliases={"zh": ["甲"], "en": []}),
    make.pathway(time_reference={"value": 90, "unit": "published_days", **dict.fromkeys(("scope", "counts", "basis", "caution"), make.both("x"))}),
]  # fmt: skip


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: str(record["kind"]))
def test_what_is_written_reads_back_equal(record: dict[str, Any]) -> None:
    value = make.value(record)
    assert read_value("records", plain(value)) == value


def test_a_time_limit_keeps_its_unknown_days() -> None:
    written = plain(make.value(RECORDS[2]))["reform_target"]
    assert written["value"] is None
    assert "variants" not in written


@pytest.mark.parametrize(
    ("change", "path", "code"),
    [
        ({"colour": "red"}, ("colour",), "unexpected_keyword_argument"),
        ({"name": {"zh": "名"}}, ("name", "en"), "missing"),
        ({"name": {"zh": "名", "en": ""}}, ("name", "en"), "string_too_short"),
        ({"name": {"zh": "名", "en": "name", "fr": "nom"}}, ("name", "fr"), "unexpected_keyword_argument"),
        ({"as_of": 2022}, ("as_of",), "string_type"),
        ({"confidence": "certain"}, ("confidence",), "literal_error"),
        ({"review_by": "soon"}, ("review_by",), "date_parsing"),
        ({"functions": [{"zh": "一"}]}, ("functions", 0, "en"), "missing"),
        ({"in_report": "yes"}, ("in_report",), "bool_type"),
    ],
)
def test_departures_are_named_by_their_place(
    change: dict[str, Any], path: tuple[Any, ...], code: str
) -> None:
    with pytest.raises(ShapeErrors) as caught:
        make.value({**make.body(), **change})
    assert [(error.path, error.code) for error in caught.value.errors] == [(path, code)]


def test_the_digest_is_of_the_content_alone() -> None:
    values = [make.value(record) for record in RECORDS]
    assert digest_of(knowledge_of(values)) == digest_of(knowledge_of(reversed(values)))
    assert digest_of(knowledge_of(values[1:])) != digest_of(knowledge_of(values))
    assert len(digest_of(knowledge_of(values))) == 64
