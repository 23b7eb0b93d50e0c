"""``python -m homerule``."""

from homerule.cli.main import entry

entry()
