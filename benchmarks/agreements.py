"""What importing lists costs, in one run: reading, working out, writing; and beside a reader of workbooks in Python.

    python benchmarks/agreements.py [FOLDER of published workbooks] [--lists 300]

Without a folder, sample workbooks are made. The last lines scale up: the same lists repeated over many days, of which only the working-out is timed.
"""

from __future__ import annotations

import argparse
import io
import tempfile
import time
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

from homerule.agreements import Registry, import_files, resolve
from homerule.agreements.importing import read_file
from homerule.agreements.listing import Row
from homerule.agreements.sheet import read_workbook


def samples(folder: Path, count: int = 10, rows: int = 800) -> None:
    """Workbooks of one day each."""
    import openpyxl

    for n in range(count):
        day = date(2025, 9, 1) + timedelta(days=7 * n)
        book = openpyxl.Workbook()
        book.active.append(["STATE", "LAW ENFORCEMENT AGENCY", "TYPE", "COUNTY", "SUPPORT TYPE", "SIGNED", "MOA", "ADDENDUM"])
        for i in range(rows):
            book.active.append(["TEXAS", f"Town {chr(97 + i % 26)}{chr(97 + i // 26)}n Police Department", "Municipality", "", "Task Force Model", date(2025, 3, 1 + i % 28), "link", None])
            book.active.cell(i + 2, 7).hyperlink = f"https://example.gov/{i}.pdf"
        book.save(folder / f"participatingAgencies{day:%m%d%Y}am.xlsx")


def main() -> None:
    """Print the parts of an import, and ratios."""
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("folder", nargs="?", type=Path)
    p.add_argument("--lists", type=int, default=300)
    args = p.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = args.folder or Path(made)
        if not args.folder:
            samples(folder)
        files = sorted(folder.glob("*.xlsx"))
        data = [f.read_bytes() for f in files]

        def timed(call: object) -> float:
            start = time.perf_counter()
            call()  # type: ignore[operator]
            return time.perf_counter() - start

        cells = timed(lambda: [read_workbook(d, f.name) for d, f in zip(data, files, strict=True)])
        lists = [s for f in files for s in read_file(f, by="benchmark").lists]
        rows = sum(len(s.rows) for s in lists)
        first = timed(lambda: resolve(lists))
        again = timed(lambda: resolve(lists))
        with Registry(str(Path(made) / "bench.sqlite")) as registry:
            whole = timed(lambda: import_files([folder], registry, by="benchmark"))
            twice = timed(lambda: import_files([folder], registry, by="benchmark"))
        print(f"{len(files)} workbooks, {rows:,} rows")
        print(f"  import, all          {whole:7.2f} s   {rows / whole:,.0f} rows a second; under 20 s: {'yes' if whole < 20 else 'NO'}")
        print(f"  read cells and links {cells:7.2f} s   {cells / whole:.0%} of the import")
        print(f"  work out agreements  {first:7.2f} s cold, {again:.2f} s warm")
        print(f"  import again         {twice:7.2f} s   {whole / twice:.0f} times as fast: nothing is new")
        try:
            import openpyxl

            plain = timed(lambda: [openpyxl.load_workbook(io.BytesIO(d)) for d in data])
            print(f"  openpyxl, the same   {plain:7.2f} s   {plain / cells:.1f} times as long as reading cells and links here")
        except ImportError:
            pass
        one = max(lists, key=lambda s: len(s.rows))
        many = []
        for n in range(args.lists):
            kept = tuple(r for i, r in enumerate(one.rows) if (i + n // 30) % 17)
            extra = Row("TEXAS", f"Extra {chr(97 + n % 26)}ity Police Department", support="Task Force Model", signed="2025-03-03")
            day = date(2025, 9, 1) + timedelta(days=n)
            many.append(one._replace(name=f"{n}", key=sha256(str(n).encode()).hexdigest(), rows=(*kept, extra), at_rows=tuple(range(len(kept) + 1)), said_date=day))
        sightings = sum(len(s.rows) for s in many)
        scaled = timed(lambda: resolve(many))
        print(f"{args.lists} lists, {sightings:,} sightings: worked out in {scaled:.2f} s, {sightings / scaled:,.0f} sightings a second")


if __name__ == "__main__":
    main()
