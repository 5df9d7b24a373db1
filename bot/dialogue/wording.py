"""Renders the assistant's own words from the templates of ``knowledge/templates``. Holds no sentence itself.

One file a kind of thing (``procedure.j2`` …) in each language's folder; one block in it for each ask or act. Plain
text comes out: no markup, and nothing that a person typed ever goes in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jinja2 import DictLoader, StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

from bot.domain.records import TimeLimit
from bot.domain.text import Bilingual, Language

_BLANK_LINES = re.compile(r"\n{3,}")
_TRAILING = re.compile(r"[ \t]+\n")


@dataclass(frozen=True, slots=True)
class Templates:
    """The template texts by name: ``zh/procedure.j2`` → source."""

    sources: Mapping[str, str]


class Wording:
    """Compiled templates. Raises KeyError for a block that does not exist, so that a test finds it."""

    def __init__(self, templates: Templates) -> None:
        self._environment = ImmutableSandboxedEnvironment(
            loader=DictLoader(templates.sources),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            autoescape=False,  # plain text; every channel escapes for itself
        )
        self._environment.filters["number"] = _number
        self._environment.filters["units"] = _units
        self._words: dict[Language, object] = {}
        self._templates: dict[tuple[Language, str], Template] = {}
        for name in templates.sources:
            language, _, file = name.partition("/")
            if language not in tuple(Language) or not file.endswith(".j2"):
                continue
            template = self._environment.get_template(name)
            if file == "_words.j2":
                self._words[Language(language)] = template.module
            else:
                self._templates[Language(language), file.removesuffix(".j2")] = template

    def blocks(self, language: Language, file: str) -> frozenset[str]:
        """The names of a file's blocks."""
        template = self._templates.get((language, file))
        return frozenset(template.blocks) if template else frozenset()

    def files(self, language: Language) -> frozenset[str]:
        """The names of a language's files."""
        return frozenset(file for spoken, file in self._templates if spoken is language)

    def say(self, language: Language, file: str, block: str, **values: Any) -> str:
        """The text of one block: no trailing spaces, no more than one empty line together."""
        template = self._templates[language, file]
        context = template.new_context({"t": _translator(language), "w": self._words[language], **values})
        text = "".join(template.blocks[block](context))
        return _BLANK_LINES.sub("\n\n", _TRAILING.sub("\n", text)).strip()


def _translator(language: Language) -> Any:
    """The function ``t`` of the templates: a bilingual text → the text in this language."""

    def translate(text: Bilingual | None) -> str:
        return text[language] if text is not None else ""

    return translate


def _units(limit: TimeLimit) -> list[str]:
    """The units of a time limit and its cases, each once; a limit of "at once" has none to explain."""
    if not limit.variants:
        return [limit.unit] if limit.value and limit.unit else []
    return list(dict.fromkeys(case.unit for case in limit.variants if case.value))


def _number(value: float) -> str:
    """122.48 → ``122.48``; 35.0 → ``35``."""
    return f"{value:g}" if value < 1e6 else f"{value:.0f}"


__all__ = ["Templates", "Wording"]
