"""Homerule: what the law lets a US state, county or city do when the federal government asks for its help with immigration enforcement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from homerule.corpus import Corpus, load_corpus
    from homerule.errors import CorpusError, HomeruleError, InputError
    from homerule.interview import Interview
    from homerule.reasoning import Decision, Finding, Request
    from homerule.reasoning.decide import decide

__all__ = ["Corpus", "CorpusError", "Decision", "Finding", "HomeruleError", "InputError", "Interview", "Request", "decide", "load_corpus"]

_WHERE = {
    "Corpus": "corpus", "load_corpus": "corpus", "CorpusError": "errors", "HomeruleError": "errors", "InputError": "errors",
    "Interview": "interview",
    "Decision": "reasoning", "Finding": "reasoning", "Request": "reasoning", "decide": "reasoning",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    """Public names are imported when first used, so that starting costs little."""
    if name in _WHERE:
        from importlib import import_module

        return getattr(import_module(f"homerule.{_WHERE[name]}"), name)
    raise AttributeError(f"module 'homerule' has no attribute {name!r}")
