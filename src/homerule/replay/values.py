"""What stands in a published cell: nothing, a redaction, a date in one of many spellings, yes or no."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from typing import Any

#: Words for "nothing here".
_BLANK = frozenset({"", "na", "n/a", "null", "unk", "unknown", "not applicable", "#n/a", "-", "--", "nan", ".", "not available", "not specified", "undefined"})
#: An exemption of the records act, in its many spellings: `b(6), b(7)c`, `(B)(6);(B)(7)(C) `, `(b)(7)(E)`, and what collectors put in its place.
_EXEMPT = re.compile(r"^[\s\[(]*(exemptions?\s*)?\(?b\)?\s*\(?\s*[1-9]\s*\)?[\s()\[\]bcdef0-9;,&/and-]*$", re.I)
_MARK = re.compile(r"^\W*(removed|redacted|withheld|suppressed|masked|deleted)\W*$|^[x*█■▇_]{3,}$", re.I)
FIRST, LAST = dt.date(1990, 1, 1), dt.date(2100, 1, 1)  # the days that the law can be asked about


@lru_cache(maxsize=65536)
def normal(name: str) -> str:
    """A column name in one spelling: `Detainer Lift Reason`, `Detainer.Lift.Reason` and `DETAINER_LIFT_REASON ` are one."""
    return re.sub(r"[^a-z0-9]+", "_", str(name).strip().lower()).strip("_")


@lru_cache(maxsize=65536)
def plain_text(text: str) -> str:
    """A value in one spelling: small letters, single blanks."""
    return " ".join(text.split()).lower()


def blank(value: Any) -> bool:
    """Whether nothing stands here. `0` and `no` are something."""
    return value is None or value != value or (isinstance(value, str) and plain_text(value) in _BLANK)


def redacted(value: Any) -> bool:
    """Whether an exemption or a mark of removal stands here in place of a value."""
    return isinstance(value, str) and bool(value.strip()) and len(value) < 80 and bool(_EXEMPT.match(value.strip()) or _MARK.match(value.strip()))


def text_of(value: Any) -> str:
    """The value as text; empty where it is blank or redacted."""
    return "" if blank(value) or redacted(value) else " ".join(str(value).split())


_FORMATS = ("%m/%d/%Y", "%m/%d/%y", "%d-%b-%y", "%d-%b-%Y", "%b %d, %Y", "%B %d, %Y", "%d %b %Y", "%d %B %Y", "%Y/%m/%d", "%m-%d-%Y", "%m-%d-%y", "%Y%m%d", "%m.%d.%Y")
_EXCEL_EPOCH = dt.date(1899, 12, 30)


@lru_cache(maxsize=65536)
def day_of(value: Any) -> dt.date | None:
    """The day that a cell names, or None.

    Takes dates, times, ISO text, the American orders with two or four digits of the year, month names, and Excel's running number.
    A two-digit year means the century that puts it nearest before 2069, as the published tables use it.
    """
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _EXCEL_EPOCH + dt.timedelta(days=int(value)) if 32_000 < value < 75_000 else None
    if not isinstance(value, str):
        return None
    text = " ".join(value.split())
    if not text or len(text) > 40 or not any(c.isdigit() for c in text):
        return None
    if re.fullmatch(r"\d{5}(\.0*)?", text):
        return day_of(float(text))
    head = re.split(r"[T ](?=\d{1,2}:\d{2})", text)[0]
    try:
        return dt.date.fromisoformat(head[:10]) if re.match(r"^\d{4}-\d\d-\d\d", head) else _formatted(head)
    except ValueError:
        return None


def _formatted(text: str) -> dt.date | None:
    for form in _FORMATS:
        try:
            return dt.datetime.strptime(text, form).date()
        except ValueError:
            continue
    return None


def in_range(day: dt.date | None) -> bool:
    """Whether the law can be asked about this day."""
    return day is not None and FIRST <= day < LAST
