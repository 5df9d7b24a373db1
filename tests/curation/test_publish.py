"""From files to the database and back: nothing malformed gets in, nothing is lost, every difference is shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.curation.diff import changes
from bot.curation.export import export_knowledge
from bot.curation.publish import read_for_publishing
from bot.curation.yaml_files import read_knowledge
from bot.domain.catalogue import KnowledgeSet
from bot.domain.errors import InvalidInput
from bot.domain.shapes import knowledge_of
from tests import knowledge_values as make
from tests.curation.folders import records
from tests.storage.test_catalogue_store import knowledge

KNOWLEDGE = Path(__file__).parents[2] / "knowledge"


def test_what_is_right_is_read(tmp_path: Path) -> None:
    records(tmp_path, make.body(), make.matter())
    assert len(read_for_publishing(tmp_path).records) == 2


def test_overdue_reviews_and_unfinished_words_do_not_stop_a_start(tmp_path: Path) -> None:
    records(tmp_path, make.body(review_by="2020-01-01", caution={"zh": "待补充", "en": "TODO"}))
    assert len(read_for_publishing(tmp_path).records) == 1


def test_what_is_wrong_is_named_with_how_much_more_there_is(tmp_path: Path) -> None:
    records(tmp_path, make.body(parent="nobody"), make.matter(colour="red"))
    with pytest.raises(
        InvalidInput, match=r"records.yaml:\d+: .*\(and 1 more: run 'yuanwen knowledge check'\)"
    ):
        read_for_publishing(tmp_path)


def test_an_empty_or_missing_folder_is_no_knowledge(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(InvalidInput, match="where the knowledge files are"):
            read_for_publishing(folder)


def test_export_and_reading_are_inverse_for_every_section(tmp_path: Path) -> None:
    files = export_knowledge(knowledge(), tmp_path / "out", "Exported from revision 1")
    assert read_knowledge(tmp_path / "out").problems == ()
    assert read_knowledge(tmp_path / "out").knowledge == knowledge()
    assert all(path.read_text(encoding="utf-8").startswith("# Exported from revision 1\n") for path in files)


def test_the_whole_knowledge_base_survives_export(tmp_path: Path) -> None:
    whole = read_knowledge(KNOWLEDGE).knowledge
    export_knowledge(whole, tmp_path / "out", "Exported")
    again = read_knowledge(tmp_path / "out")
    assert again.problems == ()
    assert again.knowledge == whole
    assert changes(whole, again.knowledge) == ()


AWKWARD = [
    "yes",
    "null",
    "2022",
    "2026-11-24",
    "1e3",
    ": x",
    "# x",
    "- x",
    " x ",
    "x\ny\n",
    "'",
    '"',
    "{a}",
    "😀",
    "\u2028",
    "\x85",
    "a\x85b",
    "12:30:00",
    "~",
    "!x",
    "%",
]


@pytest.mark.parametrize("words", AWKWARD)
def test_awkward_words_survive_export(words: str, tmp_path: Path) -> None:
    whole = knowledge_of([make.value(make.concept(explanation={"zh": words, "en": words}))])
    export_knowledge(whole, tmp_path / "out", "Exported")
    assert read_knowledge(tmp_path / "out").knowledge == whole


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.text(st.characters(codec="utf-8"), min_size=1, max_size=40))
def test_any_words_survive_export(words: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    whole = knowledge_of([make.value(make.concept(explanation={"zh": words, "en": words}))])
    folder = tmp_path_factory.mktemp("export") / "out"
    export_knowledge(whole, folder, "Exported")
    assert read_knowledge(folder).knowledge == whole


def test_export_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / "precious.txt").write_text("x", encoding="utf-8")
    with pytest.raises(InvalidInput, match="not empty"):
        export_knowledge(knowledge(), tmp_path, "Exported")


def test_export_writes_only_below_its_folder(tmp_path: Path) -> None:
    whole = knowledge_of([make.value(make.procedure("../../escape"))])
    with pytest.raises(InvalidInput, match="an id is"):
        export_knowledge(whole, tmp_path / "out", "Exported")


def of(*items: dict[str, object]) -> KnowledgeSet:
    return knowledge_of([make.value(item) for item in items])


def test_equal_sets_have_no_differences() -> None:
    assert changes(of(make.body(), make.matter()), of(make.matter(), make.body())) == ()


def test_what_comes_goes_and_changes_is_told_field_by_field() -> None:
    before = of(
        make.body(), make.concept(),
        make.matter(caution=make.both("old"), candidates=["a", "b"], ask_location=False),
    )  # fmt: skip
    after = of(
        make.body(), make.park(),
        make.matter(caution={"zh": "old（中）", "en": "new"}, candidates=["b", "c"], ask_location=True),
    )  # fmt: skip
    assert "\n".join(map(str, changes(before, after))).splitlines() == [
        "removed concept/term",
        "changed matter/street-lights",
        '    caution.en: "old" → "new"',
        '    candidates[]: "a" → nothing',
        '    candidates[]: nothing → "c"',
        "    ask_location: false → true",
        "added park/area",
    ]


def test_a_new_order_and_changes_inside_a_list_are_told() -> None:
    steps = [{"procedure": "a", "group": 1}, {"procedure": "b", "group": 1}]
    moved = [{"procedure": "a", "group": 1}, {"procedure": "b", "group": 2}]
    (change,) = changes(of(make.pathway(steps=steps)), of(make.pathway(steps=moved)))
    assert [str(field) for field in change.fields] == ["steps[1].group: 1 → 2"]
    (change,) = changes(of(make.matter(candidates=["a", "b"])), of(make.matter(candidates=["b", "a"])))
    assert [field.path for field in change.fields] == ["candidates (order)"]


def test_the_rules_of_planning_are_exported_without_loss(tmp_path: Path) -> None:
    shipped = read_for_publishing(KNOWLEDGE)
    export_knowledge(shipped, tmp_path / "out", "title")
    back = read_for_publishing(tmp_path / "out")
    assert back.planning == shipped.planning
    assert changes(shipped, back) == ()
