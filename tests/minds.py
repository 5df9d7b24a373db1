"""The real knowledge as the dialogue thinks with it, built once for all tests that read it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from bot.app import build_minds
from bot.curation.language_files import read_lexicon
from bot.curation.template_files import read_templates
from bot.curation.yaml_files import read_knowledge
from bot.dialogue.mind import Mind
from bot.dialogue.wording import Wording
from bot.domain.catalogue import Revision
from bot.domain.text import Audience
from bot.nlu.gazetteer import Gazetteer

TODAY = date(2026, 11, 24)
KNOWLEDGE = Path(__file__).parent.parent / "knowledge"


@cache
def minds() -> dict[Audience, Mind]:
    """The minds of the knowledge folder."""
    revision = Revision(1, "test", datetime(2026, 11, 24, tzinfo=UTC))
    return build_minds(read_knowledge(KNOWLEDGE).knowledge, revision, read_lexicon(KNOWLEDGE))


@cache
def wording() -> Wording:
    """The templates of the knowledge folder."""
    return Wording(read_templates(KNOWLEDGE))


@cache
def gazetteer() -> Gazetteer:
    """Word lists as the understanding: the same on every machine."""
    return Gazetteer(read_lexicon(KNOWLEDGE))
