"""What duplicates are found by, pure: keys of addresses, of the text, and of texts that are nearly the same. The store decides."""

from newsspider.dedupe.fingerprint import content_hash, essence, similarity
from newsspider.dedupe.keys import believed_canonical, keys

__all__ = ["believed_canonical", "content_hash", "essence", "keys", "similarity"]
