"""The tables, the confusions, the calibration and the gate."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot.curation.evaluation import calibration, confusion, gate, tables
from bot.curation.evaluation.calibration import Claim, reliability
from bot.curation.evaluation.fitting import fit_logistic
from bot.curation.evaluation.questions import Right
from bot.domain.errors import InvalidInput
from bot.domain.messages import Outcome
from bot.domain.text import Audience, Language
from bot.domain.understanding import Source, Understanding
from tests.curation.evaluated import asked, result, trace, turn

WRONG = result("none", "matter/other")


def test_shares_stand_by_kind_language_and_split() -> None:
    table = tables.by_kind([asked(), asked(WRONG), asked(split="test"), asked(kind="traps")])
    cells = {row[0]: dict(zip(table.head, row, strict=True)) for row in table.rows}
    assert cells["direct"]["en dev"].split() == ["50.0%", "1/2"]
    assert cells["direct"]["en test"].split() == ["100.0%", "1/1"]
    assert cells["traps"]["zh dev"] == "-"
    assert cells["all"]["all dev"].split() == ["66.7%", "2/3"]


def test_columns_are_aligned_with_wide_characters() -> None:
    lines = tables.Table("t", ("kind", "n"), (("环评", "1"), ("ab", "22"))).lines()
    assert lines[1:] == ["kind   n", "----  --", "环评   1", "ab    22"]


def test_outcomes_are_counted_against_what_they_may_be() -> None:
    missed = asked(result("", outcome=Outcome.NOT_KNOWN))
    table = confusion.outcomes([asked(), missed])
    assert (table.head, table.rows) == (("may end as", "answered", "not_known"), (("answered", "1", "1"),))


def test_intents_are_compared_with_the_label_where_it_says_what_is_asked() -> None:
    other = Understanding("ask_fee", 0.8, Source.RASA)
    told = [
        asked(result("", "procedure/permit", traces=(trace("procedure/permit", 0.9),))),
        asked(result("", "matter/x", traces=(trace("matter/x", 0.9),), understood=other)),
        asked(result("", traces=(trace("matter/x", 0.9),)), kind="multi"),
    ]
    table = confusion.intents(told)
    assert table.rows == (("duration", "ask_fee", "1", "1"),)
    assert table.note.startswith("1 of 2 ")


@pytest.mark.parametrize(
    ("kind", "label", "intent"),
    [
        ("direct", "who", "report_problem"),
        ("direct", "basis", "ask_legal_basis"),
        ("traps", "plan", "plan_project"),
        ("out_of_scope", "scope", "out_of_scope"),
        ("near_domain", "scope", "ask_scope"),
        ("out_of_scope", "social", "thank"),
    ],
)
def test_labels_stand_for_intents(kind: str, label: str, intent: str) -> None:
    assert intent in confusion.wanted_intents(kind, label)


def test_reliability_compares_what_is_claimed_with_what_is_so() -> None:
    found = reliability(
        [Claim(0.9, True), Claim(0.9, True), Claim(0.95, False), Claim(1.0, True), Claim(0.1, False)]
    )
    assert [(each.count, each.true) for each in found.bins] == [(1, 0.0), (4, 0.75)]
    assert found.error == pytest.approx((0.1 + 4 * abs(0.9375 - 0.75)) / 5)


def test_link_scores_count_where_the_right_records_are_known() -> None:
    subjects = {"procedure/permit": "permit", "matter/permit": "permit"}
    told = [
        asked(result("", traces=(trace("matter/permit", 0.8),))),
        asked(result("", traces=(trace("matter/other", 0.7),))),
        asked(result("", traces=(trace("matter/secret", 0.6),)), kind="staff_only"),
        asked(result("", traces=(trace("matter/other", 0.2),)), turns=(turn(right=Right(("not_known",))),)),
    ]
    claims = list(calibration.link_claims(told, subjects))
    assert claims == [Claim(0.8, True), Claim(0.7, False), Claim(0.2, False)]


def test_logistic_regression_finds_the_weights_and_keeps_their_signs() -> None:
    chance = np.random.default_rng(7)
    signals = chance.random((4000, 3))
    likely = 1 / (1 + np.exp(-(-2 + 3 * signals[:, 0] - 2 * signals[:, 2])))
    true = (chance.random(4000) < likely).astype(float)
    bias, weights = fit_logistic(signals, true, np.array([1.0, 1.0, -1.0]))
    assert bias == pytest.approx(-2, abs=0.3)
    assert weights == pytest.approx([3, 0, -2], abs=0.35)
    _, bounded = fit_logistic(signals, true, np.array([1.0, 1.0, 1.0]))
    assert bounded[2] == 0


def test_the_gate_tells_what_fell_by_more_than_a_point() -> None:
    floors = {"direct": {"zh": 95.0, "en": 90.0}, "traps": {"zh": 80.0}}
    now = {"direct": {"zh": 93.9, "en": 89.2}}
    assert list(gate.fallen(now, floors)) == [
        "direct zh: 93.9 % right, more than a point below its floor of 95.0 %"
    ]


def test_floors_are_raised_and_never_lowered(tmp_path: Path) -> None:
    path = tmp_path / "gate.yaml"
    assert gate.read_gate(path) == {}
    gate.write_gate(path, gate.raised({"direct": {"zh": 91.0, "en": 80.0}}, {"direct": {"en": 85.0}}))
    assert gate.read_gate(path) == {"direct": {"zh": 91.0, "en": 85.0}}


def test_a_malformed_gate_is_named(tmp_path: Path) -> None:
    (tmp_path / "gate.yaml").write_text("floors: [1]")
    with pytest.raises(InvalidInput, match=r"gate\.yaml: floors"):
        gate.read_gate(tmp_path / "gate.yaml")


def test_figures_are_rounded_down() -> None:
    told = [asked(), asked(), asked(WRONG), asked(language=Language.ZH, audience=Audience.STAFF)]
    assert gate.figures(told) == {"direct": {"zh": 100.0, "en": 66.6}}
