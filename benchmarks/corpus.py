"""What the size of the corpus costs: loading it compiled, and deciding with half of it and with all of it, in one run.

    python benchmarks/corpus.py
"""

from __future__ import annotations

import os
import shutil
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from homerule.corpus import Corpus, law_folder
from homerule.reasoning import Engine, Request

REQUEST = Request("Travis County, TX", "sheriff", "detainer", "2026-11-01", {"process": "admin_warrant", "claims_citizenship": False})


def median(call: Any, rounds: int) -> float:
    took = []
    for _ in range(rounds):
        begun = time.perf_counter()
        call()
        took.append(time.perf_counter() - begun)
    return statistics.median(took)


def main() -> None:
    everything = Path(law_folder())
    with tempfile.TemporaryDirectory() as folder:
        os.environ["HOMERULE_CACHE"] = str(Path(folder) / "cache")
        half = Path(folder) / "law"
        states = sorted(p.name for p in everything.iterdir() if p.is_dir() and len(p.name) == 2)
        keep = {"us", "tx", *states[::2]}
        shutil.copytree(everything, half, ignore=lambda d, names: [n for n in names if Path(d) == everything and n in states and n not in keep])
        for name, law in (("half", half), ("all", everything)):
            corpus = Corpus(law)
            begun = time.perf_counter()
            corpus.all_shards()
            compiled = time.perf_counter() - begun
            whole = median(lambda law=law: Corpus(law).all_shards(), 9)
            one = median(lambda law=law: Corpus(law).shards(("us", "tx")), 9)
            first = median(lambda law=law: Engine(Corpus(law)).decide(REQUEST), 9)
            engine = Engine(corpus)
            engine.decide(REQUEST)
            warm = median(lambda engine=engine: engine.decide(REQUEST), 2000)
            count = sum(len(s.norms) for s in corpus.all_shards())
            print(
                f"{name:>4}: {count:5} norms   compile from TOML {compiled:6.2f} s   load all compiled {whole * 1e3:6.1f} ms   load what one state needs {one * 1e3:5.1f} ms   "
                f"first decision {first * 1e3:6.1f} ms   warm decision {warm * 1e6:6.1f} us"
            )


if __name__ == "__main__":
    main()
