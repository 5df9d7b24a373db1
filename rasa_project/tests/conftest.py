"""Makes the project importable as Rasa does (from its own folder) and keeps Rasa quiet and at home."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
os.environ["RASA_TELEMETRY_ENABLED"] = "false"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
sys.path.insert(0, str(PROJECT))


@pytest.fixture
def in_project(monkeypatch: pytest.MonkeyPatch) -> Path:
    """Runs the test in the project folder."""
    monkeypatch.chdir(PROJECT)
    return PROJECT
