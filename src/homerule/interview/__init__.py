"""The interview: which fact to ask next, and when nothing more can change the answer."""

from homerule.interview.interview import Interview
from homerule.interview.question import Question
from homerule.interview.session import Session

__all__ = ["Interview", "Question", "Session"]
