"""A catalogue of any size: the real one, and records put together from the halves of real names and question forms."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence

from bot.dialogue.linking.forms import forms_of
from bot.dialogue.linking.values import Form, FormSort
from bot.dialogue.normal import chinese_share
from bot.domain.catalogue import KnowledgeSet
from bot.domain.records import Kind, Ref

# Forms of a made record, by sort and language.
_FORMS: Sequence[tuple[FormSort, str, int]] = (
    ("title", "zh", 1), ("title", "en", 1), ("alias", "zh", 2), ("alias", "en", 2), ("question", "zh", 1),
    ("question", "en", 1),
)  # fmt: skip


def forms(knowledge: KnowledgeSet, records: int) -> Iterator[Form]:
    """The real forms, and those of as many made records as are missing. The same call gives the same forms."""
    real = list(forms_of(knowledge))
    yield from real
    chance = random.Random(records)
    texts: defaultdict[tuple[FormSort, str], list[str]] = defaultdict(list)
    for form in real:
        texts[form.sort, "zh" if chinese_share(form.text) > 0.5 else "en"].append(form.text)
    kinds = list(Kind)
    names = {form.text for form in real if form.name}
    for number in range(records - len(knowledge.records)):
        ref = Ref(kinds[number % len(kinds)], f"made-{number}")
        for sort, language, count in _FORMS:
            of_sort = texts[sort, language]
            for _ in range(count):
                text = _joined(chance.choice(of_sort), chance.choice(of_sort), language)
                if (
                    sort == "question" or text not in names
                ):  # no two records share a name, as in a checked catalogue
                    names.add(text)
                    yield Form(ref, text, sort)


def _joined(first: str, second: str, language: str) -> str:
    """The first half of one text and the second half of another, cut between words."""
    if language == "zh":
        return first[: (len(first) + 1) // 2] + second[len(second) // 2 :]
    one, other = first.split(), second.split()
    return " ".join([*one[: (len(one) + 1) // 2], *other[len(other) // 2 :]])
