"""What the benchmarks measure with: made catalogues and figures. The benchmarks themselves run by ``make bench``."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from benchmarks.measure import percentile, resident_mb, timed, verdict
from benchmarks.questions import normalised
from benchmarks.synthetic import forms
from bot.curation.yaml_files import read_knowledge
from bot.domain.catalogue import KnowledgeSet

KNOWLEDGE = Path(__file__).resolve().parents[1] / "knowledge"


@pytest.fixture(scope="module")
def knowledge() -> KnowledgeSet:
    return read_knowledge(KNOWLEDGE).knowledge


def test_a_made_catalogue_has_its_size_and_shares_no_name(knowledge: KnowledgeSet) -> None:
    made = list(forms(knowledge, 600))
    assert len({form.ref for form in made}) == 600
    names = Counter(form.text for form in made if form.name and form.ref.id.startswith("made-"))
    real = {form.text for form in made if form.name and not form.ref.id.startswith("made-")}
    assert [name for name, count in names.items() if count > 1 or name in real] == []
    assert made == list(forms(knowledge, 600))


def test_no_record_is_made_where_the_real_ones_suffice(knowledge: KnowledgeSet) -> None:
    assert {form.ref for form in forms(knowledge, 10)} == set(knowledge.records)


def test_texts_are_taken_evenly_and_once() -> None:
    found = normalised(50)
    assert len(set(found)) == len(found) >= 45


def test_figures() -> None:
    assert percentile([3.0, 1.0, 2.0, 4.0], 50) == 3.0
    assert percentile([1.0], 95) == 1.0
    assert len(timed(str, range(3))) == 3
    assert resident_mb() > 5
    assert (verdict(1, 2), verdict(3, 2), verdict(3, None)) == ("ok", "over", "")
