"""What duplicates are found by, pure: keys of addresses, of the text, and of texts that are nearly the same. The store decides.

What differs between two texts is told here, too.
"""

from newsspider.dedupe.agencies import agencies_of, wire_agency
from newsspider.dedupe.differences import Kind, Stretch, differences, percent_changed
from newsspider.dedupe.fingerprint import content_hash, essence
from newsspider.dedupe.keys import believed_canonical, keys
from newsspider.dedupe.resemblance import Compared, Likeness, compared, formula, likeness, same_story, sketch
from newsspider.dedupe.versions import changed_fields, same_authors

__all__ = [
    "Compared",
    "Kind",
    "Likeness",
    "Stretch",
    "agencies_of",
    "believed_canonical",
    "changed_fields",
    "compared",
    "content_hash",
    "differences",
    "essence",
    "formula",
    "keys",
    "likeness",
    "percent_changed",
    "same_authors",
    "same_story",
    "sketch",
    "wire_agency",
]
