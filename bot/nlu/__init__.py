"""Adapters that understand text: the Rasa client and its cache, the watched Rasa process, the gazetteer as last resort."""
