"""Errors are sentences: what is wrong, where, and what to do."""

from __future__ import annotations


class HomeruleError(Exception):
    """Something that the user can mend. Never shown with a traceback.

    ``message`` says what is wrong, ``where`` names the file, line or option, ``help`` says what to do.
    """

    def __init__(self, message: str, *, where: str = "", help: str = "") -> None:
        self.message = message.rstrip(".")
        self.where = where
        self.help = help.rstrip(".")
        super().__init__(str(self))

    def __str__(self) -> str:
        text = f"{self.where}: {self.message}" if self.where else self.message
        return f"{text}. {self.help}." if self.help else f"{text}."


class InputError(HomeruleError):
    """A request, fact, place or option that cannot be read."""


class CorpusError(HomeruleError):
    """A law file that cannot be used. ``problems`` lists every one found."""

    def __init__(self, message: str, *, where: str = "", help: str = "", problems: tuple[str, ...] = ()) -> None:
        self.problems = problems
        super().__init__(message, where=where, help=help)


def shorten(text: str, limit: int = 60) -> str:
    """``text`` as it may be quoted in an error: one line, at most ``limit`` characters."""
    line = " ".join(str(text)[: limit * 4].split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def nearest(word: str, known: list[str] | tuple[str, ...]) -> str:
    """A "did you mean" sentence for a misspelt word, or the words there are."""
    from difflib import get_close_matches

    close = get_close_matches(str(word)[:80], known, n=3, cutoff=0.6)
    if close:
        return "Did you mean " + " or ".join(f"`{c}`" for c in close) + "?"
    shown = ", ".join(f"`{k}`" for k in sorted(known)[:30])
    return f"Known: {shown}" + (" …" if len(known) > 30 else "")
