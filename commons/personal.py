"""Personal data in text that everybody may read: finding it, and masking names. Pure.

Found are Korean telephone, resident and foreigner registration numbers and e-mail addresses, also in full-width
characters and with the dashes that people type. A local number without its area code (330-1234) is not told from a
range of figures, so it is not looked for. One pass over the text; every pattern is bounded in length.
"""

import re
import unicodedata
from dataclasses import dataclass

MASK = "○"

# Dashes after normalisation: hyphens, en and em dash, minus, and the vowel ㅡ that is typed for a dash.
_DASHES = "-‐‒–—―−\u1173"
_SEPARATOR = rf"[{_DASHES}.·)/]"
_GAP = rf"[ \t]{{0,2}}{_SEPARATOR}?[ \t]{{0,2}}"
_DASH = rf"[ \t]?[{_DASHES})][ \t]?"
# Not inside a longer number, an amount, a code or an account: 3333-02-…, 1,020,…, 0.02 …
_ALONE = rf"(?<![0-9])(?<![0-9][{_DASHES},/])"
_END = r"(?![0-9@])"
_AREA = r"0(?:2|[3-6][1-5]|1[016-9]|[35]0[0-9]?|[678]0)"
_BIRTHDAY = r"[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
_CALL_CENTRE = r"1(?:522|533|544|566|577|588|599|600|644|66[0168]|670|688|800|811|833|855|877|899)"
_PATTERNS = {
    "resident": rf"(?<![0-9]){_BIRTHDAY}(?:[ \t]?[{_DASHES}][ \t]?[1-8][0-9*]{{6}}|[1-8][0-9]{{6}}){_END}",
    "abroad": rf"\+82{_GAP}(?:\(?0\)?)?{_GAP}[1-7][0-9]?{_GAP}[0-9]{{3,4}}{_GAP}[0-9]{{4}}{_END}",
    "telephone": rf"{_ALONE}(?<![0-9]\.){_AREA}{_GAP}[0-9]{{3,4}}{_GAP}[0-9]{{4}}{_END}",
    "numbered": rf"(?<=[0-9]\.){_AREA}{_DASH}[0-9]{{3,4}}{_DASH}[0-9]{{4}}{_END}",
    "centre": rf"{_ALONE}(?<!\.){_CALL_CENTRE}[{_DASHES}][0-9]{{4}}(?![0-9년])",
    "mail": r"@(?:[A-Za-z0-9가-힣-]{1,63}\.){1,4}(?:[A-Za-z]{2,63}|[가-힣]{2,63})",
}
_ANY = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _PATTERNS.items()))
_TELEPHONE = "전화번호"
_WHAT = {"resident": "주민등록번호", "mail": "전자우편 주소"}
_LOCAL = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._%+-")
_LOCAL_LENGTH = 64


@dataclass(frozen=True)
class PersonalData:
    """Something that looks like personal data: what it is, on which line (from 1), and the characters themselves."""

    what: str
    line: int
    found: str


def _plain(text: str) -> str:
    """The text in ordinary characters: full-width ones made narrow, invisible ones taken out."""
    normal = unicodedata.normalize("NFKC", text)
    return "".join(char for char in normal if unicodedata.category(char) != "Cf") if not normal.isascii() else normal


def _start_of_address(text: str, at: int, floor: int) -> int:
    """Where the e-mail address begins whose @ stands at *at*; *at* itself when nothing stands before it."""
    floor = max(floor, at - _LOCAL_LENGTH)
    start = at
    while start > floor and text[start - 1] in _LOCAL:
        start -= 1
    if start == at:  # an address in Hangul
        while start > floor and "가" <= text[start - 1] <= "힣":
            start -= 1
    return start


def find_personal_data(text: str) -> list[PersonalData]:
    """All that looks like a telephone, resident number or e-mail address, in the order of the text."""
    plain = _plain(text)
    found, line, seen, end = [], 1, 0, 0
    for match in _ANY.finditer(plain):
        kind, start = match.lastgroup, match.start()
        if kind == "mail":
            start = _start_of_address(plain, match.start(), end)
            if start == match.start():
                continue
        line += plain.count("\n", seen, start)
        seen, end = start, match.end()
        found.append(PersonalData(_WHAT.get(kind, _TELEPHONE), line, plain[start:end]))
    return found


def mask_name(name: str) -> str:
    """Hide a person's given name as the report does: 김철수 is 김○수, 김철 is 김○. What is masked already stays.

    What stands in brackets behind the name, such as the quarter, is kept. A single character is no name to be masked.
    """
    composed = unicodedata.normalize("NFC", name).replace("（", "(").replace("）", ")")
    bare, bracket, rest = composed.partition("(")
    bare = bare.strip()
    if is_masked(bare) or len(bare) < 2:
        return composed.strip()
    masked = bare[0] + MASK if len(bare) == 2 else bare[0] + MASK * (len(bare) - 2) + bare[-1]
    return f"{masked}{bracket}{rest}".strip()


def is_masked(name: str) -> bool:
    """Whether the name itself is masked; what stands in brackets behind it does not count."""
    return MASK in name.partition("(")[0]


def mask_names(lines: str) -> str:
    """Mask the name on each line of a list of people; empty lines go."""
    return "\n".join(mask_name(line) for line in lines.splitlines() if line.strip())
