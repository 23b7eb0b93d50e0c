"""Write the generated reference pages again: JSON Schemas, the list of words and what the corpus holds. ``--check`` only says whether they are up to date."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from homerule import load_corpus
from homerule.corpus.format import FORMAT, json_schema
from homerule.reasoning.schema import decision_schema
from homerule.survey import coverage
from homerule.vocabulary import Vocabulary

HERE = Path(__file__).parent
ROOT = HERE.parent


def words_page(v: Vocabulary) -> str:
    out = ["# The words", "", "Generated from `law/vocabulary.toml` by `make docs`. Programs call these names.", "", "## Actors", "", "| actor | in words | answers to |", "|---|---|---|"]
    out += [f"| `{a.name}` | {a.words} | {a.level} |" for a in v.actors.values()]
    out += ["", "## Groups that a norm may bind", "", "| group | actors |", "|---|---|"]
    out += [f"| `{g}` | {', '.join(f'`{m}`' for m in sorted(members))} |" for g, members in v.groups.items() if g != "all"]
    out += ["| `all` | every actor |", "", "## Request kinds", "", "| request | in words | acts it asks |", "|---|---|---|"]
    out += [f"| `{r.name}` | {r.words} | {', '.join(f'`{a}`' for a in r.acts)} |" for r in v.requests.values()]
    out += ["", "## Acts", "", "| act | what the body would do |", "|---|---|"]
    out += [f"| `{a.name}` | {a.words}{' (prohibited everywhere)' if a.crime else ''} |" for a in v.acts.values()]
    out += ["", "## Facts", "", "A state may add facts of its own in its `facts.toml`.", "", "| fact | type | question | assumed |", "|---|---|---|---|"]
    for f in v.facts.values():
        kind = f"{f.type}: {', '.join(f.values)}" if f.values else f"{f.type}{', ' + f.unit if f.unit else ''}"
        out.append(f"| `{f.name}` | {kind} | {f.question} | {f.show(f.assumed) if f.assumed is not None else ''} |")
    return "\n".join(out) + "\n"


def commands_page() -> str:
    """The help text of every command."""
    import contextlib
    import io
    import os
    from importlib import import_module

    from homerule.cli.main import COMMANDS, main

    os.environ["COLUMNS"] = "110"
    out = ["# Commands", "", "Generated from the program's own help by `make docs`.", ""]
    for command in [*COMMANDS, *(f"{c} {v}" for c in COMMANDS for v in getattr(import_module(f"homerule.cli.{c.replace('-', '_')}"), "VERBS", ()))]:
        text = io.StringIO()
        with contextlib.redirect_stdout(text), contextlib.suppress(SystemExit):
            main([*command.split(), "--help"])
        out += [f"## `homerule {command}`", "", "```", text.getvalue().rstrip(), "```", ""]
    return "\n".join(out)


def pardon_powers_page() -> str:
    from homerule.pardons.power import powers
    from homerule.pardons.power_table import markdown

    return markdown(powers(max(p.checked for p in powers().values())))


def readme() -> str:
    """The README with the answer that its command prints today."""
    import contextlib
    import io
    import os
    import re
    import shlex

    from homerule.cli.main import main

    text = (ROOT / "README.md").read_text("utf-8")
    block = re.search(r"(```\n\$ homerule (decide .*?)\n\n)(.*?)(\n```)", text, re.S)
    if block is None:
        return text
    os.environ["COLUMNS"] = "100"
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        main(shlex.split(block.group(2).replace("\\\n", " ")))
    told = out.getvalue().rstrip()
    old = [line for line in block.group(3).splitlines() if not line.startswith("Corpus ")]
    if [line for line in told.splitlines() if not line.startswith("Corpus ")] == old:
        return text  # only the corpus line differs: the law changed elsewhere
    return text[: block.start(3)] + told + text[block.end(3) :]


def pages() -> dict[Path, str]:
    """Every generated file and what it should hold."""
    corpus = load_corpus()
    return {
        HERE / "reference" / "decision.schema.json": json.dumps(decision_schema(), indent=2, ensure_ascii=False) + "\n",
        HERE / "reference" / f"corpus-format-{FORMAT}.schema.json": json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n",
        HERE / "reference" / "words.md": words_page(corpus.vocabulary),
        HERE / "corpus.md": coverage.markdown(coverage.survey(corpus)),
        HERE / "reference" / "commands.md": commands_page(),
        HERE / "reference" / "pardon-powers.md": pardon_powers_page(),
        ROOT / "README.md": readme(),
    }


def main() -> int:
    stale = [path for path, text in pages().items() if not path.exists() or path.read_text("utf-8") != text]
    if "--check" in sys.argv:
        for path in stale:
            print(f"{path.relative_to(ROOT)} is out of date: run `make docs`")
        return 1 if stale else 0
    for path, text in pages().items():
        path.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
