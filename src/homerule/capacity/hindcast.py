"""Looking back: people held, predicted from a month that was known then, and compared with what happened.

People of each class (arrested by ICE, by border agents) leave on a fast or a slow track. Both hazards carry one multiplier a class, which is read off each
known month exactly and carried forward as a weighted mean, the newest month first, drawn a little to its two-year median. Exits quicken when more people
are held than lately and slow when fewer are (pressure on beds). Nothing after the month of origin is used, save later book-ins where ``later`` is "known".
"""

from __future__ import annotations

import calendar
import csv
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from homerule.capacity.outcome import Band, bands
from homerule.capacity.parameters import need, read_parameters
from homerule.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

CLASSES = ("ICE", "CBP")
#: Days between the last day that a workbook covers and its release: median of 89 releases from 2019 to August 2025 of ICE's statistics, by their part months.
RELEASE_LAG = 5.8
#: A last month of a fiscal year with less than this share of the month before it is taken as part of a month.
PART_MONTH = 0.7


class Settings(NamedTuple):
    """How the hazard is carried forward. Chosen on months before February 2025 only."""

    half_life: float = 1.0
    window: int = 6
    long_weight: float = 0.25
    pressure: float = 0.5
    first_shock: float = 1.8
    fast_share: float = read_parameters()["fast_share"].central
    slow_ratio: float = read_parameters()["slow_ratio"].central


class Months(NamedTuple):
    """The record: ``months`` as YYYY-MM, ``days`` (m,), ``held`` (m, 2) average daily population and ``rate`` (m, 2) book-ins a day, by class."""

    months: tuple[str, ...]
    days: Array
    held: Array
    rate: Array

    def at(self, month: str) -> int:
        """The index of a month. Raises InputError."""
        if month not in self.months:
            raise InputError(f"the record has no month {month}", where="month", help=f"It runs from {self.months[0]} to {self.months[-1]}")
        return self.months.index(month)


class Backcast(NamedTuple):
    """A prediction from one origin: months ahead, people held (bands), and what was, where it is known."""

    origin: str
    months: tuple[str, ...]
    held: tuple[Band, ...]
    actual: tuple[float, ...]

    @property
    def errors(self) -> tuple[float, ...]:
        """Relative errors of the median, signed."""
        return tuple(b.p50 / a - 1 for b, a in zip(self.held, self.actual))


def read_months(path: Path) -> Months:
    """The record from a table with the columns metric (adp, book_ins), group, month, value and from_release (release date). Raises InputError."""
    if not path.is_file():
        raise InputError(f"there is no file {path.name}", where=str(path), help="Give the monthly table made from ICE's detention statistics")
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    needed = {"metric", "group", "month", "value", "from_release"}
    if not rows or not needed <= set(rows[0]):
        raise InputError(f"the table lacks {', '.join(sorted(needed - set(rows[0] if rows else ())))}", where=path.name, help="It needs metric, group, month, value and from_release")
    return months_from(rows)


def months_from(rows: Iterable[Mapping[str, str]]) -> Months:
    """The record from rows; the last month is left out where less than half of it is covered, and part months are put on the days that they cover."""
    np = need("numpy")
    groups = {"ICE Average": 0, "CBP Average": 1, "ICE": 0, "CBP": 1}
    table: dict[str, dict[tuple[str, int], float]] = {}
    release: dict[str, dt.date] = {}
    for row in rows:
        if row["metric"] in ("adp", "book_ins") and row["group"] in groups:
            month = row["month"][:7]
            try:
                table.setdefault(month, {})[(row["metric"], groups[row["group"]])] = float(row["value"])
                release[month] = dt.date.fromisoformat(row["from_release"])
            except ValueError:
                raise InputError(f"the row of {month} holds `{row['value']}`, `{row['from_release']}`", where="monthly table", help="Give numbers, and dates as YYYY-MM-DD") from None
    whole = [m for m in sorted(table) if len(table[m]) == 4]
    if len(whole) < 4:
        raise InputError("fewer than four whole months", where="monthly table", help="Give average daily population and book-ins of ICE and CBP by month")
    days = np.array([calendar.monthrange(int(m[:4]), int(m[5:]))[1] for m in whole], float)
    held = np.array([[table[m][("adp", k)] for k in (0, 1)] for m in whole])
    count = np.array([[table[m][("book_ins", k)] for k in (0, 1)] for m in whole])
    covered = days.copy()
    for i, m in enumerate(whole):
        out = release[m]
        if out.isoformat()[:7] == m or (out - dt.date(int(m[:4]), int(m[5:]), 1)).days < days[i]:
            covered[i] = min(days[i], max(1.0, out.day - RELEASE_LAG))
        elif m.endswith("-09") and i and count[i].sum() / days[i] < PART_MONTH * count[i - 1].sum() / days[i - 1]:
            covered[i] = days[i] * (count[i].sum() / days[i]) / (count[i - 1].sum() / days[i - 1])
    keep = slice(0, len(whole) - (1 if covered[-1] < days[-1] / 2 else 0))
    return Months(tuple(whole[keep]), days[keep], held[keep], (count / covered[:, None])[keep])


class Model:
    """The record with its multipliers, month by month. ``log`` (m, 2): log of the multiplier; ``stock`` (m, 2, 2): people by track and class."""

    def __init__(self, record: Months, settings: Settings | None = None) -> None:
        np = need("numpy")
        self.record, self.settings = record, settings or Settings()
        s = self.settings
        stay = np.array([read_parameters()["ice_stay"].central, read_parameters()["cbp_stay"].central])
        quick = stay / (s.fast_share + (1 - s.fast_share) * s.slow_ratio)
        self.hazard = np.stack([1 / quick, 1 / (quick * s.slow_ratio)])  # (2 tracks, 2 classes)
        self.share = np.array([[s.fast_share], [1 - s.fast_share]])
        standing = self.share / self.hazard
        n = len(record.months)
        self.log, self.stock = np.zeros((n, 2)), np.zeros((n, 2, 2))
        self.stock[0] = standing / standing.sum(0) * record.held[0]
        for m in range(1, n):
            low, high = np.full(2, np.log(0.02)), np.full(2, np.log(50.0))
            for _ in range(60):
                middle = (low + high) / 2
                above = self.step(self.stock[m - 1], middle, m).sum(0) > record.held[m]
                low, high = np.where(above, middle, low), np.where(above, high, middle)
            self.log[m] = middle
            new = self.step(self.stock[m - 1], middle, m)
            self.stock[m] = new * record.held[m] / np.maximum(new.sum(0), 1e-9)
        self.log[0] = self.log[1]

    def inflow(self, m: int, rate: Array | None = None) -> tuple[float, Array]:
        """Days from the middle of month m - 1 to that of m, and book-ins a day between them (2,)."""
        r, d = self.record.rate if rate is None else rate, self.record.days
        span = float(d[m - 1] + d[m]) / 2
        return span, (r[m - 1] * d[m - 1] + r[m] * d[m]) / 2 / span

    def step(self, stock: Array, log: Array, m: int, rate: Array | None = None) -> Array:
        """People by track and class (..., 2, 2) a month later, at log multipliers ``log`` (..., 2)."""
        np = need("numpy")
        span, come = self.inflow(m, rate)
        h = self.hazard * np.exp(log)[..., None, :]
        stay = np.exp(-h * span)
        out: Array = stock * stay + come * self.share * (1 - stay) / h
        return out

    def carried(self, origin: int) -> tuple[Array, Array, float]:
        """What is carried forward from ``origin``: log multiplier (2,), its monthly spread (2,), and the people held lately."""
        np = need("numpy")
        s = self.settings
        back = np.arange(min(s.window, origin))
        weight = 0.5 ** (back / s.half_life)
        recent = (weight[:, None] * self.log[origin - back]).sum(0)
        past = self.log[max(1, origin - 23) : origin + 1]
        middle = np.median(past, 0)
        level = (recent + s.long_weight * middle) / (weight.sum() + s.long_weight)
        changes = np.diff(past, axis=0) if len(past) > 2 else np.full((1, 2), 0.1)
        spread = 1.4826 * np.median(np.abs(changes - np.median(changes, 0)), 0)
        lately = float((weight * self.record.held[origin - back].sum(1)).sum() / weight.sum())
        return level, np.maximum(spread, 0.03), lately

    def ahead(self, origin: int, months: int, later: str = "known", draws: int = 0, seed: int = 0) -> Array:
        """People held 1 to ``months`` months after ``origin``, (months, draws or 1). ``later`` "held" keeps the book-ins of the origin."""
        np = need("numpy")
        level, spread, lately = self.carried(origin)
        rate = self.record.rate
        if later == "held":
            rate = rate.copy()
            rate[origin + 1 :] = rate[origin]
        rng = np.random.default_rng(seed)
        n = max(1, draws)
        log = np.repeat(level[None], n, 0)
        stock = np.repeat(self.stock[origin][None], n, 0)
        common = 0.7  # the two classes share beds, courts and policy
        out: Array = np.zeros((months, n))
        for j in range(months):
            if draws:
                shock = np.sqrt(common) * rng.standard_normal((n, 1)) + np.sqrt(1 - common) * rng.standard_normal((n, 2))
                log = log + spread * shock * (self.settings.first_shock if j == 0 else 1.0)
            push = self.settings.pressure * np.log(np.maximum(stock.sum((1, 2)), 1.0) / lately)
            stock = self.step(stock, log + push[:, None], origin + j + 1, rate)
            out[j] = stock.sum((1, 2))
        return out


def predict(record: Months, origin: str, months: int = 6, later: str = "known", draws: int = 400, seed: int = 0, settings: Settings | None = None) -> Backcast:
    """People held in the months after ``origin``, with bands, beside what was. Raises InputError."""
    if later not in ("known", "held"):
        raise InputError(f"`{later}` is no way to fill later book-ins", where="later", help="`known` or `held`")
    o = record.at(origin)
    if not 1 <= months <= len(record.months) - 1 - o:
        raise InputError(f"{months} months after {origin} are not in the record", where="months", help=f"It ends with {record.months[-1]}")
    if o < 3:
        raise InputError(f"nothing can be carried forward from {origin}", where="origin", help="Leave at least three months before it")
    np = need("numpy")
    model = Model(cut(record, o, later, months), settings)
    spread = model.ahead(o, months, later, draws, seed)
    middle = model.ahead(o, months, later)
    found = bands(spread)
    held = tuple(Band(b.p5, float(m), b.p95, b.mean) for b, m in zip(found, middle[:, 0]))
    ahead = slice(o + 1, o + 1 + months)
    return Backcast(origin, record.months[ahead], held, tuple(float(x) for x in np.asarray(record.held[ahead].sum(1))))


def cut(record: Months, origin: int, later: str, months: int) -> Months:
    """The record as it could be known at ``origin``: later people held are blanked; later book-ins stay only where they are taken as known."""
    np = need("numpy")
    end = origin + 1 + months
    held = record.held[:end].copy()
    held[origin + 1 :] = held[origin]  # never read: the model carries forward from the origin
    rate = record.rate[:end].copy()
    if later == "held":
        rate[origin + 1 :] = rate[origin]
    return Months(record.months[:end], np.asarray(record.days[:end]), held, rate)


def baseline(record: Months, origin: int, months: int, classes: bool = True, window: int = 3) -> Array:
    """The number to beat: a constant hazard over the last ``window`` months, carried forward with later book-ins known; (months,)."""
    np = need("numpy")
    held = record.held if classes else record.held.sum(1, keepdims=True)
    rate = record.rate if classes else record.rate.sum(1, keepdims=True)
    exits = exposure = 0.0
    for m in range(origin - window + 1, origin + 1):
        span = (record.days[m - 1] + record.days[m]) / 2
        come = (rate[m - 1] * record.days[m - 1] + rate[m] * record.days[m]) / 2
        exits = exits + come - (held[m] - held[m - 1])
        exposure = exposure + span * (held[m - 1] + held[m]) / 2
    hazard = exits / exposure
    stock, out = held[origin].copy(), []
    for m in range(origin + 1, origin + months + 1):
        span = (record.days[m - 1] + record.days[m]) / 2
        come = (rate[m - 1] * record.days[m - 1] + rate[m] * record.days[m]) / 2 / span
        stay = np.exp(-hazard * span)
        stock = stock * stay + come * (1 - stay) / hazard
        out.append(float(stock.sum()))
    found: Array = np.array(out)
    return found


class Score(NamedTuple):
    """Mean absolute relative errors by months ahead, over the same target months: the model, the rolling hazard, and the last value; ``inside``: share of
    targets within p5 to p95."""

    ahead: int
    targets: int
    model: float
    hazard: float
    last: float
    inside: float


def score(record: Months, first: str, last: str, ahead: Sequence[int] = (1, 3, 6), draws: int = 200, settings: Settings | None = None) -> tuple[Score, ...]:
    """Compare over all target months from ``first`` to ``last``; each from the origin ``ahead`` months before it, knowing only what was known then."""
    np = need("numpy")
    model = Model(record, settings)  # a month's multiplier is read off that month and those before it, so one model serves every origin
    out = []
    for h in ahead:
        rows = []
        for t in range(record.at(first), record.at(last) + 1):
            o = t - h
            if o < 4:
                continue
            actual = float(record.held[t].sum())
            band, middle = bands(model.ahead(o, h, draws=draws)[-1:])[0], float(model.ahead(o, h)[-1, 0])
            rows.append((abs(middle / actual - 1), abs(baseline(record, o, h)[-1] / actual - 1), abs(float(record.held[o].sum()) / actual - 1), band.p5 <= actual <= band.p95))
        means = np.array(rows, float).mean(0)
        out.append(Score(h, len(rows), *(float(x) for x in means)))
    return tuple(out)
