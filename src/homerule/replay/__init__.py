"""Many requests under the law of any day, or under a draft: real tables in, the verdict of every row out.

    >>> from homerule.replay import replay, describe                                      # doctest: +SKIP
    >>> print(describe("detainers.parquet").text)                                         # doctest: +SKIP
    >>> summary = replay(["detainers.parquet"], "out", as_of="row", policies=["draft.toml"])  # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from homerule.replay.bits import Compiled
    from homerule.replay.description import Description, describe
    from homerule.replay.privacy import Refusal, screen
    from homerule.replay.run import replay
    from homerule.replay.summary import Summary, load
    from homerule.replay.synthetic import sample

_WHERE = {
    "Compiled": "bits", "Description": "description", "describe": "description", "Refusal": "privacy", "screen": "privacy",
    "replay": "run", "sample": "synthetic", "Summary": "summary", "load": "summary",
}  # fmt: skip
__all__ = ["Compiled", "Description", "Refusal", "Summary", "describe", "load", "replay", "sample", "screen"]


def __getattr__(name: str) -> Any:
    """Each name is imported when first used: the packages behind them are an extra."""
    if name not in _WHERE:
        raise AttributeError(name)
    return getattr(import_module(f"homerule.replay.{_WHERE[name]}"), name)
