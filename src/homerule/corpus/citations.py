"""Whether a citation can be read: by ``eyecite`` where it is installed, else by the shapes that citations of law have."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

#: What marks a text as naming a source: a section, a case, a volume with reporter and page, a docket, or the name of an instrument.
_SHAPES = (
    r"§",
    r"\bv\.\s+\S",
    r"^(In re|Matter of)\s+\S",
    r"\b\d+\s+[A-Z][\w.'’& ]{0,24}\s+(\d|_)",
    r"\b(No|Nos|Docket|Doc)\.?\s*[\w:]*\d",
    r"\b(?i:const|art|arts|amend|ch|chs|chapter|tit|title|sec|part|cl)\.?\s*[IVXLC\d]",
    r"\b[A-Z][A-Z.]{0,5}\s*(?:No\.\s*)?-?\d",
    r"(?i)\b(acts?|addendum|contract|operation|procedures?|op|agreements?|announcement|bill|code|compact|decree|directives?|form|guidance|judgment|law|laws|limits?|manual|memo|memorandum|opinions?|orders?|ordinances?|"
    r"petition|plan|policy|policies|practice|program|programme|protocol|resolutions?|rules?|ruling|statement|statute|terms|toolkit|no statewide|none found)\b",
)
_SHAPE = re.compile("|".join(f"(?:{s})" if not s.startswith("(?i)") else f"(?i:{s[4:]})" for s in _SHAPES))


@cache
def _eyecite() -> Any:
    try:
        from eyecite import get_citations
    except ImportError:
        return None
    return get_citations


def readable(citation: str) -> bool:
    """Whether ``citation`` names something that a lawyer could look up."""
    if _SHAPE.search(citation):
        return True
    find = _eyecite()
    return bool(find and find(citation))
