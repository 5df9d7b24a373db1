"""The phrases for testing: none is learnt from, every intent is one of the domain's, and enough are understood."""

from __future__ import annotations

import pytest
import yaml
from conftest import PROJECT

from components.gazetteer import Gazetteer, delexicalise
from components.normalisation import normalise
from components.trained_classifier import Example, TrainedClassifier
from dataset.lookups import examples_of, read_blocks
from dataset.phrases import ANNOTATION, read_phrases, wording
from dataset.realise import read_names

ASKS = PROJECT / "tests" / "asks"
LEAST_RIGHT = {"zh": 0.95, "en": 0.87}


def asks(lang: str) -> list[tuple[str, str]]:
    path = ASKS / f"asks_{lang}.yml"
    return [
        (block["intent"], text) for block in read_blocks(path, "nlu") for text in examples_of(block, path)
    ]


def learnt() -> list[tuple[str, str]]:
    sentences = []
    for lang in ("zh", "en"):
        path = PROJECT / "data" / "generated" / f"nlu_{lang}.yml"
        for block in read_blocks(path, "nlu"):
            sentences += [(block["intent"], without_markup(text)) for text in examples_of(block, path)]
    return sentences


def without_markup(text: str) -> str:
    return ANNOTATION.sub(r"\1", text)


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    names = read_names(PROJECT / "data")
    return Gazetteer.from_names((kind, name) for kind, found in names.items() for name in found)


@pytest.fixture(scope="module")
def trained(gazetteer: Gazetteer) -> TrainedClassifier:
    examples = []
    for intent, text in learnt():
        written = normalise(text).text
        examples.append(Example(written, delexicalise(written, gazetteer.find(written)), intent))
    return TrainedClassifier.fit(examples, min_documents=3)


def test_none_is_learnt_from() -> None:
    taken = {wording(phrase.text) for phrase in read_phrases(PROJECT / "data" / "phrases")}
    taken |= {wording(text) for _, text in learnt()}

    assert [text for lang in ("zh", "en") for _, text in asks(lang) if wording(text) in taken] == []


def test_every_intent_is_of_the_domain() -> None:
    known = set(yaml.safe_load((PROJECT / "domain.yml").read_text(encoding="utf-8"))["intents"])

    for lang in ("zh", "en"):
        assert {intent for intent, _ in asks(lang)} <= known


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_enough_are_understood(lang: str, gazetteer: Gazetteer, trained: TrainedClassifier) -> None:
    wrong = []
    for intent, text in asks(lang):
        written = normalise(text).text
        prediction = trained.predict(delexicalise(written, gazetteer.find(written)))
        top, probability = prediction.ranking[0]
        heard = top if probability >= prediction.unknown else "out_of_scope"
        if heard != intent:
            wrong.append(f"{text}: {heard}, not {intent}")

    assert 1 - len(wrong) / len(asks(lang)) >= LEAST_RIGHT[lang], wrong
