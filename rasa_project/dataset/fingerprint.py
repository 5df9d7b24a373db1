"""What a trained model was made from, as one short text: a model file that is named by it still fits.

Needs the standard library only, so that any Python can ask: ``python dataset/fingerprint.py``.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
_FILES = ("config.yml", "domain.yml", "requirements.txt")
_FOLDERS = (("components", "*.py"), ("data", "*.yml"))


def inputs(project: Path = PROJECT) -> list[Path]:
    """The files that determine a model, sorted by their path inside the project."""
    found = [project / name for name in _FILES]
    for folder, pattern in _FOLDERS:
        found += (project / folder).rglob(pattern)
    return sorted(found, key=lambda path: path.relative_to(project).as_posix())


def fingerprint(project: Path = PROJECT) -> str:
    """SHA-256 (64 hexadecimal digits) over each input: its path, a zero byte, and the SHA-256 of its content."""
    digest = hashlib.sha256()
    for path in inputs(project):
        digest.update(path.relative_to(project).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def model_name(project: Path = PROJECT) -> str:
    """File name of the model that fits: ``nlu-<first 12 digits>.tar.gz``."""
    return f"nlu-{fingerprint(project)[:12]}.tar.gz"


if __name__ == "__main__":
    print(model_name())
