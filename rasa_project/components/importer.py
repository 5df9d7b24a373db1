"""Training data files, read once a training: Rasa's own reader, without the repeated copying around it.

Rasa asks its importer for the data twice (to look whether there is any, and to train) under two names of the
language, so that its own cache never helps; and at each of several merges it copies and fingerprints every example.
With twelve thousand examples that was a third of a training. What is read, checked and reported stays Rasa's: each
file goes through its reader, and every format works.
"""

from __future__ import annotations

import copy
from typing import Any

from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.loading import load_data
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData


class Sentence(Message):
    """A message that keeps its fingerprint when it is copied, and when it is set to what it has."""

    _cached_fingerprint: str | None

    @classmethod
    def of(cls, message: Message) -> Sentence:
        """The same message as one of these."""
        made = cls(message.data, set(message.output_properties), message.time, list(message.features))
        made._cached_fingerprint = message.fingerprint()
        return made

    def set(self, prop: str, info: Any, add_to_output: bool = False) -> None:
        """As Rasa's; only another value makes the fingerprint another one."""
        kept = self._cached_fingerprint if prop in self.data and self.data[prop] == info else None
        super().set(prop, info, add_to_output)
        self._cached_fingerprint = kept

    def __deepcopy__(self, memo: dict[int, Any]) -> Sentence:
        data = {
            key: value if isinstance(value, str) else copy.deepcopy(value, memo)
            for key, value in self.data.items()
        }
        made = type(self)(data, set(self.output_properties), self.time, copy.deepcopy(self.features, memo))
        made._cached_fingerprint = self._cached_fingerprint
        return made


class SentenceImporter(RasaFileImporter):
    """Rasa's importer of files, which reads NLU data once. ``config.yml`` names it under ``importers``."""

    _read: TrainingData | None = None

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """All NLU data. ``language`` makes no difference, as with every file format of Rasa's."""
        if self._read is None:
            found = [load_data(path, language) for path in self._nlu_files]
            for data in found:
                data.training_examples = [Sentence.of(message) for message in data.training_examples]
            self._read = TrainingData().merge(*found)
        return self._read
