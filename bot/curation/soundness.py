"""Whether a whole knowledge base may be published: the checks of the files, on a set that is not from files."""

from __future__ import annotations

import tempfile
from pathlib import Path

from bot.curation.checks import meaning
from bot.curation.export import export_knowledge
from bot.curation.publish import hindrances
from bot.curation.yaml_files import read_knowledge
from bot.domain.catalogue import KnowledgeSet


def problems_of(knowledge: KnowledgeSet) -> list[str]:
    """What forbids publishing, one line a problem. Takes a second: the set is written and read as files are."""
    with tempfile.TemporaryDirectory(prefix="yuanwen-") as folder:
        root = Path(folder) / "knowledge"
        export_knowledge(knowledge, root, "to be checked")
        files = read_knowledge(root)
        found = {*hindrances(files), *meaning.responsibilities(files), *meaning.places_to_ask(files)}
        return [problem.message for problem in sorted(found)]
