"""Who may pardon, and what a pardon does to a ground of removal.

    >>> from homerule.pardons import assess
    >>> result = assess({"charges": ["237(a)(2)(B)(i)"], "conviction": [{"convicted_by": "state"}],
    ...                  "instrument": [{"kind": "pardon", "grantor": "governor", "full": True, "unconditional": True}]})
    >>> result.grounds[0].outcome
    'NOT_WAIVED'

The rules are data: `law/us/removal-grounds.toml`, `law/us/pardon-effect.toml` and each state's `pardons.toml`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from homerule.pardons.load import Law
    from homerule.pardons.result import Assessment

__all__ = ["assess"]


def assess(case: dict[str, Any], law: Law | None = None) -> Assessment:
    """What an instrument of clemency does to each ground of removal of ``case`` (keys as in docs/how-to/pardons.md).

    Raises InputError where the case cannot be read.
    """
    from homerule.pardons.assessment import assess as work
    from homerule.pardons.case import read_case
    from homerule.pardons.load import pardon_law

    chosen = law or pardon_law()
    return work(read_case(case, chosen), chosen)
