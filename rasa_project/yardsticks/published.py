"""The tables that the authors published, in percent: accuracy in scope, and recall of out-of-scope texts.

CLINC150: Larson and others, "An Evaluation Dataset for Intent Classification and Out-of-Scope Prediction", EMNLP-IJCNLP
2019 (https://aclanthology.org/D19-1131/), table 2, column "Full"; out-of-scope texts learnt as one more class
(``oos-train``, as we do), or told by a threshold on the confidence.

BANKING77 and HWU64: Casanueva and others, "Efficient Intent Detection with Dual Sentence Encoders", NLP for ConvAI 2020
(https://aclanthology.org/2020.nlp4convai-1.5/), table 3, column "Full".

HWU64, ten folds: Liu and others, "Benchmarking Natural Language Understanding Services for building Conversational Agents",
IWSDS 2019 (https://arxiv.org/abs/1903.05566), intents, micro-averaged F1 (which is the accuracy where each text has one).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One published line: a system, its accuracy in scope, its recall of out-of-scope texts."""

    system: str
    accuracy: float
    recall: float | None = None


PUBLISHED: dict[str, tuple[Row, ...]] = {
    "CLINC150": (
        Row("FastText, oos-train", 89.0, 9.7),
        Row("SVM, oos-train", 91.0, 14.5),
        Row("CNN, oos-train", 91.2, 18.9),
        Row("DialogFlow, oos-train", 91.7, 14.0),
        Row("Rasa, oos-train", 91.5, 45.3),
        Row("MLP, oos-train", 93.5, 47.4),
        Row("BERT, oos-train", 96.9, 40.3),
        Row("Rasa, threshold", 90.9, 20.6),
        Row("MLP, threshold", 93.4, 49.1),
        Row("BERT, threshold", 96.2, 52.3),
    ),
    "BANKING77": (
        Row("BERT, fixed", 87.19),
        Row("USE", 92.81),
        Row("ConveRT", 93.01),
        Row("USE+ConveRT", 93.36),
        Row("BERT, tuned", 93.66),
    ),
    "HWU64": (
        Row("BERT, fixed", 85.77),
        Row("ConveRT", 91.24),
        Row("USE", 91.25),
        Row("BERT, tuned", 92.10),
        Row("USE+ConveRT", 92.62),
    ),
    "HWU64, ten folds": (
        Row("LUIS", 85.5),
        Row("Rasa", 86.3),
        Row("Dialogflow", 86.4),
        Row("Watson", 88.2),
    ),
}
