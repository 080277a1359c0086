"""Small text helpers. Pure."""

import unicodedata


def search_words(typed: str, limit: int = 8) -> list[str]:
    """Split what was typed into at most *limit* words, in the composed form (NFC) in which everything is stored."""
    return unicodedata.normalize("NFC", typed).split()[:limit]
