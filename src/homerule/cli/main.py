"""``homerule``: finds the command and runs it. Exit status 0 answered, 1 a check failed, 2 bad input."""

from __future__ import annotations

import argparse
import os
import sys
from importlib import import_module

from homerule import __version__
from homerule.errors import HomeruleError, nearest

#: Each command and the line that ``homerule --help`` shows for it; its module is imported only when it runs.
COMMANDS = {
    "decide": "answer one request: may, must or must not, and why",
    "ask": "answer one request by an interview that asks only what matters",
    "why-not": "why an act is not required, prohibited, permitted …",
    "check": "hold a draft ordinance or policy against the law above it",
    "draft": "letters, notices, resolutions, ordinances and reports that the law allows",
    "advise": "the playbook of one government, and the memo for a vote",
    "serve": "start the web application, the API and the decision log",
    "records": "the decision log: record, verify, export",
    "pardon": "what a pardon does to each ground of removal, and who may grant it",
    "replay": "run tables of real requests through the law of any day, or through a draft",
    "simulate": "what a removal operation needs from local government, and what each local lever is worth",
    "law": "look into the law: check the corpus and its examples",
    "agreements": "what was signed with federal agencies: registry, lists, changes, exits, deadlines",
}
ABOUT = (
    "What the law lets a US state, county or city do when the federal government asks for its help with immigration enforcement. "
    "Not legal advice."
)


class Parser(argparse.ArgumentParser):
    """argparse with errors as sentences and exit status 2."""

    def error(self, message: str) -> None:  # type: ignore[override]
        text = message[0].upper() + message[1:]
        sys.stderr.write(f"homerule: {text.rstrip('.')[:600]}. See `{self.prog} --help`.\n")
        raise SystemExit(2)


def usage() -> str:
    width = max(map(len, COMMANDS))
    lines = [f"  {name:<{width}}  {line}" for name, line in COMMANDS.items()]
    return f"homerule {__version__}\n\n{ABOUT}\n\nusage: homerule COMMAND [options]\n\n" + "\n".join(lines) + "\n\n`homerule COMMAND --help` explains each.\n"


def main(arguments: list[str] | None = None) -> int:
    """Run one command. Returns the exit status."""
    args = sys.argv[1:] if arguments is None else arguments
    if not args or args[0] in ("-h", "--help", "help"):
        sys.stdout.write(usage())
        return 0
    if args[0] in ("--version", "-V"):
        sys.stdout.write(f"homerule {__version__}\n")
        return 0
    name = args[0]
    if name not in COMMANDS:
        sys.stderr.write(f"homerule: there is no command `{name[:60]}`. {nearest(name, list(COMMANDS))}\n")
        return 2
    try:
        return int(import_module(f"homerule.cli.{name.replace('-', '_')}").run(args[1:]))
    except HomeruleError as error:
        sys.stderr.write(f"homerule: {error}\n")
        return 2
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except KeyboardInterrupt:
        sys.stderr.write("homerule: stopped.\n")
        return 2
    except Exception as error:
        if os.environ.get("HOMERULE_DEBUG"):
            raise
        what = " ".join(str(error).split())[:200]
        sys.stderr.write(f"homerule: a fault of the program itself ({type(error).__name__}: {what}). Nothing was changed. Set HOMERULE_DEBUG=1 to see where, and please report it.\n")
        return 2


def entry() -> None:
    """The console script. Most commands end before collecting garbage would pay; those that run long switch it on again."""
    import gc

    gc.disable()
    raise SystemExit(main())


if __name__ == "__main__":
    entry()
