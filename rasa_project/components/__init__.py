"""Rasa graph components of this assistant: normalise, find mentions, classify what is asked.

``config.yml`` names them by their module path (``components.intent_classifier.CalibratedNgramClassifier``), so Rasa
finds them when it runs in this directory. Nothing here is pickled: a component keeps its state as JSON and as
``.npz`` arrays that are read with ``allow_pickle=False``.
"""
