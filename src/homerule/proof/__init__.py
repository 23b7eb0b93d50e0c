"""Does a draft agree with the law above it? Exact over the finite cases, each counterexample re-run by the oracle before it is shown."""

from homerule.proof.check import Report, check
from homerule.proof.draft import Draft, read_draft

__all__ = ["Draft", "Report", "check", "read_draft"]
