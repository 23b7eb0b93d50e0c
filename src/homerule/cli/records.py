"""``homerule records``: the decision log."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from homerule.cli.main import Parser
from homerule.errors import InputError

if TYPE_CHECKING:
    from homerule.records import Log, Report

_EPILOG = """\
examples:
  homerule decide --place "Cook County, IL" --actor jail --request detainer --json | homerule records add - --role desk
  homerule records add decision.json --role desk --received 2026-11-01T09:30-06:00 --agency ero --channel fax --response declined
  homerule records outcome ENTRY --outcome released --happened 2026-11-01T11:00-06:00 --role desk
  homerule records verify
  homerule records export log.jsonl --from 2026-01-01 --to 2026-12-31
  homerule records verify log.jsonl --key office.example/records+1a2b3c4d+AbC…

The log holds offices, requests and findings, and no person: names, birth dates and identity numbers are refused.
It is kept at HOMERULE_RECORDS (a file, or a PostgreSQL address), by default in your data folder; --log names another.
Exit status: 0 done, 1 the log does not verify, 2 bad input.
"""


def parser() -> Parser:
    p = Parser(prog="homerule records", description="Keep, check and hand over the record of decisions.", epilog=_EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = p.add_subparsers(dest="verb", metavar="VERB", required=True)

    def verb(name: str, what: str) -> argparse.ArgumentParser:
        v = verbs.add_parser(name, help=what, description=what)
        v.add_argument("--log", metavar="PLACE", help="the log: a file or a database address")
        v.add_argument("--origin", default="homerule/records", help="the log's name in its checkpoints")
        v.add_argument("--json", action="store_true", help="print JSON")
        return v

    def about(v: argparse.ArgumentParser) -> None:
        v.add_argument("--role", required=True, help="the office that records: desk, counsel, approver …")
        v.add_argument("--office", default="", help="which office or unit (never a person)")

    def span(v: argparse.ArgumentParser) -> None:
        v.add_argument("--from", dest="start", metavar="DATE", help="first day")
        v.add_argument("--to", dest="end", metavar="DATE", help="last day")

    v = verb("add", "Record a decision: what `homerule decide --json` printed.")
    v.add_argument("decision", help="the file, or - for standard input")
    about(v)
    for name, what in (("received", "when the request came: 2026-11-01T09:30-06:00"), ("channel", "how it came"), ("agency", "who asked"), ("response", "how it was answered"), ("bail-posted", "when bail was posted"), ("reference", "a salted hash made on your side"), ("note", "free text, where the office keeps it"), ("key", "idempotency key: the same entry is recorded once")):
        v.add_argument(f"--{name}", help=what)
    v = verb("outcome", "Record what became of a request.")
    v.add_argument("entry")
    about(v)
    v.add_argument("--outcome", required=True, help="released, transferred, held, notified, withdrawn, pending")
    v.add_argument("--happened", help="when")
    v.add_argument("--handed-to", help="to which agency")
    v = verb("approve", "Record an approval, by a second person, of a decision.")
    v.add_argument("entry")
    about(v)
    v.add_argument("--no", action="store_true", help="record that it was not approved")
    v = verb("certify", "Certify that no request was received in a period.")
    about(v)
    span(v)
    v = verb("list", "List entries.")
    span(v)
    v.add_argument("--kind")
    v.add_argument("--place", help="the place's id, such as il/cook-county")
    v.add_argument("--after", type=int, default=-1, metavar="NUMBER")
    v.add_argument("--limit", type=int, default=50)
    v = verb("show", "Show one entry and what was recorded about it.")
    v.add_argument("entry")
    v = verb("verify", "Check the whole log, or an export of it, against its signatures.")
    v.add_argument("export", nargs="?", help="an export; without it, the log itself")
    v.add_argument("--key", help="the log's public key, got from the office by another way")
    v.add_argument("--earlier", metavar="FILE", help="a checkpoint kept from before")
    v = verb("export", "Write entries to FILE.jsonl (which can be verified) or FILE.csv.")
    v.add_argument("file")
    span(v)
    v = verb("prove", "Print the proof that an entry is in the log, or (--since N) that the log only grew.")
    v.add_argument("entry", nargs="?")
    v.add_argument("--since", type=int, metavar="SIZE")
    verb("checkpoint", "Print the newest signed checkpoint: keep it elsewhere.")
    verb("key", "Print the log's public key.")
    v = verb("hold", "Put an entry or a period under legal hold, or (--release ID) end a hold.")
    v.add_argument("entry", nargs="?")
    about(v)
    span(v)
    v.add_argument("--reason", default="")
    v.add_argument("--release", metavar="HOLD")
    v = verb("redact", "Empty an entry for a stated reason; its hash stays.")
    v.add_argument("entry")
    about(v)
    v.add_argument("--reason", required=True, help="retention_schedule, personal_data, court_order, privilege")
    v = verb("drill", "Rehearse a restore: build the log again from a backup in a temporary place, and verify it.")
    v.add_argument("backup", help="an export of the whole log")
    v = verb("restore", "Build a new log at --log from a backup.")
    v.add_argument("backup", help="an export of the whole log")
    v = verb("settings", "Show or change a setting: `records settings free_text on`.")
    v.add_argument("name", nargs="?", choices=["free_text"])
    v.add_argument("value", nargs="?", choices=["on", "off"])
    return p


def day(text: str | None, where: str) -> dt.date | None:
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise InputError(f"`{text[:30]}` is not a date", where=where, help="Write it as 2026-11-01") from None


def out(data: Any) -> None:
    json.dump(data, sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")


def run(arguments: list[str]) -> int:
    """Run one verb. Returns 0, or 1 where a log does not verify."""
    args = parser().parse_args(arguments)
    from homerule.records import verify_export
    from homerule.records.store import Log

    if args.verb == "verify" and args.export:
        earlier = Path(args.earlier).read_text("utf-8") if args.earlier else None
        return told(verify_export(Path(args.export), verifier=args.key, earlier=earlier), args, own_key=args.key is None)
    if args.verb == "drill":
        return drill(args)
    log = Log(args.log, origin=args.origin)
    try:
        return int(globals()[f"_{args.verb}"](log, args))
    finally:
        log.close()


def told(report: Report, args: Any, *, own_key: bool = False) -> int:
    if args.json:
        out({"holds": report.holds, "size": report.size, "redacted": report.redacted, "checkpoints": report.checkpoints, "problems": list(report.problems)})
    elif report.holds:
        print(f"The log verifies. Entries: {report.size} ({report.redacted} redacted); signed checkpoints: {report.checkpoints}.")
        if own_key:
            print("It was checked with the key in the file itself; give --key to check who signed it.")
    else:
        print("The log does NOT verify:")
        for problem in report.problems:
            print(f"  - {problem}")
    return 0 if report.holds else 1


def drill(args: Any) -> int:
    import tempfile

    from homerule.records.export import restore
    from homerule.records.store import Log
    from homerule.records.verify import verify

    with tempfile.TemporaryDirectory(prefix="homerule-drill-") as folder:
        log = Log(str(Path(folder) / "drill.sqlite"), origin=args.origin)
        try:
            restore(Path(args.backup), log)
            return told(verify(log), args)
        finally:
            log.close()


def given(args: Any, *names: str) -> dict[str, Any]:
    return {n: getattr(args, n) for n in names if getattr(args, n, None)}


def receipt(args: Any, got: Any) -> int:
    if args.json:
        out(got._asdict())
    else:
        print(f"{'Recorded' if got.new else 'Already there'} as entry {got.seq}: {got.id}")
    return 0


def entry(log: Log, args: Any, kind: str, **more: Any) -> int:
    from homerule.records.entry import read_entry

    return receipt(args, log.append(read_entry({"kind": kind, "role": args.role, "office": args.office} | more)))


def _add(log: Log, args: Any) -> int:
    from homerule.records.entry import from_decision

    try:
        data = json.loads(sys.stdin.read() if args.decision == "-" else Path(args.decision).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"the decision cannot be read: {getattr(error, 'strerror', None) or 'it is not JSON'}", where=args.decision, help="Give what `homerule decide --json` prints") from None
    if args.note and log.setting("free_text", "off") != "on":
        raise InputError("this log keeps no free text", where="--note", help="An administrator may switch it on: homerule records settings free_text on")
    made = from_decision(data, role=args.role, office=args.office, **given(args, "received", "channel", "agency", "response", "bail_posted", "reference", "note"))
    return receipt(args, log.append(made, idempotency=args.key))


def _outcome(log: Log, args: Any) -> int:
    return entry(log, args, "outcome", of=args.entry, outcome=args.outcome, **given(args, "happened", "handed_to"))


def _approve(log: Log, args: Any) -> int:
    return entry(log, args, "approval", of=args.entry, approved=not args.no)


def _certify(log: Log, args: Any) -> int:
    start, end = day(args.start, "--from"), day(args.end, "--to")
    if start is None or end is None:
        raise InputError("a certificate names its period", help="Give --from and --to")
    if any(e.data().get("asked") for e in log.entries(start=start, end=end, kind="decision", limit=1)):
        raise InputError("the log has decisions in this period", where=f"{start} to {end}", help="A certificate says that none was received; report them instead")
    return entry(log, args, "certificate", period=[str(start), str(end)])


def _list(log: Log, args: Any) -> int:
    found = [e.data() for e in log.entries(start=day(args.start, "--from"), end=day(args.end, "--to"), kind=args.kind, place=args.place, after=args.after, limit=args.limit)]
    if args.json:
        out({"entries": found, "next": found[-1]["seq"] if len(found) == args.limit else None})
        return 0
    for e in found:
        asked = e.get("asked") or {}
        what = f"{asked['place']}  {asked['actor']}  {asked['request']}  " + ", ".join(f"{f['act']}: {f['verdict']}" for f in e.get("findings", ())) if asked else (f"about {e['of']}" if e.get("of") else "")
        print(f"{e['seq']:>6}  {e['id']}  {e.get('recorded', '')[:16]}  {e.get('kind', 'redacted'):<11} {what}")
    print("No entries." if not found else "1 entry." if len(found) == 1 else f"{len(found)} entries.")
    return 0


def _show(log: Log, args: Any) -> int:
    found = log.get(args.entry)
    if found is None:
        raise InputError(f"the log has no entry {args.entry[:40]}", help="List them with `homerule records list`")
    out({"entry": found.data(), "about": [e.data() for e in log.about(args.entry)]})
    return 0


def _verify(log: Log, args: Any) -> int:
    from homerule.records.verify import verify

    return told(verify(log), args)


def _export(log: Log, args: Any) -> int:
    from homerule.records.export import export

    count = export(log, Path(args.file), start=day(args.start, "--from"), end=day(args.end, "--to"))
    out({"file": args.file, "entries": count}) if args.json else print(f"Entries written to {args.file}: {count}.")
    return 0


def _prove(log: Log, args: Any) -> int:
    if (args.entry is None) == (args.since is None):
        raise InputError("give an entry, or --since SIZE", help="See `homerule records prove --help`")
    out(log.inclusion(args.entry) if args.entry else log.consistency(args.since))
    return 0


def _checkpoint(log: Log, args: Any) -> int:
    out({"checkpoint": log.head()}) if args.json else sys.stdout.write(log.head())
    return 0


def _key(log: Log, args: Any) -> int:
    out({"verifier": str(log.signer.verifier)}) if args.json else print(log.signer.verifier)
    return 0


def _hold(log: Log, args: Any) -> int:
    from homerule.records.keep import hold, release

    if args.release:
        return receipt(args, release(log, args.release, role=args.role, reason=args.reason))
    start, end = day(args.start, "--from"), day(args.end, "--to")
    period = (start, end) if start and end else None
    if (args.entry is None) == (period is None):
        raise InputError("name an entry, or a period with --from and --to", help="See `homerule records hold --help`")
    return receipt(args, hold(log, role=args.role, of=args.entry, period=period, reason=args.reason))


def _redact(log: Log, args: Any) -> int:
    from homerule.records.keep import redact

    return receipt(args, redact(log, args.entry, role=args.role, reason=args.reason))


def _restore(log: Log, args: Any) -> int:
    from homerule.records.export import restore

    return told(restore(Path(args.backup), log), args)


def _settings(log: Log, args: Any) -> int:
    if args.name and args.value:
        log.set(args.name, args.value)
    out({"free_text": log.setting("free_text", "off")}) if args.json else print(f"free_text: {log.setting('free_text', 'off')}")
    return 0
