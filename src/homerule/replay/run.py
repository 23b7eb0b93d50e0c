"""The run: tables in, the verdict of every row out, part by part, in bounded memory, going on after a kill."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from queue import Queue
from threading import Event, Thread
from typing import Any, NamedTuple

from homerule import __version__
from homerule.errors import InputError, nearest
from homerule.proof.draft import Draft, read_draft
from homerule.reasoning.decide import Engine, read_day
from homerule.reasoning.decide import engine as shared_engine
from homerule.replay import privacy
from homerule.replay.facilities import Places, read_table
from homerule.replay.law import Laws
from homerule.replay.output import write
from homerule.replay.part import Part, Worker
from homerule.replay.rows import Reader
from homerule.replay.source import FOLDER, Mapped, recognise
from homerule.replay.state import State, clear
from homerule.replay.summary import Summary, finish
from homerule.replay.tables import Table, needs, open_table
from homerule.vocabulary import Value, Vocabulary, plain

PART = 1 << 19  # rows in a part
FORMAT = "1.0"
Progress = Callable[[int, int | None], None]


class Opened(NamedTuple):
    """A table that is to be run: recognised, and free of what may point to a person."""

    table: Table
    mapped: Mapped
    dropped: tuple[str, ...]


def vocabulary_of(engine: Engine) -> Vocabulary:
    """Every fact of every jurisdiction."""
    return engine.corpus.vocabulary_for(engine.corpus.tops)


def opened(path: str, engine: Engine, *, drop_private: bool = False, table: Table | None = None) -> Opened:
    """Open, recognise and screen one table. Raises InputError where it cannot be run, before anything is written."""
    table = table or open_table(path)
    sample = table.sample()
    vocabulary = vocabulary_of(engine)
    mapped = recognise(table.columns, vocabulary, path)
    if mapped.source.refused:
        raise InputError(mapped.source.refused, where=path)
    refusals = privacy.screen(sample, mapped.source.pseudonyms)
    read = [r for r in refusals if r.column in mapped.columns]
    if read:
        privacy.refuse(read, path)  # a column that is needed cannot be left out
    if refusals and not drop_private:
        privacy.refuse(refusals, path)
    return Opened(table, mapped, tuple(r.column for r in refusals))


def replay(
    paths: Sequence[str | os.PathLike[str]], out: str | os.PathLike[str], as_of: str | dt.date = "row", policies: Sequence[str | os.PathLike[str]] = (),
    acts: Sequence[str] | None = None, *, request: str = "", suppose: Mapping[str, Any] | None = None, places: str | os.PathLike[str] | None = None, law: Sequence[str] = (), drop_private: bool = False,
    min_cell: int = 11, assume: bool = True, restart: bool = False, part: int = PART, progress: Progress | None = None, today: dt.date | None = None, spark: str | None = None,
) -> Summary:  # fmt: skip
    """Run tables of requests through the law.

    ``as_of``: a day for every row, or ``row`` for each row's own. ``policies``: draft files, each added to the law in columns of its own.
    ``acts``: only these; default all that the requests ask. ``request``: what every row asks, whatever it says. ``places``: a CSV of facilities.
    ``suppose``: facts that every row is taken to say where its own columns are silent; they stand in the receipt.
    ``assume``: use the corpus's assumed facts, as `decide` does. ``min_cell``: smaller numbers are hidden in the summary. ``part``: rows a part.
    ``spark``: run on Apache Spark with this master ("" is the usual one), to the same rows; paths may then be addresses that only Spark reaches.

    Writes ``rows/*.parquet``, ``outcomes.parquet``, ``not_placed.csv``, ``summary/*`` and ``summary.json`` into ``out``; a run that was
    stopped goes on. Raises InputError where a table, a draft or an option cannot be read; nothing is then written.
    """
    engine = shared_engine(tuple(str(x) for x in law))
    names = [os.fspath(p) for p in paths]
    if not names:
        raise InputError("no table is named", help="Name one or more files of requests")
    if len(set(map(os.path.realpath, names))) < len(names):
        raise InputError("a table is named twice", help="Name each file once")
    day = None if as_of == "row" else read_day(as_of)
    tables = [opened(n, engine, drop_private=drop_private, table=_remote(n, spark)) for n in names]
    drafts = [read_draft(Path(p), vocabulary_of(engine)) for p in policies]
    labels = _labels(drafts)
    chosen = _acts(engine, tables, acts, request)
    given = _places(places)
    supposed = {n: vocabulary_of(engine).fact(n).parse(v) for n, v in (suppose or {}).items()}
    today = today or dt.date.today()
    out = os.fspath(out)
    settings = {
        "format": FORMAT, "engine": __version__, "corpus": engine.corpus.version, "corpus_hash": engine.corpus.hash, "sources_hash": _hash_of([*sorted(FOLDER.glob("*.toml")), FOLDER.parent / "facilities.toml"]),
        "tables": [{"file": os.path.basename(t.table.path), "fingerprint": t.table.fingerprint(), "source": t.mapped.source.id, "dropped": list(t.dropped)} for t in tables],
        "as_of": "row" if day is None else day.isoformat(), "acts": list(chosen), "request": request, "supposed": {n: plain(v) for n, v in sorted(supposed.items())}, "assume": assume, "part": part, "min_cell": min_cell,
        "policies": [{"label": n, "file": d.name, "hash": _hash_of([Path(p)])} for n, d, p in zip(labels, drafts, policies)],
        "places": _hash_of([Path(places)]) if places else "", "today": today.isoformat() if day is None else "",
    }  # fmt: skip
    if spark is not None:
        settings["runner"] = "spark"
    if restart:
        clear(out)
    _keep_today(out, settings)
    today = dt.date.fromisoformat(str(settings["today"])) if settings["today"] else today
    state = State(out, settings)
    laws = Laws(engine, chosen, drafts, assume=assume)
    shared = Places(engine, given)
    metadata = {"homerule": __version__, "corpus": f"{engine.corpus.version} {engine.corpus.hash}", "as_of": str(settings["as_of"]), "supposed": json.dumps(settings["supposed"], sort_keys=True), "synthetic": str(any(t.mapped.source.id == "homerule-sample" for t in tables)).lower()}
    run = _run if spark is None else import_module("homerule.replay.spark").runner(spark)
    run(state, tables, laws, shared, engine, supposed, day, request, labels, today, metadata, part, progress)
    return finish(state, settings, [t.mapped.source for t in tables], min_cell)


def _run(state: State, tables: Sequence[Opened], laws: Laws, places: Places, engine: Engine, supposed: Mapping[str, Value], day: dt.date | None, request: str, labels: Sequence[str], today: dt.date, metadata: dict[str, str], part: int, progress: Progress | None) -> None:
    """Every part that is not done: one thread reads ahead, one writes behind."""
    done = state.done()
    counts = [t.table.count() for t in tables]
    total = sum(c for c in counts if c is not None) if all(c is not None for c in counts) else None
    passed = sum(m["read"] for m in done)
    number = len(done)
    with ThreadPoolExecutor(1) as pool:
        pending: Future[None] | None = None
        for i, opened_ in enumerate(tables):
            mine = [m for m in done if m["table"] == i]
            if mine and mine[-1]["last"]:
                continue
            start = sum(m["read"] for m in mine)
            worker = Worker(
                laws, Reader(opened_.mapped, places, vocabulary_of(engine)), suppose=supposed, as_of=day, request=request, labels=labels,
                file=os.path.basename(opened_.table.path), today=today, metadata=metadata,
            )  # fmt: skip
            for batch, last in _ahead(opened_.table.batches(opened_.mapped.columns, part, start)):
                made = worker.part(batch, start) if batch is not None else None
                if pending is not None:
                    pending.result()
                pending = pool.submit(_write, state, number, made, i, last)
                number += 1
                if batch is not None:
                    start += batch.num_rows
                    passed += batch.num_rows
                if progress:
                    progress(passed, total)
        if pending is not None:
            pending.result()


def _write(state: State, number: int, made: Part | None, table: int, last: bool) -> None:
    """The files of one part, then its marker."""
    if made is None:  # nothing was left of the table
        state.mark(number, {"table": table, "read": 0, "rows": 0, "decided": 0, "placed": 0, "with_state": 0, "unread": 0, "turns_on": {}, "last": last, "nowhere": []})
        return
    write(made.rows, state.path(number, "rows"))
    write(made.tally, state.path(number, "tally"))
    write(made.apart, state.path(number, "apart"))
    pa = needs("pyarrow")
    outcomes = sorted(made.outcomes, key=lambda f: (f.act, f.id))
    columns = {
        "outcome": [f.id for f in outcomes], "act": [f.act for f in outcomes], "verdict": [f.verdict for f in outcomes], "basis": [f.basis for f in outcomes],
        "reachable": [list(f.reachable) for f in outcomes], "stands": [list(f.stands) for f in outcomes], "may_stand": [list(f.may_stand) for f in outcomes], "fell": [list(f.fell) for f in outcomes],
        "turns_on": [list(f.turns_on) for f in outcomes],
    }  # fmt: skip
    lists = pa.list_(pa.string())
    kinds = {"outcome": pa.string(), "act": pa.string(), "verdict": pa.string(), "basis": pa.string(), "reachable": lists, "stands": lists, "may_stand": lists, "fell": lists, "turns_on": lists}
    write(pa.table({k: pa.array(v, kinds[k]) for k, v in columns.items()}), state.path(number, "outcomes"))
    state.mark(number, {"table": table, "last": last, **made.counts, "nowhere": [[*k, n] for k, n in sorted(made.nowhere.items())]})


def _ahead(batches: Iterator[Any]) -> Iterator[tuple[Any, bool]]:
    """The batches, read one ahead in a thread, each with whether it is the last; one empty pair where there is none."""
    queue: Queue[Any] = Queue(1)
    stop = Event()

    def fill() -> None:
        try:
            for b in batches:
                queue.put(b)
                if stop.is_set():
                    return
            queue.put(None)
        except BaseException as error:
            queue.put(error)

    thread = Thread(target=fill, daemon=True)
    thread.start()
    try:
        held: Any = None
        while True:
            got = queue.get()
            if isinstance(got, BaseException):
                raise got
            if got is None:
                yield held, True
                return
            if held is not None:
                yield held, False
            held = got
    finally:
        stop.set()
        while thread.is_alive():
            while not queue.empty():
                queue.get_nowait()
            thread.join(0.05)


# ------------------------------------------------------------------ reading the options


def _remote(path: str, spark: str | None) -> Table | None:
    """A table at an address that only Spark reaches."""
    if spark is None or "://" not in path:
        return None
    reading = import_module("homerule.replay.spark_input")
    found: Table = reading.Remote(path, reading.session(spark))
    return found


def _labels(drafts: Sequence[Draft]) -> list[str]:
    """A short name for each draft, distinct."""
    out: list[str] = []
    for d in drafts:
        stem = os.path.splitext(os.path.basename(d.name))[0].replace("@", "-").replace(" ", "-")
        label, n = stem, 2
        while label in out:
            label, n = f"{stem}-{n}", n + 1
        out.append(label)
    return out


def _acts(engine: Engine, tables: Sequence[Opened], acts: Sequence[str] | None, request: str) -> tuple[str, ...]:
    """The acts that are asked. Raises InputError where none is, or one is asked for that no request asks."""
    vocabulary = engine.corpus.vocabulary
    kinds: dict[str, None] = {}
    if request:
        kinds[vocabulary.asked(request).name] = None
    for t in tables:
        if request:
            break
        source = t.mapped.source
        if source.request:
            kinds[source.request] = None
            kinds.update(dict.fromkeys(k for _, k, _ in source.requests if "request" in t.mapped.roles))
        elif "request" in t.mapped.roles:
            column = t.mapped.roles["request"]
            known = (*vocabulary.requests, *vocabulary.acts)
            for batch in t.table.batches([column], 1 << 18):
                for value in batch.column(column).unique().to_pylist():
                    if kind := source.request_of(value, known):
                        kinds[kind] = None
        else:
            raise InputError("the table does not say what was asked", where=t.table.path, help="Say it with --request, for example --request detainer, or add a column `request`")
    asked = tuple(dict.fromkeys(a for k in kinds for a in vocabulary.asked(k).acts))
    if not asked:
        raise InputError("no row says in known words what was asked", help="Say it with --request, for example --request detainer")
    for act in acts or ():
        vocabulary.act(act)
        if act not in asked:
            raise InputError(f"no request in the tables asks the act `{act}`", where="--acts", help=nearest(act, asked))
    return tuple(a for a in asked if a in acts) if acts else asked


def _places(path: str | os.PathLike[str] | None) -> dict[tuple[str, str], tuple[str, str]]:
    if path is None:
        return {}
    import csv

    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            return read_table(list(csv.DictReader(file)), os.fspath(path))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"the table of places cannot be read: {error}", where=os.fspath(path), help="Write a CSV file with the columns facility, place and, if wanted, state and actor") from None


def _hash_of(paths: Sequence[Path]) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for p in paths:
        try:
            digest.update(p.read_bytes())
        except OSError as error:
            raise InputError(f"cannot be read: {error.strerror or error}", where=str(p)) from None
    return digest.hexdigest()


def _keep_today(out: str, settings: dict[str, Any]) -> None:
    """A run that goes on keeps the day on which it began: it decides which rows lie in the future."""
    stamp = os.path.join(out, ".replay", "run.json")
    if settings["today"] and os.path.isfile(stamp):
        with open(stamp, encoding="utf-8") as file:
            settings["today"] = json.load(file).get("today") or settings["today"]
