"""A draft ordinance or policy: a TOML file of norms in the corpus format."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from homerule.corpus.load import Loaded, read_file
from homerule.corpus.model import LEVELS, Norm
from homerule.errors import CorpusError, InputError
from homerule.vocabulary import Vocabulary


class Draft(NamedTuple):
    """The norms of one draft, in the order of the file, and what it says of itself."""

    name: str
    title: str
    level: str
    place: str
    norms: tuple[Norm, ...]

    @property
    def rank(self) -> int:
        return LEVELS[self.level]


def read_draft(path: Path, vocabulary: Vocabulary) -> Draft:
    """Read a draft. Raises InputError where there is no file, CorpusError listing every problem where it cannot be used."""
    if not path.is_file():
        raise InputError(f"there is no file `{path}`", help="Name a TOML file of norms in the corpus format")
    read: Loaded = read_file(path, path.name, vocabulary)
    if read.problems:
        listed = tuple(str(p) for p in read.problems)
        first = read.problems[0]
        more = f" (and {len(listed) - 1} more)" if len(listed) > 1 else ""
        raise CorpusError(f"{first.message.rstrip('.')}{more}", where=f"{first.file}:{first.line}", help="Mend the draft", problems=listed)
    if not read.norms:
        raise InputError("the draft holds no norms", where=path.name, help="Add [[norm]] tables")
    authority = read.authorities[0]
    if authority.level not in ("county", "city", "agency-policy", "agreement", "state-statute", "state-executive"):
        raise InputError(f"a draft on the level `{authority.level}` has no law above it to be held against", where=path.name, help="Use city, county or agency-policy, or a state level")
    return Draft(path.name, authority.title or authority.citation, authority.level, authority.place, tuple(read.norms))
