"""Reads ``knowledge/templates/<language>/*.j2``: the assistant's own words. The only reader of that folder."""

from __future__ import annotations

from pathlib import Path

from bot.dialogue.wording import Templates


def read_templates(knowledge: Path) -> Templates:
    """The sources of all templates under the ``knowledge`` folder, by name such as ``zh/procedure.j2``."""
    root = knowledge / "templates"
    return Templates(
        {path.relative_to(root).as_posix(): path.read_text("utf-8") for path in sorted(root.rglob("*.j2"))}
    )
