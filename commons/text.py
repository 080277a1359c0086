"""Small text helpers. Pure."""

import unicodedata


def search_words(typed: str, limit: int = 8) -> list[str]:
    """Split what was typed into at most *limit* words, in the composed form (NFC) in which everything is stored.

    Control characters, which no database can look for, part words like spaces do.
    """
    visible = "".join(" " if unicodedata.category(char) == "Cc" else char for char in typed)
    return unicodedata.normalize("NFC", visible).split()[:limit]
