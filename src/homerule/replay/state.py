"""What a run has done so far, kept beside its output, so that after a kill the next run goes on where it stopped.

Each part's files are written first and its marker last; a marker that is there means that everything before it is.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

from homerule.errors import InputError
from homerule.replay.output import write_text

WORK = ".replay"


class State:
    """The markers of one run in one folder."""

    def __init__(self, out: str, settings: Mapping[str, Any]) -> None:
        """Raises InputError where the folder holds another run, or something else."""
        self.out = out
        self.work = os.path.join(out, WORK)
        self.rows = os.path.join(out, "rows")
        stamp = os.path.join(self.work, "run.json")
        if os.path.isfile(stamp):
            with open(stamp, encoding="utf-8") as file:
                before = json.load(file)
            if before != json.loads(json.dumps(settings)):
                changed = ", ".join(sorted(k for k in {*before, *settings} if before.get(k) != json.loads(json.dumps(settings)).get(k)))
                raise InputError(f"this folder holds another run (what differs: {changed})", where=out, help="Name another folder, or start over with --restart")
        elif os.path.isdir(out) and any(not n.startswith(".") for n in os.listdir(out)):
            raise InputError("this folder is not empty and holds no run", where=out, help="Name a new folder")
        os.makedirs(self.work, exist_ok=True)
        os.makedirs(self.rows, exist_ok=True)
        if not os.path.isfile(stamp):
            write_text(stamp, json.dumps(settings, indent=1, sort_keys=True) + "\n")
        for folder in (self.work, self.rows):  # what was being written at the kill
            for name in os.listdir(folder):
                if name.endswith(".part"):
                    os.remove(os.path.join(folder, name))

    def path(self, number: int, what: str) -> str:
        """Where part ``number`` keeps its ``tally``, ``apart`` or ``outcomes``; ``rows`` stand among the output."""
        return os.path.join(self.rows, f"part-{number:05}.parquet") if what == "rows" else os.path.join(self.work, f"{number:05}.{what}.parquet")

    def done(self) -> list[dict[str, Any]]:
        """The markers of the parts that are complete, from the first without a gap."""
        out: list[dict[str, Any]] = []
        while os.path.isfile(path := os.path.join(self.work, f"{len(out):05}.json")):
            with open(path, encoding="utf-8") as file:
                out.append(json.load(file))
        return out

    def mark(self, number: int, marker: Mapping[str, Any]) -> None:
        """Say that part ``number`` is complete."""
        write_text(os.path.join(self.work, f"{number:05}.json"), json.dumps(marker, sort_keys=True) + "\n")


def clear(out: str) -> None:
    """Remove a run (and only a run) from a folder."""
    import shutil

    if os.path.isdir(os.path.join(out, WORK)):
        for name in (WORK, "rows", "summary"):
            shutil.rmtree(os.path.join(out, name), ignore_errors=True)
        for name in ("outcomes.parquet", "not_placed.csv", "summary.json"):
            if os.path.exists(os.path.join(out, name)):
                os.remove(os.path.join(out, name))
