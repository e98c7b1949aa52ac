"""Arabic text, pure: cleaning for the store, folding for comparing, and the one analysis for searching."""

from newsspider.text.analysis import EDGE, Token, analyse, analysis_id, edges, grams, levels
from newsspider.text.clean import clean_text
from newsspider.text.fold import fold
from newsspider.text.wordlists import use_word_lists

__all__ = ["EDGE", "Token", "analyse", "analysis_id", "clean_text", "edges", "fold", "grams", "levels", "use_word_lists"]
