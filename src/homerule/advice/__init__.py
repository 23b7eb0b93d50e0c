"""Advice: what one government can do, on either side, computed by `decide`; the memo for a vote; and the drafts to go with them.

    >>> from homerule.advice import playbook
    >>> playbook("Cook County, IL", on="2026-11-23").short[0].title
    'What the law already settles'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from homerule.advice.lever import Book, Lever, levers
    from homerule.advice.option import Option
    from homerule.advice.playbooks import Entry, Playbook, playbook
    from homerule.advice.report import memo_document, playbook_document
    from homerule.advice.vote import Memo, vote_memo

__all__ = ["Book", "Entry", "Lever", "Memo", "Option", "Playbook", "levers", "memo_document", "playbook", "playbook_document", "vote_memo"]

_WHERE = {
    "Book": "lever", "Lever": "lever", "levers": "lever",
    "Entry": "playbooks", "Option": "option", "Playbook": "playbooks", "playbook": "playbooks",
    "Memo": "vote", "vote_memo": "vote", "memo_document": "report", "playbook_document": "report",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    """Public names are imported when first used."""
    if name in _WHERE:
        from importlib import import_module

        return getattr(import_module(f"homerule.advice.{_WHERE[name]}"), name)
    raise AttributeError(f"module 'homerule.advice' has no attribute {name!r}")
