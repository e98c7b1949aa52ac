"""Arabic text, pure: cleaning for the store, folding for comparing, and the one analysis for searching."""

from newsspider.text.analysis import ANALYSIS_ID, EDGE, Token, analyse, edges, grams
from newsspider.text.clean import clean_text
from newsspider.text.fold import fold

__all__ = ["ANALYSIS_ID", "EDGE", "Token", "analyse", "clean_text", "edges", "fold", "grams"]
