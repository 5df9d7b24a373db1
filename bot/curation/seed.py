"""The folder's knowledge at a start: read only when it is not what the database has already."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.domain.catalogue import KnowledgeSet
from bot.domain.errors import InvalidInput

_CODE: Final = (
    Path(__file__).resolve().parent.parent
)  # other code may read other knowledge from the same files
_CODE_PARTS: Final = ("domain", "curation")


@dataclass(frozen=True, slots=True)
class FolderSeed:
    """Gives the knowledge of ``folder`` to a database that never had it.

    ``memory``: a file that keeps which knowledge the folder was the last time, so that an unchanged folder is not read.
    ``warn`` gets one line when the folder cannot be loaded, or has problems that do not forbid it.
    """

    folder: Path
    memory: Path
    warn: Callable[[str], None]

    def __call__(self, known: Set[str]) -> KnowledgeSet | None:
        """``known``: the digests of the revisions that the database has. None: there is nothing to load.

        Raises InvalidInput when the folder cannot be loaded and the database has no revision to go on with.
        """
        seal = folder_seal(self.folder)
        if self._remembered(seal) in known:
            return None
        try:
            return self._read(seal)
        except InvalidInput as error:
            if not known:
                raise
            self.warn(f"{error}; the revision in the database stays in use")
            return None

    def _remembered(self, seal: str) -> str | None:
        try:
            memory = json.loads(self.memory.read_text(encoding="utf-8"))
            return str(memory["digest"]) if memory["seal"] == seal else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _read(self, seal: str) -> KnowledgeSet:
        from bot.curation.publish import read_for_publishing
        from bot.domain.shapes import digest_of

        knowledge = read_for_publishing(self.folder)
        self.memory.parent.mkdir(parents=True, exist_ok=True)
        content = json.dumps({"seal": seal, "digest": digest_of(knowledge)})
        self.memory.write_text(content, encoding="utf-8")
        return knowledge


def folder_seal(folder: Path) -> str:
    """SHA-256 over the record files and over the code that reads them. Takes milliseconds."""
    files = [(path.relative_to(folder).as_posix(), path) for path in folder.rglob("*.yaml")]
    for part in _CODE_PARTS:
        files += [(path.relative_to(_CODE).as_posix(), path) for path in (_CODE / part).rglob("*.py")]
    digest = hashlib.sha256()
    for name, path in sorted(files):
        digest.update(name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
