"""A command that has verbs: one module a verb, imported only when it runs."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module

from homerule.errors import nearest


def listed(verbs: Mapping[str, str]) -> str:
    """The verbs with their lines, as a usage text shows them."""
    width = max(map(len, verbs))
    return "\n".join(f"  {name:<{width}}  {line}" for name, line in verbs.items())


def usage(command: str, about: str, verbs: Mapping[str, str]) -> str:
    """What ``homerule COMMAND --help`` prints."""
    return f"usage: homerule {command} VERB [options]\n\n{about}\n\n{listed(verbs)}\n\n`homerule {command} VERB --help` explains each.\n"


def run(command: str, about: str, verbs: Mapping[str, str], arguments: list[str], modules: Mapping[str, str] = {}) -> int:
    """Run one verb of ``command``; ``modules`` names the module where it is not the verb. Returns the exit status."""
    if not arguments or arguments[0] in ("-h", "--help"):
        sys.stdout.write(usage(command, about, verbs))
        return 0
    verb = arguments[0]
    if verb not in verbs:
        sys.stderr.write(f"homerule: `{command}` has no verb `{verb[:60]}`. {nearest(verb, list(verbs))}\n")
        return 2
    return int(import_module(f"homerule.cli.{command}.{modules.get(verb, verb.replace('-', '_'))}").run(arguments[1:]))
