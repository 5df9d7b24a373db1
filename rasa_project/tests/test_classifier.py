from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.coverage import Bounds, CoverageGuard, coverage, is_mostly_chinese, root, steps
from components.features import VIEWS, features, units
from components.kinds import TOKENS
from components.normalisation import normalise
from components.trained_classifier import Example, TrainedClassifier
from components.vectoriser import VIEW_WEIGHTS

P = TOKENS["procedure"]
PHRASES = {
    "ask_duration": [f"{P}要多久", f"{P}要批多久", f"{P}几天能下来", f"办{P}多长时间", f"how long does {P} take",
                     f"how many days for {P}", "要多久", "how long", f"{P}多久能办好", f"time needed for {P}"],
    "ask_documents": [f"{P}要什么材料", f"{P}带哪些资料", f"办{P}要交什么", f"what papers for {P}", "要带什么材料",
                      f"which documents do i need for {P}", "what do i bring", f"{P}材料清单", f"{P}需要哪些证件"],
    "ask_who": [f"{P}找谁", f"{P}归谁管", f"谁负责{P}", f"who handles {P}", "找谁", "who is in charge",
                f"{P}找哪个部门", f"whom do i ask about {P}", f"{P}是谁在管"],
}  # fmt: skip


def examples() -> list[Example]:
    return [
        Example(written=text.replace(P, name), delexicalised=text, intent=intent)
        for intent, texts in PHRASES.items()
        for text in texts
        for name in ("环评", "eia")
    ]


STRANGERS = ["番茄炒蛋多久", "明天下雨吗", "讲个笑话", "tell me a joke", "666"]


@pytest.fixture(scope="module")
def trained() -> TrainedClassifier:
    strangers = [Example(text, text, "out_of_scope") for text in STRANGERS]
    return TrainedClassifier.fit([*examples(), *strangers], min_documents=1)


def ask(trained: TrainedClassifier, text: str) -> tuple[str, float]:
    prediction = trained.predict(normalise(text).text if P not in text else text)
    return prediction.ranking[0]


def test_it_learns_what_is_asked(trained: TrainedClassifier) -> None:
    assert ask(trained, f"{P}大概多久")[0] == "ask_duration"
    assert ask(trained, f"which papers for the {P}")[0] == "ask_documents"
    assert ask(trained, f"这个{P}归谁")[0] == "ask_who"


def test_a_name_that_is_not_recognised_does_not_hide_the_question(trained: TrainedClassifier) -> None:
    assert ask(trained, "环平要批多久")[0] == "ask_duration"


def test_probabilities_are_a_distribution(trained: TrainedClassifier) -> None:
    prediction = trained.predict(f"{P}要多久")

    assert sum(confidence for _, confidence in prediction.ranking) == pytest.approx(1 - prediction.unknown)
    confidences = [confidence for _, confidence in prediction.ranking]
    assert confidences == sorted(confidences, reverse=True)
    assert {intent for intent, _ in prediction.ranking} == {*PHRASES, "out_of_scope"}


@pytest.mark.parametrize(
    "text", ["", "   ", "😀😀😀", "？？！", "12345", "пожалуйста помогите", "qzxv wkjh", "囍龘靐"]
)
def test_what_is_unknown_never_becomes_a_confident_intent(trained: TrainedClassifier, text: str) -> None:
    prediction = trained.predict(normalise(text).text)

    assert prediction.unknown == 1
    assert all(confidence == 0 for _, confidence in prediction.ranking)


@given(st.text(max_size=80))
def test_any_text_can_be_asked(trained: TrainedClassifier, text: str) -> None:
    prediction = trained.predict(normalise(text).text)

    assert 0 <= prediction.unknown <= 1
    assert 0 <= prediction.coverage <= 1
    assert all(0 <= confidence <= 1 for _, confidence in prediction.ranking)


def test_what_only_out_of_scope_phrases_know_takes_confidence_from_the_others(
    trained: TrainedClassifier,
) -> None:
    prediction = trained.predict("番茄炒鸡多久能好")
    assert prediction.coverage < 0.7
    assert dict(prediction.ranking)["out_of_scope"] + prediction.unknown > 0.5


def test_what_is_kept_answers_the_same(trained: TrainedClassifier, tmp_path: Path) -> None:
    trained.save(tmp_path)
    loaded = TrainedClassifier.load(tmp_path)

    for example in examples():
        before, after = trained.predict(example.delexicalised), loaded.predict(example.delexicalised)
        assert before.ranking[0][0] == after.ranking[0][0]
        assert dict(before.ranking) == pytest.approx(dict(after.ranking), abs=0.01)
        assert before.coverage == after.coverage


def test_training_is_deterministic(tmp_path: Path) -> None:
    contents = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        TrainedClassifier.fit(examples(), min_documents=1).save(tmp_path / name)
        arrays = np.load(tmp_path / name / "arrays.npz", allow_pickle=False)
        contents.append(
            [
                (tmp_path / name / "classifier.json").read_text(),
                *(arrays[key].tolist() for key in sorted(arrays)),
            ]
        )

    assert contents[0] == contents[1]


def test_one_intent_is_not_enough() -> None:
    with pytest.raises(ValueError, match="at least two intents"):
        TrainedClassifier.fit([Example("要多久", "要多久", "ask_duration")], min_documents=1)


def test_a_pickled_array_is_refused(trained: TrainedClassifier, tmp_path: Path) -> None:
    trained.save(tmp_path)
    np.savez(tmp_path / "arrays.npz", weights=np.array([{"run": "code"}], dtype=object), bias=[0], rarity=[0])

    with pytest.raises(ValueError, match="allow_pickle=False"):
        TrainedClassifier.load(tmp_path)


def test_coverage_counts_what_is_known_in_its_surroundings() -> None:
    known = {"u多", "u久", "n多\t久"}

    assert coverage("多久", known) == 1
    assert coverage("多X久", known) == pytest.approx(1 / 3)
    assert coverage(P, known) == 1
    assert coverage("", known) == 0
    assert coverage("123?", known) == 0


def test_confidence_rises_between_the_bounds() -> None:
    bounds = Bounds(nothing=0.3, everything=0.7)

    assert [bounds.factor(value) for value in (0, 0.3, 0.7, 1)] == [0, 0, 1, 1]
    assert bounds.factor(0.5) == pytest.approx(0.5)


def test_each_script_has_its_own_bounds() -> None:
    guard = CoverageGuard(chinese=Bounds(0.6, 0.8), latin=Bounds(0.2, 0.4))

    assert guard.factor("多久能好", 0.5) == 0
    assert guard.factor("how long", 0.5) == 1
    assert guard.factor("eia要多久", 0.5) == 0


@pytest.mark.parametrize(
    ("text", "chinese"), [("多久", True), ("how long", False), ("多久 long", True), ("", False), (P, False)]
)
def test_a_text_is_chinese_when_half_of_its_units_are(text: str, chinese: bool) -> None:
    assert is_mostly_chinese(text) is chinese


def test_endings_of_latin_words_do_not_count() -> None:
    assert {root(word) for word in ("approve", "approves", "approved", "approving")} == {"approv"}
    assert [root(word) for word in ("planning", "status", "is", "cities", "多")] == [
        "plan",
        "status",
        "is",
        "city",
        "多",
    ]
    assert coverage("who approves", set(steps("who approved"))) == 1


def test_units_take_chinese_apart_and_keep_words_together() -> None:
    assert units(f"rent a 厂房 {P}12.5亿?") == ["rent", "a", "厂", "房", P, "0", "亿", "?"]


def test_every_feature_belongs_to_a_view() -> None:
    assert set(VIEW_WEIGHTS) == set(VIEWS)
    assert {feature[0] for feature in features(f"how long 要多久 {P}")} == set(VIEWS)
