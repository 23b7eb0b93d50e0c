"""The law as data: authorities, norms and examples; load, check, compile; what is in force for whom, where and when."""

from homerule.corpus.corpus import Corpus, Reach, in_force, law_folder, load_corpus
from homerule.corpus.model import Authority, Example, Layer, Norm

__all__ = ["Authority", "Corpus", "Example", "Layer", "Norm", "Reach", "in_force", "law_folder", "load_corpus"]
