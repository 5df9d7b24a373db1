from __future__ import annotations

from pathlib import Path

import pytest

from components.gazetteer import Gazetteer
from dataset import fingerprint, lookups, phrases
from dataset.__main__ import main
from dataset.lookups import DatasetError, is_question, render_lookup
from dataset.phrases import Phrase
from dataset.realise import generated_files, mark_mentions, read_names, realise

NAMES = {
    "procedure": ["环评", "施工许可证", "EIA", "construction permit"],
    "body": ["开发委", "the committee"],
}
PLACES = 'version: "3.1"\nnlu:\n- lookup: place\n  examples: |\n    - 新划入\n'


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A small data folder: two lookups, places, phrases in two languages."""
    folder = tmp_path / "data"
    for name in ("generated", "phrases/zh", "phrases/en"):
        (folder / name).mkdir(parents=True)
    for kind, names in NAMES.items():
        (folder / "generated" / f"lookup_{kind}.yml").write_text(render_lookup(kind, names), encoding="utf-8")
    (folder / "places.yml").write_text(PLACES, encoding="utf-8")
    write_phrases(folder, "zh", "ask_duration", "{procedure}要批多久", "新划入的环评几天")
    write_phrases(folder, "en", "ask_who", "who decides on the {procedure}, the {body}?")
    return folder


def write_phrases(data: Path, lang: str, intent: str, *examples: str, key: str = "phrases") -> None:
    lines = "".join(f"    - {example}\n" for example in examples)
    text = f'version: "3.1"\n{key}:\n- intent: {intent}\n  examples: |\n{lines}'
    (data / "phrases" / lang / f"{intent}.yml").write_text(text, encoding="utf-8")


def test_slots_get_names_of_their_kind_and_language(data: Path) -> None:
    sentences = realise(phrases.read_phrases(data / "phrases"), read_names(data))

    assert sentences["zh"][0][1] in {"[环评](procedure)要批多久", "[施工许可证](procedure)要批多久"}
    assert sentences["en"][0][1] in {
        "who decides on the [EIA](procedure), the [the committee](body)?",
        "who decides on the [construction permit](procedure), the [the committee](body)?",
    }


def test_names_in_plain_phrases_are_marked_too(data: Path) -> None:
    assert ("ask_duration", "[新划入](place)的[环评](procedure)几天") in realise(
        phrases.read_phrases(data / "phrases"), read_names(data)
    )["zh"]


def test_marking_keeps_the_text_as_it_is_written() -> None:
    gazetteer = Gazetteer.from_names([("procedure", "EIA"), ("procedure", "环评报告表")])

    assert mark_mentions("ＥＩＡ  and  環評報告表！！", gazetteer) == (
        "[ＥＩＡ](procedure)  and  [環評報告表](procedure)！！"
    )


def test_a_new_name_moves_only_the_phrases_that_it_wins(data: Path) -> None:
    many = [Phrase("zh", "ask_fee", f"{{procedure}}收费吗{number}") for number in range(60)]
    before = realise(many, NAMES)["zh"]
    after = realise(many, {**NAMES, "procedure": [*NAMES["procedure"], "能评"]})["zh"]

    moved = [new for old, new in zip(before, after, strict=True) if old != new]
    assert 0 < len(moved) < 40
    assert all("[能评](procedure)" in text for _, text in moved)


def test_a_slot_without_a_name_is_an_error(data: Path) -> None:
    write_phrases(data, "zh", "ask_list", "{park}有哪些")

    with pytest.raises(DatasetError, match="no zh name of the kind 'park'"):
        generated_files(data)


def test_the_command_line_makes_checks_and_reports(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(data), "check"]) == 1
    assert "out of date; run `python -m dataset realise`" in capsys.readouterr().err

    assert main(["--data", str(data), "realise"]) == 0
    assert main(["--data", str(data), "check"]) == 0

    write_phrases(data, "zh", "ask_fee", "{procedure}要批多久？", "{procdure}收费吗")
    assert main(["--data", str(data), "check"]) == 1
    errors = capsys.readouterr().err
    assert "is claimed by ask_duration and ask_fee" in errors
    assert "unknown slot {procdure}" in errors


def test_phrases_under_rasas_own_key_are_refused(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_phrases(data, "zh", "ask_fee", "{procedure}收费吗", key="nlu")

    assert main(["--data", str(data), "check"]) == 1
    assert "phrases stand under `phrases:`" in capsys.readouterr().err


@pytest.mark.parametrize("line", ["要多久", "-要多久", "- "])
def test_an_example_line_that_rasa_would_skip_is_an_error(tmp_path: Path, line: str) -> None:
    path = tmp_path / "x.yml"

    with pytest.raises(DatasetError, match="does not start with"):
        lookups.examples_of({"intent": "ask_duration", "examples": f"{line}\n"}, path)


@pytest.mark.parametrize("name", ["招商找谁", "办执照要几天", "who handles EIA", "How to file", "要不要环评"])
def test_a_question_is_no_name(name: str) -> None:
    assert is_question(name)


@pytest.mark.parametrize("name", ["环评", "whole-process service", "开发委", "Issuing of permits", "一件事"])
def test_a_name_is_no_question(name: str) -> None:
    assert not is_question(name)


def test_a_lookup_has_each_name_once_in_order() -> None:
    text = render_lookup("procedure", ["环评", "EIA", "ｅｉａ", "eia"])

    assert text.startswith("# Generated")
    assert text.endswith("  examples: |\n    - EIA\n    - 环评\n")


def test_bad_names_are_reported() -> None:
    problems = lookups.problems_of({"body": ["归谁管", "a[b]", "市"]})

    assert [problem.split(": ", 1)[1] for problem in problems] == [
        "'归谁管' is a question, not a name",
        "'a[b]' has a bracket, which Rasa reads as markup",
        "'市' is too short",
    ]


def test_the_data_of_this_project_has_no_problem(in_project: Path) -> None:
    names = read_names(in_project / "data")

    assert lookups.problems_of(names) == []
    assert phrases.problems_of(phrases.read_phrases(in_project / "data" / "phrases")) == []


def test_the_fingerprint_sees_every_input_and_nothing_else(tmp_path: Path) -> None:
    for name in ("config.yml", "domain.yml", "requirements.txt", "components/a.py", "data/phrases/zh/a.yml"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    seen = {fingerprint.fingerprint(tmp_path)}

    (tmp_path / "README.md").write_text("not an input")
    assert fingerprint.fingerprint(tmp_path) in seen
    for path in fingerprint.inputs(tmp_path):
        path.write_text("changed")
        seen.add(fingerprint.fingerprint(tmp_path))
    (tmp_path / "data/places.yml").write_text("new")
    seen.add(fingerprint.fingerprint(tmp_path))

    assert len(seen) == 7
    assert fingerprint.model_name(tmp_path) == f"nlu-{fingerprint.fingerprint(tmp_path)[:12]}.tar.gz"
