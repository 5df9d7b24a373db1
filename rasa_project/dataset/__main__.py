"""Command line of the training data. Run in ``rasa_project/``; needs no Rasa and takes about a second."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from dataset import lookups, phrases
from dataset.fingerprint import PROJECT, model_name
from dataset.realise import SENTENCES_PER_PHRASE, generated_files, read_names


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 when all is well, 1 when the data has a problem (each is printed on a line)."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except lookups.DatasetError as error:
        print(error, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m dataset", description=__doc__)
    parser.add_argument("--data", type=Path, default=PROJECT / "data", help="data folder (default: data)")
    verbs = parser.add_subparsers(required=True)
    make = verbs.add_parser("realise", help="make data/generated/nlu_<lang>.yml from phrases and lookups")
    make.add_argument("--out", type=Path, help="folder to write to (default: <data>/generated)")
    make.add_argument(
        "--per-phrase", type=int, default=SENTENCES_PER_PHRASE, help="sentences for a phrase with slots"
    )
    make.set_defaults(run=_realise)
    verbs.add_parser(
        "check", help="report every problem, and generated files that are out of date"
    ).set_defaults(run=_check)
    verbs.add_parser("model-name", help="print the file name of the model that fits").set_defaults(
        run=_model_name
    )
    return parser


def _realise(options: argparse.Namespace) -> int:
    out = options.out or options.data / "generated"
    out.mkdir(parents=True, exist_ok=True)
    for name, content in generated_files(options.data, options.per_phrase).items():
        path = out / name
        # An unchanged file keeps its time stamp.
        if not path.exists() or path.read_text(encoding="utf-8") != content:
            path.write_text(content, encoding="utf-8")
        print(f"{path}: {content.count(chr(10) + '    - ')} sentences")
    return 0


def _check(options: argparse.Namespace) -> int:
    problems = lookups.problems_of(read_names(options.data))
    problems += phrases.problems_of(phrases.read_phrases(options.data / "phrases"))
    if not problems:
        for name, content in generated_files(options.data).items():
            path = options.data / "generated" / name
            if not path.exists() or path.read_text(encoding="utf-8") != content:
                problems.append(f"{path}: out of date; run `python -m dataset realise`")
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


def _model_name(options: argparse.Namespace) -> int:
    print(model_name(options.data.parent))
    return 0


if __name__ == "__main__":
    sys.exit(main())
