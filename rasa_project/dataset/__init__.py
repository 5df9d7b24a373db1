"""Training data: phrases written by hand and names from the knowledge, made into what Rasa trains on.

    data/phrases/<lang>/<group>.yml     by hand; `{procedure}` and the like stand for a mention
    data/generated/lookup_<kind>.yml    generated from the knowledge: the names of one kind, both languages
    data/places.yml                     by hand: words for the places that answers differ by
    data/generated/nlu_<lang>.yml       made here from the first three

Rasa reads only what has an `nlu:` key: the last three. ``python -m dataset --help`` tells how to make and check it.
"""
