"""Which model file fits the Rasa project as it stands: a fingerprint over everything that a model is made from."""

from __future__ import annotations

import hashlib
from pathlib import Path

_FILES = ("config.yml", "domain.yml", "requirements.txt")
_FOLDERS = (("components", "*.py"), ("data", "*.yml"))


def fingerprint(project: Path) -> str:
    """SHA-256 over each input's path and content; the same as ``rasa_project/dataset/fingerprint.py`` computes."""
    inputs = [project / name for name in _FILES]
    for folder, pattern in _FOLDERS:
        inputs += (project / folder).rglob(pattern)
    digest = hashlib.sha256()
    for path in sorted(inputs, key=lambda path: path.relative_to(project).as_posix()):
        digest.update(path.relative_to(project).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def fitting_model(project: Path) -> Path:
    """Where the model that fits is, or would be."""
    return project / "models" / f"nlu-{fingerprint(project)[:12]}.tar.gz"


def rasa_python(project: Path) -> Path:
    """The Python of Rasa's own environment."""
    return project / ".venv" / "bin" / "python"
