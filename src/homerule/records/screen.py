"""Keeps personal identifiers out of the log: patterns that look like identity numbers, birth dates, telephone numbers, addresses or names.

A screen cannot see every name; so free text is off unless an office switches it on, and what is refused is never stored.
"""

from __future__ import annotations

import re

from homerule.errors import InputError

_PATTERNS = (
    ("an alien registration number", re.compile(r"\bA[\s#-]*\d{2,3}[\s-]?\d{3}[\s-]?\d{3}\b", re.I)),
    ("a social security number", re.compile(r"\b\d{3}[-\s.]\d{2}[-\s.]\d{4}\b")),
    ("an identity or booking number", re.compile(r"\b(?:ssn|sid|fbi|fins|dob|booking|inmate|passport|licen[cs]e|case|docket|id)\b[\s#:.-]*(?:no\.?|number)?[\s#:.-]*[a-z]{0,3}[-\s]?\d{3,}", re.I)),
    ("a long number", re.compile(r"(?<![\w.,$-])\d[\d\s-]{6,}\d(?![\w%])")),
    ("a date of birth", re.compile(r"\b(?:born|birth(?:date| date|day)?|dob|d\.o\.b\.?)\b[^.\n]{0,20}\d", re.I)),
    ("a telephone number", re.compile(r"(?:\+?1[\s.-]?)?\(?\b\d{3}\)?[\s.-]\d{3}[\s.-]\d{4}\b")),
    ("an e-mail address", re.compile(r"\b[\w.+-]+@[\w-]+\.[\w.]+\b")),
    ("a street address", re.compile(r"\b\d{1,6}\s+(?:[NSEW]\.?\s+)?[A-Z]\w+(?:\s+[A-Z]\w+)?\s+(?:St|Street|Ave|Avenue|Rd|Road|Blvd|Boulevard|Dr|Drive|Ln|Lane|Ct|Court|Way|Pl|Place|Apt)\b\.?")),
    ("a person's name", re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Mx|Sr|Sra|Señor|Señora)\.?\s+[A-Z]\w+|\b(?:named?|called|inmate|detainee|defendant|person)\s*[:=]?\s+[A-Z]\w+(?:\s+[A-Z]\.?)?\s+[A-Z]\w+")),
)  # fmt: skip


#: Days of our own time are not identifiers; a birth date is caught by the words around it.
_DAY = re.compile(r"\b20[1-9]\d-\d\d-\d\d\b")


def found_in(text: str) -> str | None:
    """What ``text`` seems to hold that the log may not: words for it, or None."""
    for what, pattern in _PATTERNS:
        if pattern.search(_DAY.sub("", text) if what == "a long number" else text):
            return what
    return None


def refuse_personal(text: str, where: str) -> str:
    """``text``, if nothing in it looks like a personal identifier. Raises InputError, without repeating the text, where something does."""
    if what := found_in(text):
        raise InputError(f"this looks like {what}, which the log does not keep", where=where, help="Leave it out; use a reference made on your own side if the entry must be matched to a file")
    return text
