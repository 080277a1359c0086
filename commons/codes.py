"""Codes of the plan: numbers joined by hyphens, such as ``2-1-10``. Pure."""

import re

CODE_PATTERN = r"[1-9][0-9]{0,2}(-[1-9][0-9]{0,2})*"
_CODE = re.compile(CODE_PATTERN)


def sort_code(code: str) -> str:
    """Return *code* in a form that sorts naturally as text: ``2-1-10`` gives ``002-001-010``.

    Raises ValueError when *code* is not a code.
    """
    if not _CODE.fullmatch(code):
        raise ValueError(f"not a code: {code!r}")
    return "-".join(part.zfill(3) for part in code.split("-"))


def parent_code(code: str, levels: int = 1) -> str:
    """Return *code* without its last *levels* numbers: ``2-1-10`` gives ``2-1``; ``''`` when nothing is left."""
    return "-".join(code.split("-")[:-levels])
