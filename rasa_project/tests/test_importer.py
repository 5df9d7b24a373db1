"""The importer reads what Rasa's reads, once, and its messages are the same after copying."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.message import Message

from components.importer import Sentence, SentenceImporter

NLU = """
version: "3.1"
nlu:
- intent: ask_duration
  examples: |
    - [环评](procedure)要批多久
    - 要多久
- synonym: EIA
  examples: |
    - 环评
"""
MORE = """
version: "3.1"
nlu:
- intent: ask_duration
  examples: |
    - 要多久
    - how long
- lookup: procedure
  examples: |
    - 环评
"""


@pytest.fixture
def data(tmp_path: Path) -> str:
    (tmp_path / "one.yml").write_text(NLU, encoding="utf-8")
    (tmp_path / "two.yml").write_text(MORE, encoding="utf-8")
    return str(tmp_path)


def test_it_reads_what_rasa_reads(data: str) -> None:
    ours = SentenceImporter(training_data_paths=data).get_nlu_data()
    rasas = RasaFileImporter(training_data_paths=data).get_nlu_data()

    assert ours.fingerprint() == rasas.fingerprint()
    assert len(ours.training_examples) == 3  # the same example in two files is one
    assert ours.lookup_tables == rasas.lookup_tables
    assert ours.entity_synonyms == {"环评": "EIA"}


def test_it_reads_once_whatever_the_language(data: str) -> None:
    importer = SentenceImporter(training_data_paths=data)
    before = importer.get_nlu_data()
    (Path(data) / "two.yml").unlink()

    assert importer.get_nlu_data("zh") is before


def test_rasa_finds_it_by_the_shipped_config(data: str) -> None:
    project = Path(__file__).resolve().parent.parent
    importer = TrainingDataImporter.load_nlu_importer_from_config(
        str(project / "config.yml"), None, training_data_paths=[data]
    )

    assert all(isinstance(each, Sentence) for each in importer.get_nlu_data().intent_examples)


def test_a_copy_is_equal_and_apart() -> None:
    message = Sentence.of(
        Message.build("环评要多久", "ask_duration", [{"entity": "procedure", "start": 0, "end": 2}])
    )
    copied = copy.deepcopy(message)

    assert copied == message
    copied.get("entities")[0]["end"] = 1
    assert message.get("entities")[0]["end"] == 2


def test_another_value_is_another_message() -> None:
    message = Sentence.of(Message.build("环评要多久", "ask_duration"))
    before = message.fingerprint()

    message.set("intent", "ask_duration")
    assert message.fingerprint() == before
    message.set("intent", "ask_fee")
    assert message.fingerprint() != before
    assert message.fingerprint() == Message.build("环评要多久", "ask_fee").fingerprint()
