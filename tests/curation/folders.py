"""Knowledge folders written for one test."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from bot.curation.yaml_files import KnowledgeFiles, read_knowledge


def write(folder: Path, **files: Any) -> KnowledgeFiles:
    """Writes ``name.yaml`` for each argument (text as it is, data as YAML) and reads the folder."""
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        text = (
            content
            if isinstance(content, str)
            else yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
        )
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return read_knowledge(folder)


def records(folder: Path, *items: dict[str, Any], **sections: Any) -> KnowledgeFiles:
    """One file of records, and one for each other section."""
    return write(
        folder, records={"records": list(items)}, **{name: {name: data} for name, data in sections.items()}
    )
