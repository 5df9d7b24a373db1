"""Each data set in a tiny folder in its published form: read, learnt, reported beside the published table."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from yardsticks.__main__ import main
from yardsticks.measure import measure
from yardsticks.readers import YardstickError, read

HOURS, TOWNS, PAINTERS = ("five", "six", "seven"), ("york", "leeds", "bath"), ("monet", "manet", "degas")
WAKE = [text for hour in HOURS for text in (f"wake me at {hour}", f"set the alarm for {hour}")]
RAIN = [text for town in TOWNS for text in (f"will it rain in {town}", f"is it sunny over {town}")]
STRANGE = [text for name in PAINTERS for text in (f"who was {name} then", f"what colours did {name} use")]


def clinc150(folder: Path) -> None:
    parts = {
        "train": [[text, "alarm"] for text in WAKE[:5]] + [[text, "weather"] for text in RAIN[:5]],
        "oos_train": [[text, "oos"] for text in STRANGE[:5]],
        "val": [],
        "oos_val": [],
        "test": [[WAKE[5], "alarm"], [RAIN[5], "weather"]],
        "oos_test": [[STRANGE[5], "oos"], ["zyx qwv", "oos"]],
    }
    (folder / "data_full.json").write_text(json.dumps(parts), encoding="utf-8")


def two_files(folder: Path, wake: str, rain: str) -> None:
    for name, place in (("train", slice(0, 5)), ("test", slice(5, 6))):
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("text", "category"))
            writer.writerows([(text, wake) for text in WAKE[place]] + [(text, rain) for text in RAIN[place]])


def ten_folds(folder: Path) -> None:
    for number in range(1, 11):
        for part, place in (("trainset", slice(0, 5)), ("testset/csv", slice(5, 6))):
            there = folder / "CrossValidation" / f"KFold_{number}" / part
            there.mkdir(parents=True)
            for intent, texts in (("alarm_set", WAKE), ("weather_query", RAIN)):
                scenario, action = intent.split("_")
                lines = [
                    "answerid;scenario;intent;answer_annotation;answer_from_anno;answer_from_user",
                    *(f'1;{scenario};{action};"{text}";"{text}";"{text}!"' for text in texts[place]),
                ]
                (there / f"{intent}.csv").write_text("\n".join(lines), encoding="utf-8")


def test_clinc150_has_strangers(tmp_path: Path) -> None:
    clinc150(tmp_path)
    (data,) = read(tmp_path)
    scores = measure(data)

    assert data.name == "CLINC150"
    assert (scores.intents, scores.train, scores.test) == (2, 15, 4)
    assert scores.accuracy == 1
    assert scores.recall == 1


@pytest.mark.parametrize(
    ("wake", "rain", "name"),
    [("card_arrival", "lost_card", "BANKING77"), ("alarm_query", "weather", "HWU64")],
)
def test_two_files(tmp_path: Path, wake: str, rain: str, name: str) -> None:
    two_files(tmp_path, wake, rain)
    (data,) = read(tmp_path)
    scores = measure(data)

    assert data.name == name
    assert (scores.accuracy, scores.recall) == (1, None)


def test_ten_folds_are_averaged(tmp_path: Path) -> None:
    ten_folds(tmp_path)
    (data,) = read(tmp_path)
    scores = measure(data)

    assert [len(fold.train) for fold in data.folds] == [10] * 10
    assert {intent for _, intent in data.folds[0].test} == {"alarm_set", "weather_query"}
    assert (scores.accuracy, scores.test) == (1, 20)


def test_a_folder_with_everything_is_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("clinc", "banking", "hwu"):
        (tmp_path / name).mkdir()
    clinc150(tmp_path / "clinc")
    two_files(tmp_path / "banking", "card_arrival", "lost_card")
    ten_folds(tmp_path / "hwu")

    assert main([str(tmp_path)]) == 0
    report = capsys.readouterr().out
    assert "CLINC150: 2 intents, 15 texts learnt, 4 asked" in report
    assert "BERT, oos-train               96.9          40.3" in report
    assert "this pipeline                100.0         100.0" in report
    assert "HWU64, ten folds" in report


def test_an_empty_folder_says_what_is_expected(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == 1
    assert "data_full.json (CLINC150)" in capsys.readouterr().err


def test_data_that_are_not_as_published_are_named(tmp_path: Path) -> None:
    (tmp_path / "data_full.json").write_text('{"train": [["a", "b"]]}', encoding="utf-8")
    with pytest.raises(YardstickError, match="not as CLINC150 was published"):
        read(tmp_path)
    (tmp_path / "data_full.json").unlink()
    (tmp_path / "train.csv").write_text("words,label\n", encoding="utf-8")
    with pytest.raises(YardstickError, match=r"no test\.csv"):
        read(tmp_path)
    (tmp_path / "test.csv").write_text("words,label\n", encoding="utf-8")
    with pytest.raises(YardstickError, match="the columns text and category"):
        read(tmp_path)
