"""Checks of what people call things: every record can be reached, and no name leads to two by accident."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from bot.curation.problems import Problem
from bot.curation.yaml_files import Entry, KnowledgeFiles
from bot.dialogue.normal import key
from bot.domain.catalogue import ref_of
from bot.domain.links import Path
from bot.domain.records import Matter, Record, Ref
from bot.domain.text import Language

MIN_KEY = 2  # characters; a shorter form says nothing


@dataclass(frozen=True, slots=True)
class Form:
    """One way to say a record. ``key`` is what is compared: case, width, spaces and punctuation do not count."""

    entry: Entry
    ref: Ref
    path: Path
    text: str
    key: str


def shared_names(files: KnowledgeFiles) -> Iterator[Problem]:
    """A name or question form of two records that are no family, and that is not listed as ambiguous."""
    family = _Family(files)
    for code, what in (("shared-name", "name"), ("shared-question", "question")):
        of_names = code == "shared-name"
        for borne in _by_key(files, names=of_names, questions=not of_names).values():
            for first, second in combinations(borne.values(), 2):
                if not family.holds(first, second):
                    message = (
                        f"{second.ref}: the {what} {second.text!r} is also one of {first.ref}: list it in "
                        "ambiguous_names with both, put both in one subject, or take it from one"
                    )
                    yield second.entry.problem(code, message, second.path)


def repeated_forms(files: KnowledgeFiles) -> Iterator[Problem]:
    """The same form twice in one list."""
    for entry, record in files.records():
        seen: dict[tuple[object, ...], str] = {}
        for form in _forms(entry, record, names=False, questions=True):
            place = (*form.path[:2], form.key)
            if place in seen:
                message = f"{form.ref}: {form.text!r} says the same as {seen[place]!r}: keep one"
                yield entry.problem("repeated-form", message, form.path)
            seen.setdefault(place, form.text)


def out_of_reach(files: KnowledgeFiles) -> Iterator[Problem]:
    """A record that no question of a language can lead to: nothing to call it by, or only what belongs to others."""
    family = _Family(files)
    bearers = _by_key(files, names=True, questions=True)
    for entry, record in files.records():
        for language in Language:
            forms = [
                form
                for form in _forms(entry, record, names=False, questions=True)
                if form.path[1] == language and len(form.key) >= MIN_KEY
            ]
            if not forms:
                message = f"{ref_of(record)}: no alias or question in {language}: write how people ask for it"
                yield entry.problem("out-of-reach", message, ("aliases", language))
            elif all(_shadowed(form, bearers, family) for form in forms):
                message = f"{ref_of(record)}: every {language} form of it belongs to other records too: add one of its own"
                yield entry.problem("out-of-reach", message, ("aliases", language))


def _shadowed(form: Form, bearers: Mapping[str, dict[Ref, Form]], family: _Family) -> bool:
    others = (other for ref, other in bearers[form.key].items() if ref != form.ref)
    return any(not family.holds(form, other) for other in others)


class _Family:
    """Which records may share a name: of one subject, counterparts of each other, or listed as ambiguous together."""

    def __init__(self, files: KnowledgeFiles) -> None:
        knowledge = files.knowledge
        self._subject = {member: subject.id for subject in knowledge.subjects for member in subject.members}
        self._counterparts = {
            (ref.id, other)
            for ref, record in knowledge.records.items()
            if isinstance(record, Matter)
            for other in record.counterpart
        }
        self._ambiguous: defaultdict[str, set[str]] = defaultdict(set)
        for name in knowledge.ambiguous_names:
            self._ambiguous[_key(name.name)].update(name.candidates)

    def holds(self, one: Form, two: Form) -> bool:
        """True when the two may share their key."""
        subject = self._subject.get(str(one.ref))
        pair = (one.ref.id, two.ref.id)
        return (
            (subject is not None and subject == self._subject.get(str(two.ref)))
            or pair in self._counterparts
            or pair[::-1] in self._counterparts
            or {str(one.ref), str(two.ref)} <= self._ambiguous.get(one.key, set())
        )


def _by_key(files: KnowledgeFiles, *, names: bool, questions: bool) -> Mapping[str, dict[Ref, Form]]:
    """The bearers of every key, each with its first form of it."""
    found: defaultdict[str, dict[Ref, Form]] = defaultdict(dict)
    for entry, record in files.records():
        for form in _forms(entry, record, names=names, questions=questions):
            if len(form.key) >= MIN_KEY and (names or form.path[0] == "questions"):
                found[form.key].setdefault(form.ref, form)
    return found


def _forms(entry: Entry, record: Record, *, names: bool, questions: bool) -> Iterator[Form]:
    """The aliases of a record, with its names and its question forms as wanted."""
    ref = ref_of(record)
    for language in Language:
        if names:
            yield Form(
                entry, ref, ("name", language.value), record.name[language], _key(record.name[language])
            )
        for field, forms in (("aliases", record.aliases), ("questions", record.questions)):
            if field == "aliases" or questions:
                of_language = forms.zh if language is Language.ZH else forms.en
                for place, text in enumerate(of_language):
                    yield Form(entry, ref, (field, language.value, place), text, _key(text))


@lru_cache(maxsize=2**16)
def _key(text: str) -> str:
    return key(text)  # several checks ask for the same ones
