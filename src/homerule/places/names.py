"""How a name is folded, shortened to an id, and compared with another.

Two spellings are the same name when `fold` gives the same text for both. The
tables of this room keep names as people write them; folding is done here and
nowhere else, so that a table and a question can never disagree.
"""

from __future__ import annotations

__all__ = ["close", "distance", "fold", "fold_lines", "quote", "slug"]

_SAME = {"saint": "st", "sainte": "ste", "twp": "township", "cnty": "county"}
#: Short words that stand for a longer one only before another word: at the end, "MT" is a state.
_BEFORE = {"ft": "fort", "mt": "mount"}
_DROPPED = "'.`\u2019\u2018\u02bb\u02bc\u00b4"


class _Letters(dict[int, "str | None"]):
    """A translation table: letters and digits stay, marks fall away, all else is a space."""

    def __missing__(self, code: int) -> str:
        return " "


_LETTERS = _Letters({ord(c): c for c in "abcdefghijklmnopqrstuvwxyz0123456789\n"})
_LETTERS.update({ord(c): None for c in _DROPPED})
_LETTERS[ord("&")] = " and "


def _plain(text: str) -> str:
    if not text.isascii():
        import unicodedata

        # Marks that stand for an apostrophe go first: some of them decompose into a space and an accent.
        text = "".join(c for c in text if c not in _DROPPED)
        text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
        text = "".join(c for c in text if not unicodedata.combining(c))
    return text.lower().translate(_LETTERS)


def fold(text: str) -> str:
    """Return `text` in the one form in which names are compared.

    Lower-case ASCII words with single spaces: accents, points and apostrophes
    fall away, other marks become spaces, "Saint" is "st", "Ft" is "fort". Text
    without any Latin letter or digit folds to the empty string.
    """
    words = [_SAME.get(word, word) for word in _plain(text).split()]
    return " ".join([*(_BEFORE.get(word, word) for word in words[:-1]), *words[-1:]])


def fold_lines(lines: list[str]) -> list[str]:
    """Fold many table names at one stroke. Of the words that `fold` rewrites they hold none but a leading "Saint"."""
    text = "\n".join(["", *lines])
    if not text.isascii():
        text = "\n".join(["", *(line if line.isascii() else _plain(line) for line in lines)])
    return _plain(text).replace("\nsaint ", "\nst ").split("\n")[1:]


def slug(name: str) -> str:
    """Return the part of an id that stands for `name`, spelt as `name` spells it.

    >>> slug("St. John the Baptist Parish"), slug("Ca\u00f1on City"), slug("Saint Paul")
    ('st-john-the-baptist-parish', 'canon-city', 'saint-paul')
    """
    return "-".join(_plain(name).split())


def quote(text: str, limit: int = 60) -> str:
    """Return `text` fit to be shown inside a sentence: one line, printable, not too long."""
    shown = "".join(c if c.isprintable() else " " for c in text[: limit + 1])
    return f'"{shown[:limit]}\u2026"' if len(shown) > limit else f'"{shown}"'


def distance(a: str, b: str, most: int) -> int:
    """Count the slips (letter added, lost, changed, or two swapped) between `a` and `b`.

    Any answer above `most` only means "more than `most`".
    """
    if abs(len(a) - len(b)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        older, before, row = before, row, [i]
        for j, y in enumerate(b, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y))
            if older and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]


def close(name: str, known: list[str]) -> list[str]:
    """Return the names of `known` that `name` may be a slip of, nearest first.

    One slip is forgiven in a name of four letters, two from ten letters on.
    The first or the last two letters must be right.
    """
    most = 0 if len(name) < 4 else 1 if len(name) < 10 else 2
    found: list[tuple[int, str]] = []
    head, tail, length, letters = name[:2], name[-2:], len(name), set(name)
    for other in known:
        if -most <= len(other) - length <= most and (other[:2] == head or other[-2:] == tail) and len(letters.symmetric_difference(other)) <= 2 * most:
            slips = distance(name, other, most)
            if slips <= most:
                found.append((slips, other))
    return [other for _, other in sorted(found)]
