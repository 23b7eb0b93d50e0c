"""Documents to sign: letters, notices, resolutions, ordinances and reports, filled from what the law decides and from what an agreement says.

`draft` makes one, and refuses what the law forbids; `kinds` lists them. The texts are data, in the law folder's ``documents``.
"""

from homerule.advice.drafts.fill import draft, fields, lawful
from homerule.advice.drafts.memo import decision_document
from homerule.advice.drafts.order import Blank, Drafted, Order
from homerule.advice.drafts.template import folders, kinds

__all__ = ["Blank", "Drafted", "Order", "decision_document", "draft", "fields", "folders", "kinds", "lawful"]
