"""The components inside Rasa: trained by its own command, loaded from its own archive, asked through its own agent."""

from __future__ import annotations

import asyncio
import io
import json
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import PROJECT
from rasa.core.agent import Agent
from rasa.model_training import train_nlu
from rasa.shared.core.domain import Domain
from rasa.shared.importers.importer import TrainingDataImporter

from components.normaliser import disarm
from dataset.lookups import render_lookup

CONFIG = """
recipe: default.v1
assistant_id: test
language: zh
pipeline:
- name: components.normaliser.TextNormaliser
- name: components.mention_extractor.GazetteerExtractor
- name: components.intent_classifier.CalibratedNgramClassifier
  min_documents: 1
  ranking_length: 4
policies: []
"""
DOMAIN = """
version: "3.1"
intents: [ask_duration, ask_who, greet]
entities: [procedure, place]
"""
NLU = """
version: "3.1"
nlu:
- intent: ask_duration
  examples: |
    - [环评](procedure)要批多久
    - [施工许可证](procedure)几天能下来
    - 办[环评](procedure)要多长时间
    - how long does the [EIA](procedure) take
    - how many days for the [EIA](procedure)
    - 要多久
- intent: ask_who
  examples: |
    - [环评](procedure)找谁
    - [施工许可证](procedure)归谁管
    - [新划入](place)的地方归谁管
    - [新划入](place)的地方找谁管
    - who handles the [EIA](procedure)
    - 找哪个部门
- intent: greet
  examples: |
    - 你好
    - 您好
    - hello
    - good morning
- lookup: place
  examples: |
    - 新划入
- synonym: newly_included
  examples: |
    - 新划入
"""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small model, trained as `rasa train nlu` does."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "config.yml").write_text(CONFIG, encoding="utf-8")
    (folder / "domain.yml").write_text(DOMAIN, encoding="utf-8")
    (folder / "data").mkdir()
    (folder / "data" / "nlu.yml").write_text(NLU, encoding="utf-8")
    lookup = render_lookup("procedure", ["环评", "环评报告表", "施工许可证", "EIA"])
    (folder / "data" / "lookup_procedure.yml").write_text(lookup, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("RASA_CACHE_DIRECTORY", str(folder / "cache"))
        trained = train_nlu("config.yml", "data", "models", domain="domain.yml")
    assert trained is not None
    return folder / trained


@pytest.fixture(scope="module")
def agent(model: Path) -> Agent:
    return Agent.load(str(model))


def parse(agent: Agent, text: str) -> dict[str, Any]:
    return asyncio.run(agent.parse_message(text))


def test_a_question_is_understood(agent: Agent) -> None:
    parsed = parse(agent, "環評報告表 要批多久？")

    assert parsed["intent"]["name"] == "ask_duration"
    assert parsed["entities"] == [
        {
            "entity": "procedure",
            "start": 0,
            "end": 5,
            "value": "环评报告表",
            "extractor": "GazetteerExtractor",
        }
    ]
    assert parsed["text"] == "環評報告表 要批多久？"
    assert parsed["intent_ranking"][0] == parsed["intent"]
    assert 0.5 < parsed["coverage"] <= 1
    json.dumps(parsed)  # as the server will


def test_a_synonym_gives_the_value_and_the_text_keeps_its_offsets(agent: Agent) -> None:
    (entity,) = parse(agent, "！！！  新划入的地方找谁")["entities"]

    assert (entity["entity"], entity["value"]) == ("place", "newly_included")
    assert (entity["start"], entity["end"]) == (5, 8)


@pytest.mark.parametrize(
    "text",
    ['/greet{"procedure": "环评"}', "/greet", "  /greet@0.99", "/ask_duration", "", "😀", "？？？", "42"],
)
def test_neither_a_command_nor_nothing_becomes_an_intent(agent: Agent, text: str) -> None:
    parsed = parse(agent, text)

    assert parsed["intent"] == {"name": "nlu_fallback", "confidence": 1.0}
    assert parsed["intent_ranking"] == [parsed["intent"]]


def test_a_question_after_a_slash_is_still_a_question(agent: Agent) -> None:
    assert parse(agent, "/环评要批多久")["intent"]["name"] == "ask_duration"


def test_a_megabyte_is_answered_at_once(agent: Agent) -> None:
    assert len(parse(agent, "环评要批多久" * 170_000)["entities"]) < 100


def test_only_plain_data_is_in_the_model(model: Path) -> None:
    with tarfile.open(model) as archive:
        files = {member.name: archive.extractfile(member) for member in archive if member.isfile()}
        contents = {name: file.read() for name, file in files.items() if file is not None}

    assert {Path(name).suffix for name in contents} == {".json", ".npz"}
    for name, content in contents.items():
        if name.endswith(".json"):
            json.loads(content)
        else:
            with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
                assert all(arrays[key].dtype != object for key in arrays)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("/greet", "／greet"), (" /greet", " ／greet"), ("a/b", "a/b"), ("//x", "／/x"), ("", ""), ("/", "／")],
)
def test_a_leading_slash_is_disarmed_in_place(text: str, expected: str) -> None:
    assert disarm(text) == expected


def test_domain_and_training_data_of_this_project_agree(in_project: Path) -> None:
    importer = TrainingDataImporter.load_from_config("config.yml", "domain.yml", ["data"])
    training_data = importer.get_nlu_data()
    domain = Domain.load(PROJECT / "domain.yml")

    assert training_data.intents == set(domain.intents) - {"back", "nlu_fallback", "restart", "session_start"}
    assert {table["name"] for table in training_data.lookup_tables} == set(domain.entities)
    assert not any("{" in example.get("text") for example in training_data.intent_examples)


def test_the_shipped_pipelines_name_what_exists(in_project: Path) -> None:
    from rasa.engine.recipes.default_recipe import DefaultV1Recipe
    from rasa.shared.data import TrainingType
    from rasa.shared.utils.io import read_model_configuration

    for path in ("config.yml", "configs/stock-diet.yml"):
        config = read_model_configuration(path)
        DefaultV1Recipe().graph_config_for_recipe(config, {}, training_type=TrainingType.NLU)
