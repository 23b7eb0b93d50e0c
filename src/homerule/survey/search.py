"""Full text over citations, titles and rules: an FTS5 index in memory, built when first asked."""

from __future__ import annotations

import re
import sqlite3
from typing import NamedTuple

from homerule.corpus import Corpus
from homerule.errors import HomeruleError, InputError

_WORD = re.compile(r"[\w.\u00a7'-]+")


class Hit(NamedTuple):
    """A norm or authority that the words were found in, best first. ``score`` is BM25: smaller is better."""

    id: str
    entry: str
    place: str
    citation: str
    text: str
    snippet: str
    score: float


class Index:
    """The search index of one corpus."""

    def __init__(self, corpus: Corpus) -> None:
        self.db = sqlite3.connect(":memory:", check_same_thread=False)  # asked from many threads, written by one
        try:
            self.db.execute("create virtual table law using fts5(id unindexed, entry unindexed, place unindexed, citation, title, body, words, tokenize = 'porter unicode61 remove_diacritics 2')")
        except sqlite3.OperationalError:
            raise HomeruleError("this Python's SQLite has no full-text search", help="Use a Python built with SQLite FTS5") from None
        rows = [(a.id, "authority", a.place, a.citation, a.title, a.note, f"{a.id} {a.kind} {a.place}") for a in corpus.all_authorities()]
        rows += [
            (n.id, "norm", n.place, f"{n.authority.citation} {n.pinpoint}", n.authority.title, f"{n.says} {n.penalty} {n.approval}", f"{n.id} {' '.join(n.acts) if len(n.acts) < 12 else ''} {n.effect} {n.place}")
            for n in corpus.all_norms()
        ]
        self.db.executemany("insert into law values (?, ?, ?, ?, ?, ?, ?)", rows)

    def search(self, words: str, *, place: str = "", limit: int = 20) -> list[Hit]:
        """The entries that hold all the words, or some where none holds all. Raises InputError where there is no word."""
        terms = _WORD.findall(words[:2000])[:40]
        if not terms:
            raise InputError("there is no word to search for", help="Name a citation, a title or words of the rule")
        quoted = ['"' + t.replace('"', '""') + '"' for t in terms]
        for query in dict.fromkeys((" ".join(quoted), " ".join(f"{q}*" for q in quoted), " OR ".join(f"{q}*" for q in quoted))):
            found = self.db.execute(
                "select id, entry, place, citation, body, snippet(law, -1, '[', ']', ' … ', 16), bm25(law, 0, 0, 0, 6, 4, 2, 1) as score from law "
                "where law match ? and (? = '' or place = ? or place like ? || '/%') order by score, id limit ?",
                (query, place, place, place, limit),
            ).fetchall()
            if found:
                return [Hit(*row) for row in found]
        return []
