"""Fitting the open parameters to a user's monthly table: arrivals, stays by class with a tail, and how stays end.

People of each class come in at the counted rate and leave on a fast or a slow track, as in the fluid model. The mean stays, the share of the fast track and the
ratio of the two are found by least squares on the logarithms of the people held, the shape of the tail held near its shipped value by its shipped range. A
stay may grow or shrink steadily over the months. Ranges come from the curvature of the fit and from how far the months stray from it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from homerule.capacity.monthly import Table, read_table
from homerule.capacity.parameters import need, read_parameters
from homerule.errors import InputError, shorten

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

CLASSES = ("ice", "cbp")
FITTED = ("ice_stay", "cbp_stay", "fast_share", "slow_ratio")
#: How much a stay is taken to change in a month, one standard deviation, before the months have spoken.
DRIFT = 0.04
#: Standard deviations from the peak of a triangular distribution to its ends.
WIDTH = 6**0.5


class Month(NamedTuple):
    """One month of the fit: people held, as counted and as fitted, both classes; ``error`` is fitted over counted, less 1. ``used``: in the fit, or held out."""

    month: str
    held: float
    fitted: float
    error: float
    used: bool


class Fit(NamedTuple):
    """What was fitted. ``parameters``: name to (low, central, high, source words); ``pace``: book-ins of a month over their mean, (month, ICE, border);
    ``level``: mean book-ins a day and people held at the start, of each class;
    ``error``: mean absolute error of the months used, ``error_out`` of those held out (None if none); ``constant``: the error of a constant-stay model."""

    file: str
    digest: str
    first: str
    last: str
    days: int
    parameters: Mapping[str, tuple[float, float, float, str]]
    months: tuple[Month, ...]
    pace: tuple[tuple[str, float, float], ...]
    level: tuple[tuple[float, float], ...]
    error: float
    error_out: float | None
    constant: float
    open: tuple[str, ...]
    notes: tuple[str, ...]


def held(rate: Array, days: Sequence[int], start: Array, stay: Array, fast: float, ratio: float) -> Array:
    """People held on an average day of each month (m, 2), from book-ins a day (m, 2), days of each month, people at the start (2,) and mean stays (2,) or (m, 2).

    Two exponential tracks a class; the start is divided among them as in a steady flow.
    """
    np = need("numpy")
    quick = np.broadcast_to(stay, rate.shape) / (fast + (1 - fast) * ratio)
    share = np.array([[fast], [1 - fast]])
    weight = np.array([[fast], [(1 - fast) * ratio]])
    stock = start * weight / weight.sum(0)
    out: Array = np.zeros_like(rate)
    for m, n in enumerate(days):
        tau = np.stack([quick[m], quick[m] * ratio])  # (tracks, classes)
        level = rate[m] * share * tau
        gap = stock - level
        keep = np.exp(-n / tau)
        out[m] = (level + gap * tau / n * (1 - keep)).sum(0)  # the mean over the month, in closed form
        stock = level + gap * keep
    return out


def calibrate(path: str, first: str = "", last: str = "", hold_out: int = 0, without: Sequence[str] = (), forward: bool = True) -> Fit:
    """Fit the table at ``path`` from month ``first`` to ``last`` (YYYY-MM; all if empty). The people held in the last ``hold_out`` months, and in the
    months ``without``, are left out of the fit, to be compared with it. ``forward``: stays are those of the end of the months fitted, else those of their middle.

    Raises InputError for a table that cannot be read, or with fewer than four whole months to fit.
    """
    np = need("numpy")
    need("scipy")
    from scipy.optimize import least_squares

    table = read_table(path).between(first, last)
    for month in without:
        if month not in table.months:
            raise InputError(f"the table has no month `{shorten(month)}`", where="months left out", help=f"It runs from {table.months[0]} to {table.months[-1]}; write YYYY-MM")
    use = len(table.months) - max(hold_out, 0)
    seen_in_fit = np.array([i < use and m not in without for i, m in enumerate(table.months)])
    if hold_out < 0 or seen_in_fit.sum() < 4:
        raise InputError(f"{int(seen_in_fit.sum())} months are left to fit", where=table.file, help="Give at least four, each with people held and book-ins")
    rate = np.array(table.book_ins) / np.array(table.days)[:, None]
    seen = np.array(table.held)
    classes = seen.shape[1]
    shipped = read_parameters()
    names = [f"{c}_stay" for c in CLASSES[:classes]] + ["fast_share", "slow_ratio"]
    prior = np.array([*(np.log(shipped[n].central) for n in names), *[0.0] * classes])
    width = np.array([*(max(np.log(shipped[n].high / shipped[n].low) / (2 * WIDTH), 1e-3) for n in names), *[DRIFT] * classes])
    along = np.arange(len(table.months)) - (use - 1) / 2
    width[:classes] = 0.5  # a stay is what the months are to tell; the shape of its tail hardly shows in monthly counts
    start = seen[0] - (seen[1] - seen[0]) / 2 if len(seen) > 1 else seen[0]
    start = np.maximum(start, 1.0)

    def predicted(x: Array) -> Array:
        stay = np.exp(x[:classes] + np.minimum(along, use - 1 - (use - 1) / 2)[:, None] * x[-classes:])  # beyond the fit it stays
        fast, ratio = np.exp(x[classes : classes + 2])
        return held(rate, table.days, start, stay, min(float(fast), 0.98), max(float(ratio), 1.0))

    def residual(x: Array, noise: Array) -> Array:
        miss = np.log(np.maximum(predicted(x), 1e-9) / seen)[seen_in_fit] / noise
        return np.concatenate([miss.ravel(), (x - prior) / width])  # type: ignore[no-any-return]

    noise = np.full(classes, 0.03)  # of a month's count; then what the tracks are seen not to follow, lest the tail be bent to follow it
    found = least_squares(residual, prior, method="trf", x_scale=width, args=(noise,))
    for _ in range(3):
        noise = np.maximum(0.02, np.sqrt((np.log(predicted(found.x) / seen)[seen_in_fit] ** 2).mean(0)))
        found = least_squares(residual, prior, method="trf", x_scale=width, args=(noise,))
    covariance = np.linalg.pinv(found.jac.T @ found.jac)
    middle = predicted(found.x)
    whole = middle.sum(1)
    miss = whole / seen.sum(1) - 1
    spread = wander(rate, table.days, seen, start, np.exp(found.x[:classes]), min(float(np.exp(found.x[classes])), 0.98), max(float(np.exp(found.x[classes + 1])), 1.0), seen_in_fit)
    fitted: dict[str, tuple[float, float, float, str]] = {}
    for i, name in enumerate(names):
        sd = float(np.sqrt(covariance[i, i]))
        c = float(np.exp(found.x[i]))
        if i < classes:
            if forward:
                c *= float(np.exp(found.x[len(names) + i] * (use - 1) / 2))
            sd = float(np.hypot(sd, spread[i]))  # the months stray from a steady stay: it is no surer than that
        reach = min(WIDTH * sd, 0.8)
        low, high = c * (1 - reach), c * (1 + reach)  # even on both sides, so that the mean is what was fitted
        if name == "fast_share":
            c, high = min(c, 0.98), min(float(high), 0.99)
        if name == "slow_ratio":
            c, low = max(c, 1.0), max(float(low), 1.0)
        fitted[name] = (float(low), c, float(high), "fitted to people held and book-ins by month" + (", as at the end" if i < classes and forward else ""))
    fitted.update(_counted(np, table, rate, use))
    months = tuple(Month(m, float(seen[i].sum()), float(whole[i]), float(miss[i]), bool(seen_in_fit[i])) for i, m in enumerate(table.months))
    pace_mean = (rate[:use] * np.array(table.days[:use])[:, None]).sum(0) / sum(table.days[:use])
    pace = tuple((m, float(rate[i, 0] / pace_mean[0]), float(rate[i, 1] / pace_mean[1]) if classes == 2 and pace_mean[1] else 1.0) for i, m in enumerate(table.months))
    constant = _constant(np, rate, table.days, seen, start, seen_in_fit)
    still = tuple(n for n in ("removal_share", "through_detention", "jail_share", "cbp_stay") if n not in fitted)
    out = None if seen_in_fit.all() else float(np.abs(miss[~seen_in_fit]).mean())
    drifts = [f"the mean stay of {words} changes by {float(np.expm1(found.x[len(names) + i])):+.1%} a month" for i, words in zip(range(classes), ("ICE arrests" if classes == 2 else "all", "border arrests"))]
    notes = drifts if classes == 2 else [*drifts, "the table does not part the classes: one stay is fitted to all"]
    if still:
        notes.append(f"not in the table, so as shipped: {', '.join(still)}")
    return Fit(table.file, table.digest, table.months[0], table.months[use - 1], sum(table.days[:use]), fitted, months, pace, tuple((float(a), float(b)) for a, b in zip(pace_mean, start)), float(np.abs(miss[seen_in_fit]).mean()), out, constant, still, (*table.notes, *notes))


def wander(rate: Array, days: Sequence[int], seen: Array, start: Array, stay: Array, fast: float, ratio: float, used: Array) -> Array:
    """How far the stays of a season stray from ``stay``: the standard deviation, by class, of the logarithm of the stays that would meet each month's count,
    averaged over three months (a single month's answers mostly its neighbour's, since most of those held came before).

    Months not ``used`` are passed over at the steady stay. A stay that no month could show (beyond a factor of three) is cut there.
    """
    np = need("numpy")
    most = float(np.log(3))
    weight = np.array([[fast], [(1 - fast) * ratio]])
    share = np.array([[fast], [1 - fast]])
    stock = start * weight / weight.sum(0)
    found = []

    def month(m: int, log: Array) -> tuple[Array, Array]:
        quick = stay * np.exp(log) / (fast + (1 - fast) * ratio)
        tau = np.stack([quick, quick * ratio])
        level = rate[m] * share * tau
        keep = np.exp(-days[m] / tau)
        return (level + (stock - level) * tau / days[m] * (1 - keep)).sum(0), level + (stock - level) * keep

    for m in range(len(days)):
        low, high = np.full(len(stay), -most), np.full(len(stay), most)
        if used[m]:
            for _ in range(40):
                middle = (low + high) / 2
                above = month(m, middle)[0] > seen[m]
                low, high = np.where(above, low, middle), np.where(above, middle, high)
            found.append(middle)
        else:
            middle = np.zeros(len(stay))
        stock = month(m, middle)[1]
    logs = np.array(found)
    width = min(3, len(logs))
    smooth = np.stack([logs[i : i + width].mean(0) for i in range(len(logs) - width + 1)])
    out: Array = np.sqrt((smooth**2).mean(0))
    return out


def _counted(np: Any, table: Table, rate: Array, use: int) -> dict[str, tuple[float, float, float, str]]:
    """What the table counts itself: arrivals, the last people held, how stays end, the share out of jails. Low and high are those of the last six months."""
    out: dict[str, tuple[float, float, float, str]] = {}
    lately = rate[max(0, use - 6) : use]
    for i, name in enumerate(("ice_book_ins", "cbp_book_ins")[: rate.shape[1]]):
        late = lately[:, i]
        out[name] = (float(late.min()), float(late.mean()), float(late.max()), "mean, lowest and highest of the last six months")
    for i, name in enumerate(("held_ice", "held_cbp")[: rate.shape[1]]):
        x = float(table.held[use - 1][i])
        out[name] = (x, x, x, "people held on an average day of the last month")
    if rate.shape[1] == 1:
        out["cbp_book_ins"] = (0.0, 0.0, 0.0, "not parted in the table: counted with the others")
        out["held_cbp"] = (0.0, 0.0, 0.0, "not parted in the table: counted with the others")
    for name, part, base, words in (
        ("removal_share", table.removed, table.book_outs, "removals out of detention over final exits"),
        ("through_detention", table.removed, table.removals, "removals out of detention over all removals"),
        ("jail_share", table.from_jail, tuple(row[0] for row in table.book_ins), "book-ins out of local jails over book-ins after ICE arrests"),
    ):
        pairs = [(p, b) for p, b in zip(part[:use], base[:use]) if p is not None and b]
        if pairs:
            shares = [min(p / b, 1.0) for p, b in pairs]
            whole = min(sum(p for p, _ in pairs) / sum(b for _, b in pairs), 1.0)
            out[name] = (min(min(shares), whole), whole, max(max(shares), whole), f"{words}; lowest and highest month")
    return out


def _constant(np: Any, rate: Array, days: Sequence[int], seen: Array, start: Array, used: Array) -> float:
    """The plain rival: one exponential stay for all, fitted by trying 20 to 120 days; mean absolute error of the months used."""
    best = np.inf
    total, first = rate.sum(1, keepdims=True), start.sum(keepdims=True)
    for stay in np.linspace(10, 120, 221):
        model = held(total, days, first, np.array([stay]), 0.5, 1.0)[:, 0]
        best = min(best, float(np.abs(model / seen.sum(1) - 1)[used].mean()))
    return float(best)


def scenario_toml(fit: Fit, name: str, *, forward: bool = True) -> str:
    """The fit as a scenario file, with ``forward`` as it was fitted. ``forward``: begins after the last month used, with the arrivals of the last six months; else begins with the first month and
    repeats its book-ins month by month, for looking back."""
    year, month = (int(x) for x in (fit.last if forward else fit.first).split("-"))
    starts = dt.date(year + month // 12, month % 12 + 1, 1) if forward else dt.date(year, month, 1)
    source = f"calibrated on {fit.file} (sha256 {fit.digest[:16]}), {fit.first} to {fit.last}"
    date = _end(fit.last)
    lines = [
        f"# Written by `homerule simulate calibrate`. {source}.", f'name = "{name}"', f'title = "Calibrated on {_plain(fit.file)}"',
        f'says = "Parameters fitted to {fit.first} to {fit.last}; people held are met within {fit.error:.1%} on average. The other parameters are as shipped."',
        'is_not = "Not a forecast: the months fitted need not be like those to come."', f"starts = {starts.isoformat()}",
    ]  # fmt: skip
    values = dict(fit.parameters)
    if not forward:
        used = {m.month for m in fit.months if m.month <= fit.last}
        at = [(round((sum(_days(p[0]) for p in fit.pace[:i]) + _days(p[0]) / 2) / 7 - 0.5), p[1], p[2]) for i, p in enumerate(fit.pace) if p[0] in used]
        quoted = {"source": f"{source}: book-ins of each month over their mean", "date": date, "certainty": "i"}
        channels = ("jail", "prison", "large", "task_force", "border")
        lines += ["", "[sources]", *(f'"pace.{c}" = {{ source = "{quoted["source"]}", date = {date}, certainty = "i" }}' for c in channels), "", "[pace]"]
        for channel in channels:
            points = ", ".join(f"[{w}, {border if channel == 'border' else ice:.3f}]" for w, ice, border in at)
            lines.append(f"{channel} = [{points}]")
        for arrest, (mean, first) in zip(CLASSES, fit.level):
            values[f"{arrest}_book_ins"] = (mean * 0.98, mean, mean * 1.02, "mean of the months fitted; the range is for later corrections")
            values[f"held_{arrest}"] = (first, first, first, "people held at the start, carried back from the first two months")
        values["re_arrest"] = (0.0, 0.0, 0.0, "re-arrests after a declined detainer are among the book-ins counted")
    for key, (low, central, high, words) in values.items():
        unsure = "i" if high > low else "c"
        lines += ["", f"[parameters.{key}]", f"low = {low:.5g}", f"central = {min(max(central, float(f'{low:.5g}')), float(f'{high:.5g}')):.8g}", f"high = {high:.5g}"]
        lines += [*(['spread = "fixed"'] if high <= low else []), f'source = "{source}: {words}"', f"date = {date}", f'certainty = "{unsure}"']
    return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    return text.replace("\\", "/").replace('"', "'")


def _days(month: str) -> int:
    import calendar

    return calendar.monthrange(int(month[:4]), int(month[5:]))[1]


def _end(month: str) -> str:
    return f"{month}-{_days(month):02d}"
