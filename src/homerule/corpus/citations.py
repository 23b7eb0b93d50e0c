"""Whether a citation can be read: by ``eyecite`` where it is installed, else by patterns of what American citations look like."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

#: Shapes that the corpus uses beside reporter citations: codes, acts, orders, ordinances, forms, dockets, agreements, named bodies of rules.
_SHAPES = [
    r"§+\s*[\dA-Z]",  # a section of a code or act
    r"\b\d+\s+(U\.S\.|S\. ?Ct\.|F\.(2d|3d|4th)?|F\. ?Supp\.( ?[23]d)?|Fed\. ?Reg\.|Stat\.|A\.[23]d|P\.[23]d|N\.[EWYJ]\.?[\w.]*|So\. ?[23]d|S\.[EW]\.[23]d|Cal\.[\w. ]*|Mass\.|Mont\.|Ill\.[\w. ]*|Minn\.|WL|Op\.[\w. ']*)\s+(_+|\d+)",
    r"\b(No|Nos|Docket|Doc)\.?\s*[\w:]*\d",  # a docket
    r"\b\d+\s+(U\.S\.C|C\.F\.R|ILCS|M\.R\.S|V\.S\.A|Pa\.\s?C\.S|N\.C\.G\.S|P\.R\.)",
    r"\b(const|Const)\.\s+(art|amend)",
    r"\b(art|arts|Art|amend|ch|chs|Ch|Chapter|tit|Title|Sec|sec|Part)\.?\s*[IVXLC\d]",
    r"\b(Act|Acts|Ord|Ordinance|Order|Orders|Res|Resolution|Directive|Bill|Law|Laws|Code|Policy|Memo|Manual|Program|Rule|Plan|Special Order|Opinion|Guidance|Toolkit|Compact|Protocol|Statute)\b",
    r"\b(H\.?B|S\.?B|A\.?B|H\.?F|S\.?F|L\.?D|H\.?R|S\.?J|Prop|EO|E\.O|AO|P\.A|P\.L|Pub\. L|PL|LB|HF|SF|LR|HCR|AR|AG|AGO|Op|OP|Form|Forms|MOA|MOU|IGSA|IGA|JTTF|MCA|DOC|DOJ|DHS|ICE)\.?\s*[-#]?\s*[\w(]",
    r"\bv\.\s+\S+.*\(.*\d{4}\)",  # a case with its year
    r"^(In re|Matter of)\s+\S",
    r"\bv\.\s+\S",
    r"(agreement|Agreement|decree|Decree|no statewide|No statewide|none found|policy|policies|practice|announcement|terms|ruling|executive order|resolution|ordinance)",
]
_SHAPE = re.compile("|".join(_SHAPES))


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
