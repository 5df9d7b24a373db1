"""Second in the pipeline: names of records and places that a message mentions, as entities.

Learns nothing but the lookup tables of the training data (and the synonyms, for values). An entity's ``entity`` is
the kind, its ``value`` the name as the lookup spells it, or what a synonym makes of that name; ``start`` and ``end``
count in the text as it came.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components.gazetteer import Gazetteer, Mention
from components.kinds import KINDS
from components.normalisation import normalise
from components.normaliser import NORMALISED, TextNormaliser
from components.provenance import source_hash

MENTIONS = "mentions"
"""Message property (never in a response) with the list of ``Mention``."""

_FILE = "names.json"

# Rasa's recipe knows its own extractors only and says that lookups, synonyms and marked entities are unused.
for _message in (
    "lookup tables",
    "training data consisting of entity examples",
    "synonyms in your training data",
):
    warnings.filterwarnings("ignore", message=f"You have defined .*{_message}", category=UserWarning)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class GazetteerExtractor(GraphComponent, EntityExtractorMixin):
    """Finds the names of the lookup tables."""

    def __init__(
        self, model_storage: ModelStorage, resource: Resource, gazetteer: Gazetteer, values: dict[str, str]
    ) -> None:
        self._model_storage = model_storage
        self._resource = resource
        self._gazetteer = gazetteer
        self._values = values

    @classmethod
    def required_components(cls) -> list[type]:
        """It reads what the normaliser leaves."""
        return [TextNormaliser]

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Rasa's training cache sees this class only; tell it when the code behind it changes."""
        return source_hash()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> GazetteerExtractor:
        """One that knows no names yet."""
        return cls(model_storage, resource, Gazetteer({}), {})

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> GazetteerExtractor:
        """One with the names of a trained model."""
        with model_storage.read_from(resource) as folder:
            kept = json.loads((folder / _FILE).read_text(encoding="utf-8"))
        return cls(
            model_storage,
            resource,
            Gazetteer({pattern: (kind, name) for pattern, kind, name in kept["names"]}),
            kept["values"],
        )

    def train(self, training_data: TrainingData) -> Resource:
        """Keep the names of the lookup tables whose name is a kind, and what synonyms make of them."""
        self._gazetteer = gazetteer_of(training_data)
        synonyms = {normalise(text).text: value for text, value in training_data.entity_synonyms.items()}
        entries = self._gazetteer.entries
        self._values = {
            name: synonyms[pattern] for pattern, (_, name) in entries.items() if pattern in synonyms
        }
        with self._model_storage.write_to(self._resource) as folder:
            kept = {
                "names": [(pattern, kind, name) for pattern, (kind, name) in entries.items()],
                "values": self._values,
            }
            (folder / _FILE).write_text(json.dumps(kept, ensure_ascii=False, indent=0), encoding="utf-8")
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Add mentions, as entities and for the classifier, in place."""
        for message in messages:
            mentions = self._gazetteer.find(message.get(NORMALISED).text)
            message.set(MENTIONS, mentions)
            entities = self.add_extractor_name(self._entities(message, mentions))
            message.set(ENTITIES, (message.get(ENTITIES) or []) + entities, add_to_output=True)
        return messages

    def _entities(self, message: Message, mentions: Sequence[Mention]) -> list[dict[str, Any]]:
        entities = []
        for mention in mentions:
            start, end = message.get(NORMALISED).span(mention.start, mention.end)
            value = self._values.get(mention.name, mention.name)
            entities.append({"entity": mention.kind, "start": start, "end": end, "value": value})
        return entities


def gazetteer_of(training_data: TrainingData) -> Gazetteer:
    """The names in the lookup tables that are named after a kind."""
    return _gazetteer(
        tuple(
            (table["name"], name)
            for table in training_data.lookup_tables
            if table["name"] in KINDS
            for name in table["elements"]
        )
    )


@lru_cache(maxsize=1)
def _gazetteer(names: tuple[tuple[str, str], ...]) -> Gazetteer:
    """Made once a training, which asks for it twice."""
    return Gazetteer.from_names(names)
