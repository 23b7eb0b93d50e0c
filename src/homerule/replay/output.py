"""What a run writes: parts of rows in Parquet, with what is the same for many rows held once; and the tallies from which the summary is made."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from homerule.replay.cells import Ints
from homerule.replay.tables import needs


class Codes:
    """A column of codes from which several columns of texts are made: what occurs in it is found once."""

    def __init__(self, codes: Ints, kinds: int) -> None:
        self.codes = codes
        seen = np.zeros(max(1, kinds), bool)
        seen[codes] = True
        self.present = np.flatnonzero(seen).tolist() if len(codes) else []
        self.kinds = max(1, kinds)

    def texts(self, values: Sequence[str | None]) -> Any:
        """A column of texts: only those that occur, in alphabetical order, so that the same rows make the same bytes."""
        pa = needs("pyarrow")
        order = sorted({v for i in self.present if (v := values[i]) is not None})
        rank = {v: i for i, v in enumerate(order)}
        narrow = np.int8 if len(order) < 128 else np.int16 if len(order) < 1 << 15 else np.int32
        table = np.zeros(self.kinds, narrow)
        gone = np.zeros(self.kinds, bool)
        for i in self.present:
            v = values[i]
            if v is None:
                gone[i] = True
            else:
                table[i] = rank[v]
        if not order:
            return pa.DictionaryArray.from_arrays(pa.nulls(len(self.codes), pa.int8()), pa.array([], pa.string()))
        mask = gone.take(self.codes) if gone.any() else None
        return pa.DictionaryArray.from_arrays(pa.array(table.take(self.codes), mask=mask), pa.array(order, pa.string()))


def write(table: Any, path: str) -> None:
    """Write a table as one Parquet file, whole or not at all."""
    pq, pa = needs("pyarrow.parquet"), needs("pyarrow")
    coded = [f.name for f in table.schema if pa.types.is_dictionary(f.type)]
    plain = {f.name: "DELTA_BINARY_PACKED" for f in table.schema if pa.types.is_integer(f.type) or pa.types.is_date32(f.type)}
    made = path + ".part"
    pq.write_table(table, made, row_group_size=1 << 20, compression="zstd", compression_level=1, use_dictionary=coded, column_encoding=plain, write_statistics=[c for c in ("row", "day", "state") if c in table.column_names], store_schema=True)
    settle(made, path)


def settle(made: str, path: str) -> None:
    """Put a finished file in its place, so that a reader sees all of it or nothing."""
    with open(made, "rb") as file:
        os.fsync(file.fileno())
    os.replace(made, path)


def write_text(path: str, text: str) -> None:
    """Write a text file, whole or not at all."""
    with open(path + ".part", "w", encoding="utf-8", newline="") as file:
        file.write(text)
    settle(path + ".part", path)


def table_of(columns: Mapping[str, Any], metadata: Mapping[str, str]) -> Any:
    """An Arrow table with the run's metadata."""
    pa = needs("pyarrow")
    return pa.table(dict(columns)).replace_schema_metadata({k: v for k, v in metadata.items()})
