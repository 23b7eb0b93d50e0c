"""Which norms apply, which of them prevail, and the answer that follows."""

from homerule.reasoning.decide import Case, Engine, Request, decide, engine
from homerule.reasoning.finding import Decision, Finding

__all__ = ["Case", "Decision", "Engine", "Finding", "Request", "decide", "engine"]
