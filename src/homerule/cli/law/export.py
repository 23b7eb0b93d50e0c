"""``homerule law export``."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping

from homerule.cli.main import Parser
from homerule.errors import InputError, shorten

_EPILOG = """\
json  one document: vocabulary, places, authorities, norms (conditions as text, words and tree), examples
csv   a table each of places, authorities, norms and examples (RFC 4180), in a folder, or in one file if PATH ends in .zip
akn   Akoma Ntoso 3.0, one XML document an authority, in a folder, or in one file if PATH ends in .zip

examples:
  homerule law export --format json --out corpus.json
  homerule law export --format csv --out tables.zip --place tx il/cook-county
  homerule law export --format akn --out akn --force

Rules are paraphrases, never the official text. The same corpus gives the same bytes.
Exit status: 0 written, 2 bad input.
"""


def run(arguments: list[str]) -> int:
    """Write the corpus to a file or folder. Returns 0."""
    import argparse

    p = Parser(prog="homerule law export", description="Write the corpus as JSON, CSV or Akoma Ntoso.", epilog=_EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--format", required=True, choices=("json", "csv", "akn"), help="what to write")
    p.add_argument("--out", required=True, metavar="PATH", help="the file or folder to write")
    p.add_argument("--place", action="extend", nargs="+", default=[], metavar="ID", help='only the law of these places and of those inside them: us, tx, il/cook-county, "Cook County, IL" (us is the federal law alone)')
    p.add_argument("--force", action="store_true", help="write over what is there; of a folder, only the files that an export writes")
    p.add_argument("--law", action="append", default=[], metavar="DIR", help="a folder of further law files (repeatable; also HOMERULE_LAW)")
    args = p.parse_args(arguments)
    single = args.format == "json" or args.out.endswith(".zip")
    refuse(args.out, single=single, force=args.force)
    from homerule.corpus import load_corpus
    from homerule.survey import export

    corpus = load_corpus(law=args.law)
    chosen = export.select(corpus, export.chosen(corpus, args.place))
    if args.format == "json":
        files = {"": export.as_json(chosen)}
    elif args.format == "csv":
        files = export.as_tables(chosen)
    else:
        from homerule.survey.akn import as_documents

        files = as_documents(chosen, corpus.all_norms())
    try:
        write(files, args.out, single=single)
    except OSError as error:
        raise InputError(f"`{shorten(args.out)}` cannot be written: {error.strerror}", where="--out", help="Name a place that you may write to") from None
    counts = ", ".join(_count(n, one, more) for n, one, more in ((len(chosen.authorities), "authority", "authorities"), (len(chosen.norms), "norm", "norms"), (len(chosen.examples), "example", "examples")))
    sys.stdout.write(f"Corpus {chosen.version}: {counts} written to {args.out}{'' if single else f' ({len(files)} files)'}.\n")
    return 0


def _count(number: int, one: str, more: str) -> str:
    return f"{number} {one if number == 1 else more}"


def refuse(out: str, *, single: bool, force: bool) -> None:
    """Raise InputError where ``out`` cannot be written, or stands already and ``force`` is not given."""
    folder = os.path.dirname(os.path.abspath(out))
    if not os.path.isdir(folder):
        raise InputError(f"the folder `{shorten(folder)}` does not exist", where="--out", help="Make it first")
    if not os.path.lexists(out):
        return
    is_folder = os.path.isdir(out)
    if not force:
        raise InputError(f"the {'folder' if is_folder else 'file'} `{shorten(out)}` is there already", where="--out", help="Name another, or give --force to write over it")
    if single and is_folder:
        raise InputError(f"`{shorten(out)}` is a folder, and one file is to be written", where="--out", help="Name a file")
    if not single and not is_folder:
        raise InputError(f"`{shorten(out)}` is a file, and a folder is to be written", where="--out", help="Name a folder, or a file that ends in .zip")


def write(files: Mapping[str, bytes], out: str, *, single: bool) -> None:
    """Write ``files`` by name into the folder ``out``, or as one file: a zip, or the only one if it has no name."""
    if single:
        data = files[""] if "" in files else packed(files)
        os.makedirs(os.path.dirname(os.path.abspath(out)), exist_ok=True)
        part = f"{out}.part"
        with open(part, "wb") as file:
            file.write(data)
        os.replace(part, out)
        return
    for name in _stale(out, files):
        os.remove(os.path.join(out, name))
    for name, data in files.items():
        path = os.path.join(out, *name.split("/"))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data)


def packed(files: Mapping[str, bytes]) -> bytes:
    """A zip of ``files`` that holds no times, so that the same files give the same bytes."""
    import io
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, 0o644 << 16, 3
            archive.writestr(entry, data)
    return out.getvalue()


def _stale(out: str, files: Mapping[str, bytes]) -> list[str]:
    """Documents that an earlier export to this folder listed in its index, and that this one does not write."""
    try:
        with open(os.path.join(out, "index.json"), "rb") as file:
            listed = [str(d["file"]) for d in json.load(file)["documents"]]
    except (OSError, ValueError, KeyError, TypeError):
        return []
    inside = os.path.realpath(out) + os.sep
    gone = [f for f in listed if f not in files and f.endswith(".xml")]
    return [f for f in gone if os.path.realpath(os.path.join(out, f)).startswith(inside) and os.path.isfile(os.path.join(out, f))]
