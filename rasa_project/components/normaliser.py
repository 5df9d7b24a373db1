"""First in the pipeline: reads a message once and leaves its normalised text and its tokens for the others.

The text of the message itself stays as it came, with one exception: a slash at its start becomes a full-width one.
Rasa takes a text such as ``/greet{...}`` for a parsed message and skips every model; a person must not be able to
set an intent or an entity that way. One character for one, so offsets hold.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components.features import unit_spans
from components.normalisation import MAX_CHARACTERS, NormalisedText, normalise
from components.provenance import source_hash

NORMALISED = "normalised"
"""Message property (never in a response) that holds the ``NormalisedText``."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class TextNormaliser(GraphComponent):
    """Sets ``NORMALISED`` and the tokens of each message. Reads at most ``max_characters`` of a text."""

    def __init__(self, max_characters: int) -> None:
        self._max_characters = max_characters

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``max_characters``: how much of a text is read."""
        return {"max_characters": MAX_CHARACTERS}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> TextNormaliser:
        """Make one from its configuration; it has nothing to load."""
        return cls(max_characters=int(config["max_characters"]))

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Rasa's training cache sees this class only; tell it when the code behind it changes."""
        return source_hash()

    def process(self, messages: list[Message]) -> list[Message]:
        """Normalise messages, in place."""
        for message in messages:
            text = disarm(message.get(TEXT) or "")
            normal = normalise(text, self._max_characters)
            message.set(TEXT, text, add_to_output=True)
            message.set(NORMALISED, normal)
            message.set(TOKENS_NAMES[TEXT], _tokens(normal))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Leave the examples as they are: whatever trains on them normalises them itself.

        Rasa takes a fingerprint of every property of every example after each step; tokens of thousands of
        examples would cost more time than all the training.
        """
        return training_data


def disarm(text: str) -> str:
    """The text with a slash that starts it made full-width, so that Rasa does not read it as an intent."""
    blank = len(text) - len(text.lstrip())
    return f"{text[:blank]}／{text[blank + 1 :]}" if text[blank : blank + 1] == "/" else text


def _tokens(normal: NormalisedText) -> list[Token]:
    tokens = []
    for start, end in unit_spans(normal.text):
        first, last = normal.span(start, end)
        tokens.append(Token(normal.text[start:end], first, last))
    return tokens
