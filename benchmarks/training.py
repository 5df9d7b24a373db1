"""Training the shipped model anew, without Rasa's cache."""

from __future__ import annotations

import argparse
import re
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Final

from benchmarks.measure import load_note, show, verdict
from benchmarks.servers import train
from bot.curation.evaluation.tables import Table
from bot.settings import read_settings

SECONDS: Final = 15.0
_STEP: Final = re.compile(r"^(\S+ \S+) INFO\s+rasa\.engine\.training\.hooks", re.MULTILINE)


def run(options: argparse.Namespace) -> None:
    """Prints the table."""
    settings = read_settings()
    project = settings.rasa_dir
    with tempfile.TemporaryDirectory(prefix="yuanwen-model-") as folder:
        model = Path(folder) / "model.tar.gz"
        whole = train(settings, project / "data", project / "config.yml", model.parent, model)
        size = model.stat().st_size / 1e6
    log = (settings.var_dir / "bench" / "training.log").read_text(encoding="utf-8", errors="replace")
    steps = [datetime.fromisoformat(moment) for moment in _STEP.findall(log)]
    training = (steps[-1] - steps[0]).total_seconds() if steps else float("nan")
    row = (f"{training:.0f} s", verdict(training, SECONDS), f"{whole:.0f} s", f"{size:.1f} MB")
    head = ("training", f"target < {SECONDS:.0f} s", "whole command", "model")
    show(
        Table(
            "Training",
            head,
            (row,),
            f"the rest of the command is importing TensorFlow, reading data, packing; {load_note()}",
        )
    )
