"""``homerule agreements list``."""

from __future__ import annotations

import sys
from functools import cache
from typing import TYPE_CHECKING

from homerule.agreements.model import STATUSES, Agreement
from homerule.cli.agreements.printing import day, parser, table, write_csv, write_json
from homerule.errors import InputError, shorten

if TYPE_CHECKING:
    from homerule.places import Gazetteer

EXAMPLES = """  homerule agreements list --state MD
  homerule agreements list --place "Polk County, FL"
  homerule agreements list --model task_force --status listed --csv > task-force.csv
  homerule agreements list --state ME --on 2025-06-01        those that lists around that day show"""
_WORDS = {"listed": "listed", "gone": "no longer listed (observed)", "ended": "ended (document)", "pending": "pending", "recorded": "recorded"}
_COLUMNS = ("id", "agency", "state", "county", "place", "kind", "model", "status", "signed", "effective", "ends", "listed_first", "listed_last", "absent_from", "pending_first", "pending_last", "link", "document_hash")


def run(arguments: list[str]) -> int:
    """Print agreements. Returns 0."""
    p = parser("list", "List agreements. Absence from a list is an observation with a date, and not the end of an agreement.", EXAMPLES)
    p.add_argument("text", nargs="*", help="words of the agency's name")
    p.add_argument("--state", help="name or two-letter code")
    p.add_argument("--place", help="a place, as `decide` takes it; of a county also the agreements of bodies in it")
    p.add_argument("--kind", help="a kind of agreement")
    p.add_argument("--model", help="a model: jail, warrant_service, task_force")
    p.add_argument("--status", choices=tuple(_WORDS), help="where it stands")
    p.add_argument("--on", metavar="DATE", help="in force on a day, as lists around it show or a document says")
    p.add_argument("--json", action="store_true", help="print JSON")
    p.add_argument("--csv", action="store_true", help="print CSV")
    args = p.parse_args(arguments)
    found, newest = select(args.registry, " ".join(args.text), state=args.state, place=args.place, kind=args.kind, model=args.model, status=args.status, on=args.on)
    if args.json:
        from homerule.agreements.plain import as_dict

        write_json([as_dict(a) for a in found])
        return 0
    if args.csv:
        write_csv(_COLUMNS, [[getattr(a, c) for c in _COLUMNS] for a in found])
        return 0
    if found:
        rows = [[a.id, a.status, a.signed, a.listed_last or a.pending_last, a.absent_from] for a in found]
        sys.stdout.write("\n".join(table(("agreement", "status", "signed", "last listed", "not listed from"), rows)) + "\n\n")
    tally = ", ".join(f"{n} {s}" for s in STATUSES if (n := sum(a.status == s for a in found)))
    sys.stdout.write(f"{len(found):,} agreement{'s' if len(found) != 1 else ''}" + (f" ({tally})" if tally else "") + (f"; the newest list is of {newest}.\n" if newest else "; no list is held.\n"))
    return 0


def select(where: str | None, text: str = "", *, state: str | None = None, place: str | None = None, kind: str | None = None, model: str | None = None, status: str | None = None, on: str | None = None) -> tuple[list[Agreement], object]:
    """The agreements that the filters keep, and the day of the newest list. Raises InputError for a state, place, kind or model that is not known."""
    from homerule.agreements import Registry, listed_on
    from homerule.agreements.kinds import kinds
    from homerule.agreements.names import read_state
    from homerule.agreements.stats import newest_day
    from homerule.places.names import fold

    columns: dict[str, str] = {}
    if state:
        code = read_state(state)
        if not code.value or code.doubt:
            raise InputError(f"`{shorten(state)}` is no state", where="--state", help=f"Did you mean `{code.value.upper()}`?" if code.value else "Write its name or two-letter code")
        columns["state"] = code.value
    if kind:
        columns["kind"], of_kind = kinds().kind(kind, "--kind")
        model = model or of_kind
    if model:
        columns["model"] = kinds().model(model, "--model")
    if status:
        columns["status"] = _WORDS[status]
    with Registry(where) as registry:
        found = registry.agreements(**columns)
        newest = newest_day(registry.lists())
    if place:
        from homerule.places import find

        wanted = find(place)
        inside = wanted.kind in ("county", "city-county")
        found = [a for a in found if a.place and (a.place == wanted.id or (inside and _within(a.place, wanted.id)))]
    at = day(on)
    if at:
        found = [a for a in found if listed_on(a, at) or (a.listed_first is None and a.in_force(at))]
    key = fold(text)
    return [a for a in found if key in fold(f"{a.agency} {a.id}")], newest


def _within(place: str, county: str) -> bool:
    found = _gazetteer().get(place)
    return found is not None and found.county_ids == (county,)


@cache
def _gazetteer() -> Gazetteer:
    from homerule.places import Gazetteer

    return Gazetteer()
