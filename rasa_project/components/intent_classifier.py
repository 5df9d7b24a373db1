"""Last in the pipeline: what is asked, with a probability for each intent, and how much of the text is known.

Where a message is mostly or wholly unknown, a part or all of the probability goes to ``nlu_fallback``; so it does
when a message looks like a command (``/greet``), which is no question and must not become an intent.
"""

from __future__ import annotations

import re
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components.gazetteer import delexicalise
from components.mention_extractor import MENTIONS, gazetteer_of
from components.normalisation import normalise
from components.normaliser import NORMALISED
from components.provenance import source_hash
from components.trained_classifier import Example, Prediction, TrainedClassifier

_NEGLIGIBLE = 1e-6  # rounding
_COMMAND = re.compile(r"/[a-z]")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class CalibratedNgramClassifier(GraphComponent, IntentClassifier):
    """Sets ``intent``, ``intent_ranking`` and ``coverage`` of a message."""

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        trained: TrainedClassifier | None = None,
    ) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._trained = trained

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``ranking_length``: intents reported; ``min_documents``: training texts that a feature has to be in."""
        return {"ranking_length": 10, "min_documents": 3}

    @staticmethod
    def required_packages() -> list[str]:
        """Training needs scikit-learn."""
        return ["sklearn"]

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
    ) -> CalibratedNgramClassifier:
        """One that is not trained."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> CalibratedNgramClassifier:
        """A trained one."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, TrainedClassifier.load(folder))

    def train(self, training_data: TrainingData) -> Resource:
        """Train on the examples that have a text and an intent, and keep the result."""
        gazetteer = gazetteer_of(training_data)
        examples = []
        for message in training_data.intent_examples:
            written = normalise(message.get(TEXT) or "").text
            delexicalised = delexicalise(written, gazetteer.find(written))
            examples.append(Example(written, delexicalised, message.get(INTENT)))
        self._trained = TrainedClassifier.fit(examples, int(self._config["min_documents"]))
        with self._model_storage.write_to(self._resource) as folder:
            self._trained.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Classify messages, in place."""
        if self._trained is None:
            raise RuntimeError("the classifier is asked before it is trained")
        for message in messages:
            if message.get(MENTIONS) is None:
                # Not in `required_components`: Rasa looks for those in the training graph, where none of them runs.
                raise InvalidConfigException(
                    "the pipeline needs TextNormaliser and GazetteerExtractor before this"
                )
            text = message.get(NORMALISED).text
            text = "" if _COMMAND.match(text) else delexicalise(text, message.get(MENTIONS))
            prediction = self._trained.predict(text)
            ranking = _ranking(prediction)[: int(self._config["ranking_length"])]
            message.set(INTENT, dict(ranking[0]), add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
            message.set("coverage", round(prediction.coverage, 3), add_to_output=True)
        return messages


def _ranking(prediction: Prediction) -> list[dict[str, Any]]:
    """As Rasa reports it; what the guard took away is the confidence of ``nlu_fallback``."""
    ranking = [entry for entry in prediction.ranking if entry[1] > 0]
    if prediction.unknown > _NEGLIGIBLE:
        ranking.append((DEFAULT_NLU_FALLBACK_INTENT_NAME, prediction.unknown))
        ranking.sort(key=lambda entry: -entry[1])
    return [{"name": intent, "confidence": confidence} for intent, confidence in ranking]
