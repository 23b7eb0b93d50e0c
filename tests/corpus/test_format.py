"""The corpus format is a promise: version 1.0 does not change; a new format is a new version beside it."""

from __future__ import annotations

import hashlib
from pathlib import Path

from homerule.corpus import load_corpus
from homerule.corpus.format import FORMAT

SCHEMA = Path(__file__).parents[2] / "docs" / "reference" / f"corpus-format-{FORMAT}.schema.json"
FROZEN = {"1.0": "c226224fd5851e8566619e0b49c8f01de322b2ac586e1f989af29288de17eb11"}


def test_a_published_format_never_changes() -> None:
    for version, digest in FROZEN.items():
        path = SCHEMA.with_name(f"corpus-format-{version}.schema.json")
        assert hashlib.sha256(path.read_bytes()).hexdigest() == digest, f"format {version} is published: make a new version instead"


def test_the_corpus_is_written_in_the_newest_format() -> None:
    assert FORMAT in FROZEN
    assert load_corpus()._words["corpus"]["format"] == FORMAT
